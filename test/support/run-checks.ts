import { CANCELLED, FAILED, SUCCEEDED, TIMED_OUT } from "../../src/engine/ports.js";
import { moments } from "../../src/kit/moments.js";
import type { TaskTemplate } from "../../src/model/scenario.js";
import type { AttemptRow, Run } from "./witness.js";

/**
 * What must hold of every run, whoever decides: each check reads the recorded columns, knows the scenario, and throws at
 * the first thing that cannot be. They are told from the rules of the game, not from the simulator's code.
 */
export const RUN_CHECKS: Readonly<Record<string, (run: Run) => void>> = {
  "time never goes back": timeNeverGoesBack,
  "every workflow that its source brings is succeeded, failed or in flight, once":
    everyWorkflowIsAccountedFor,
  "a task is ready exactly when its join is met": tasksFollowTheirParents,
  "attempts of a task follow one another as its retries say": attemptsFollowOneAnother,
  "attempts last as long as their work and timeout say": timeoutsCut,
  "a workflow ends with its last task, or with the attempt that fails it": workflowsEndRightly,
  "no pool runs more than its servers": poolsHold,
  "no server idles while a task waits for it": serversDoNotIdle,
  "tasks are served in the order of their pool": poolsKeepTheirOrder,
  "the integral of the number in system is the sum of times in system": littlesLaw,
  "busy time and cost are those of the attempts": busyTimeIsThatOfAttempts,
  "deadlines are judged by when workflows ended": deadlinesAreJudgedRightly,
};

/** All checks at once. */
export function checkRun(run: Run): void {
  for (const [rule, check] of Object.entries(RUN_CHECKS)) {
    try {
      check(run);
    } catch (error) {
      throw new Error(`${run.scenario.name}: ${rule}: ${(error as Error).message}`);
    }
  }
}

function must(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise());
}

function near(a: number, b: number, what: string): void {
  must(Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a) + Math.abs(b)), () => `${what}: ${a} is not ${b}`);
}

const PREEMPTIVE: readonly string[] = ["priority-preemptive", "srpt", "psjf"];
/** Where attempts are held and go on, the columns do not say when. */
const holds = ({ scenario }: Run, pool: number): boolean =>
  PREEMPTIVE.includes(scenario.pools[pool]!.discipline) && !scenario.decide.includes("dispatch");
/** Where workflows also fail without an attempt: in front of full pools, and for want of patience. */
const losesSome = ({ scenario }: Run): boolean =>
  scenario.pools.some(({ capacity }) => capacity < Number.POSITIVE_INFINITY) ||
  scenario.workflows.some(({ tasks }) => tasks.some((t) => t.scheduleToStart !== undefined));

const show = (row: object): string => JSON.stringify(row);
/** The template of a source: templates with arrivals, in their order. */
const templateOf = ({ scenario }: Run, source: number) =>
  scenario.workflows.filter((w) => w.arrivals !== undefined)[source]!;
const taskOf = (run: Run, row: { source: number; task: number }): TaskTemplate =>
  templateOf(run, row.source).tasks[row.task]!;

function grouped<Row>(list: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of list) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

const workflowKey = (row: { source: number; workflow: number }): string => `${row.source}/${row.workflow}`;
const taskKey = (row: { source: number; workflow: number; task: number }): string =>
  `${workflowKey(row)}/${row.task}`;

function timeNeverGoesBack({ scenario, recorder, attempts, workflows }: Run): void {
  const ends = [recorder.attempts.column("ended"), recorder.workflows.column("ended")];
  for (const times of [...ends, recorder.decisions.column("time")]) {
    times.forEach((at, row) => {
      const before = times[row - 1] ?? 0;
      must(at >= before, () => `${at} was recorded after ${before}`);
    });
  }
  for (const row of attempts) {
    const inOrder = 0 <= row.ready && row.ready <= row.started && row.started <= row.ended;
    must(inOrder && row.ended < scenario.horizon, () => show(row));
  }
  for (const row of workflows) must(row.submitted <= row.ended, () => show(row));
}

function everyWorkflowIsAccountedFor({ scenario, outcome, submissions, workflows, alive }: Run): void {
  const fates = grouped<{ source: number; workflow: number }>([...workflows, ...alive], workflowKey);
  must(fates.size === submissions.length, () => `${submissions.length} came, ${fates.size} are known`);
  const ended = new Map(workflows.map((row) => [workflowKey(row), row]));
  for (const submission of submissions) {
    const fate = fates.get(workflowKey(submission));
    must(fate?.length === 1, () => `${show(submission)} has ${fate?.length ?? 0} fates`);
    const row = ended.get(workflowKey(submission));
    if (row === undefined) continue;
    must(row.submitted === submission.at && row.due === submission.due, () => `${show(row)}, not as it came`);
  }
  const measured = (at: number) => at >= scenario.warmup;
  const count = (succeeded: number) =>
    workflows.filter((row) => measured(row.ended) && row.succeeded === succeeded).length;
  near(outcome.workflows.submitted, submissions.filter(({ at }) => measured(at)).length, "submitted");
  near(outcome.workflows.succeeded, count(1), "succeeded");
  near(outcome.workflows.failed, count(0), "failed");
}

function tasksFollowTheirParents(run: Run): void {
  const submitted = new Map(run.submissions.map((row) => [workflowKey(row), row.at]));
  const success = new Map(
    run.attempts.filter((row) => row.outcome === SUCCEEDED).map((row) => [taskKey(row), row.ended]),
  );
  for (const row of [...run.attempts, ...run.inFlight]) {
    if (row.attempt !== 1) continue;
    const { after, join } = taskOf(run, row);
    const ends = after
      .map((parent) => success.get(taskKey({ ...row, task: parent })) ?? Number.POSITIVE_INFINITY)
      .sort((a, b) => a - b);
    const met = join === 0 ? submitted.get(workflowKey(row)) : ends[join - 1];
    must(row.ready === met, () => `${show(row)}: its join was met at ${met}`);
  }
}

function attemptsFollowOneAnother(run: Run): void {
  for (const list of grouped<AttemptRow>(run.attempts, taskKey).values()) {
    const { retry } = taskOf(run, list[0]!);
    list.forEach((row, k) => {
      const before = list[k - 1];
      // A task that finds a pool full has spent an attempt without a row.
      const skipped = row.attempt - (before?.attempt ?? 0) - 1;
      must(skipped === 0 || (skipped > 0 && losesSome(run)), () => show(row));
      must(row.attempt <= retry.attempts, () => show(row));
      if (before === undefined || skipped > 0) return;
      must(
        before.outcome === FAILED || before.outcome === TIMED_OUT,
        () => `${show(row)} after ${show(before)}`,
      );
      const { first, factor, cap, jitter } = retry.backoff;
      const delay = Math.min(cap, first * factor ** (before.attempt - 1));
      const waited = row.ready - before.ended;
      const [low, high] = [delay * (1 - jitter), delay * (1 + jitter)];
      must(
        waited >= low - 1e-9 && waited <= high + 1e-9,
        () => `${show(row)} came ${waited} s after the last`,
      );
    });
  }
}

function timeoutsCut(run: Run): void {
  for (const row of run.attempts) {
    const { timeout } = taskOf(run, row);
    if (holds(run, row.pool)) continue;
    const lasted = row.ended - row.started;
    must(lasted <= timeout + 1e-9, () => `${show(row)} ran beyond its timeout of ${timeout} s`);
    if (row.outcome === TIMED_OUT) near(lasted, timeout, show(row));
  }
}

function workflowsEndRightly(run: Run): void {
  const attempts = grouped<AttemptRow>(run.attempts, workflowKey);
  for (const row of run.workflows) {
    const { tasks } = templateOf(run, row.source);
    const made = attempts.get(workflowKey(row)) ?? [];
    const last = Math.max(...made.map(({ ended }) => ended));
    const lost = row.succeeded === 0 && losesSome(run);
    must(row.ended === last || lost, () => `${show(row)} ended when none of its attempts did`);
    const done = new Set(made.filter(({ outcome }) => outcome === SUCCEEDED).map(({ task }) => task));
    const fatal = made.filter(
      ({ outcome, attempt, task }) =>
        (outcome === FAILED || outcome === TIMED_OUT) && attempt >= tasks[task]!.retry.attempts,
    );
    must(
      (done.size === tasks.length) === (row.succeeded === 1),
      () => `${show(row)}, ${done.size} tasks done`,
    );
    must(
      fatal.length === 1 - row.succeeded || (lost && fatal.length === 0),
      () => `${show(row)}, ${fatal.length} attempts failed it`,
    );
    for (const one of made) {
      const spared = one.outcome !== CANCELLED || (row.succeeded === 0 && one.ended === row.ended);
      must(spared, () => `${show(one)} was cancelled, ${show(row)}`);
    }
  }
}

interface Span {
  readonly pool: number;
  readonly ready: number;
  readonly started: number;
  readonly ended: number;
}

/** Every stay of a task in a pool, as far as the run saw it. */
function spans({ scenario, attempts, inFlight }: Run): Span[] {
  const { horizon } = scenario;
  return [
    ...attempts,
    ...inFlight.map((row) => ({ ...row, started: Math.min(row.started, horizon), ended: horizon })),
  ];
}

/** Walks a pool's history: how many run and wait between each two instants at which anything changes. */
function history(run: Run, pool: number, see: (from: number, runs: number, waits: number) => void): void {
  const changes: { at: number; runs: number; waits: number }[] = [];
  for (const span of spans(run)) {
    if (span.pool !== pool) continue;
    changes.push({ at: span.ready, runs: 0, waits: 1 });
    changes.push({ at: span.started, runs: 1, waits: -1 });
    changes.push({ at: span.ended, runs: -1, waits: 0 });
  }
  changes.sort((a, b) => a.at - b.at);
  let runs = 0;
  let waits = 0;
  changes.forEach((change, k) => {
    runs += change.runs;
    waits += change.waits;
    // Of one instant, only what stands at its end lasts.
    if (changes[k + 1]?.at !== change.at && change.at < run.scenario.horizon) see(change.at, runs, waits);
  });
}

function poolsHold(run: Run): void {
  run.scenario.pools.forEach(({ name, servers, discipline, capacity }, p) => {
    const shares = discipline === "ps" || discipline === "las";
    const slots = shares || holds(run, p) ? capacity : servers;
    history(run, p, (at, runs, waits) => {
      must(runs <= slots, () => `${runs} run in ${name} at ${at}`);
      must(runs + waits <= capacity, () => `${runs} run and ${waits} wait in ${name} at ${at}`);
    });
  });
}

function serversDoNotIdle(run: Run): void {
  run.scenario.pools.forEach(({ name, servers }, p) => {
    history(run, p, (at, runs, waits) =>
      must(waits === 0 || runs >= servers, () => `${waits} wait in ${name} at ${at}, where ${runs} run`),
    );
  });
}

/** Who is served while others wait is before them by his pool's order; one that came at the same instant may go either way. */
function poolsKeepTheirOrder(run: Run): void {
  const { scenario } = run;
  if (scenario.decide.includes("dispatch")) return;
  const size = (row: AttemptRow): number => {
    if (scenario.sizes === "expected") return moments(taskOf(run, row).work).mean;
    return (row.ended - row.started) * scenario.pools[row.pool]!.speed;
  };
  const urgency = (row: AttemptRow) => templateOf(run, row.source).priority;
  const BEFORE: Readonly<Record<string, (a: AttemptRow, b: AttemptRow) => boolean>> = {
    fifo: (a, b) => a.ready < b.ready,
    lifo: (a, b) => a.ready > b.ready,
    sjf: (a, b) => size(a) < size(b) - 1e-9,
    priority: (a, b) => urgency(a) > urgency(b),
  };
  scenario.pools.forEach(({ discipline }, p) => {
    const before = BEFORE[discipline];
    if (before === undefined) return;
    // What was cut short does not show its size.
    const stays = run.attempts.filter((row) => row.pool === p && row.outcome <= FAILED);
    for (const served of stays) {
      for (const other of stays) {
        const waited = other.ready < served.started && other.started > served.started;
        must(!waited || !before(other, served), () => `${show(served)} was served before ${show(other)}`);
      }
    }
  });
}

/** Length of [from, to] within the measured time. */
const within = ({ scenario }: Run, from: number, to: number): number =>
  Math.max(0, Math.min(to, scenario.horizon) - Math.max(from, scenario.warmup));

function littlesLaw(run: Run): void {
  const { outcome, submissions, workflows, scenario } = run;
  const ended = new Map(workflows.map((row) => [workflowKey(row), row.ended]));
  let flowTime = 0;
  for (const row of submissions) {
    flowTime += within(run, row.at, ended.get(workflowKey(row)) ?? Number.POSITIVE_INFINITY);
  }
  near(outcome.metrics.flowTime * outcome.workflows.submitted, flowTime, "flow time");
  near(outcome.meanInSystem * (scenario.horizon - scenario.warmup), flowTime, "number in system");
  // A task that is withdrawn while it waits leaves no row, so only where no workflow fails are all waits known.
  if (workflows.some((row) => row.succeeded === 0) || scenario.pools.some((_, p) => holds(run, p))) return;
  const waiting = new Array<number>(scenario.pools.length).fill(0);
  for (const span of spans(run)) waiting[span.pool]! += within(run, span.ready, span.started);
  const total = waiting.reduce((sum, w) => sum + w, 0);
  near(outcome.metrics.waiting * outcome.workflows.submitted, total, "waiting");
  waiting.forEach((w, p) => {
    near(outcome.pools[p]!.meanWaiting * outcome.measured, w, `queue of pool ${p}`);
  });
}

function busyTimeIsThatOfAttempts(run: Run): void {
  const { outcome, scenario } = run;
  const busy = new Array<number>(scenario.pools.length).fill(0);
  scenario.pools.forEach(({ servers }, p) => {
    let before = { at: 0, runs: 0 };
    const settle = (at: number, runs: number) => {
      busy[p]! += within(run, before.at, at) * Math.min(before.runs, servers);
      before = { at, runs };
    };
    history(run, p, settle);
    settle(scenario.horizon, 0);
  });
  let cost = 0;
  scenario.pools.forEach(({ name, servers, price }, p) => {
    if (!holds(run, p))
      near(outcome.pools[p]!.utilisation * outcome.measured * servers, busy[p]!, `busy time of ${name}`);
    cost += price * busy[p]!;
  });
  if (scenario.pools.every((_, p) => !holds(run, p)))
    near(outcome.metrics.cost * outcome.workflows.submitted, cost, "cost");
  const begun = [...run.attempts, ...run.inFlight].filter(
    ({ started }) => started >= scenario.warmup && started < scenario.horizon,
  );
  near(outcome.attempts, begun.length, "attempts");
}

function deadlinesAreJudgedRightly(run: Run): void {
  const { scenario, outcome, submissions, workflows } = run;
  // What was overdue when measuring began is charged to the time before; without warm-up the count is plain.
  if (scenario.warmup > 0) return;
  const ended = new Map(workflows.map((row) => [workflowKey(row), row]));
  let misses = 0;
  let tardiness = 0;
  for (const row of submissions) {
    if (row.due === Number.POSITIVE_INFINITY) continue;
    const end = ended.get(workflowKey(row));
    const late = (end?.ended ?? scenario.horizon) - row.due;
    if (late > 0 || end?.succeeded === 0) misses++;
    if (late > 0) tardiness += late;
  }
  near(outcome.metrics.deadlineMisses * outcome.workflows.submitted, misses, "deadlines missed");
  near(outcome.metrics.tardiness * outcome.workflows.submitted, tardiness, "tardiness");
}
