import { expect } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { type Executor, FAILED, SUCCEEDED, TIMED_OUT } from "../../src/engine/ports.js";
import { SwitchyardError } from "../../src/kit/errors.js";
import { type DecisionView, WAIT } from "../../src/model/decision-view.js";
import { Names } from "../../src/model/names.js";
import type { Scenario } from "../../src/model/scenario.js";
import { type TaskGraph, templateGraphs } from "../../src/model/task-graph.js";

const OUTCOMES = { end: SUCCEEDED, fail: FAILED, expire: TIMED_OUT };

/**
 * An engine that is told what happens in words and answers in words. Workflows are numbered as they are submitted, tasks
 * are named `<workflow>.<task>`. Inputs:
 *
 *     submit <template>       end|fail|expire <task>       wake <task>       choose <pool or task>
 *     lose <task> (its patience is over)
 *
 * Answers, in order: `start 1.a on p`, `hold 1.a`, `go on with 1.a`, `cancel 1.a`, `back off 1.a for 2`, `watch 1.a` (its
 * patience), `1 succeeded`, `1 failed`; then, where a
 * decision is due, `route 1.a: p q` or `dispatch p: 1.a 2.a` with its candidates; `refused <code>` for an error.
 */
export class ScriptedEngine implements Executor {
  readonly engine: Engine;
  readonly clock = { at: 0 };
  /** The decision that is due. */
  point: DecisionView | null = null;
  /** Tasks that run or are held, and that back off, by name. */
  readonly running = new Map<string, number>();
  readonly sleeping = new Map<string, { readonly task: number; readonly stamp: number }>();
  /** Attempts that run, by name, the first started first: instances of one task have one name. */
  private readonly namesakes = new Map<string, number[]>();
  /** Those of the running that are held. */
  readonly held = new Set<string>();
  /** Tasks whose patience was ever to be watched, by name: some are stale. */
  readonly patient = new Map<string, { readonly task: number; readonly stamp: number }>();
  /** Workflows whose time is limited, servers being set up, and attempts that may be hedged or are cleaned up, by name. */
  readonly limited = new Map<string, { readonly flow: number; readonly stamp: number }>();
  readonly servers = new Map<string, { readonly pool: number; readonly server: number }>();
  readonly late = new Map<string, { readonly attempt: number; readonly stamp: number }>();
  readonly dirty = new Map<string, { readonly attempt: number; readonly stamp: number }>();
  /** What the next task that may answer something answers, and how many instances the next `forEach` has. */
  answer = "";
  instances = 0;
  /** Values that tasks may answer, by number. */
  private readonly values = new Names();
  private readonly graphs: ReadonlyMap<string, TaskGraph>;
  private said: string[] = [];
  private submitted = 0;

  constructor(private readonly scenario: Scenario) {
    const graphs = templateGraphs(scenario, new Names(), this.values);
    this.graphs = new Map(scenario.workflows.map(({ name }, w) => [name, graphs[w]!]));
    this.engine = new Engine(scenario, this, { timeScale: 1 });
  }

  /** Names workflows from here on as a new engine would. */
  renumber(): void {
    this.submitted = 0;
    this.sleeping.clear();
    this.patient.clear();
    this.namesakes.clear();
  }

  /** One input; what the engine does until it has to be told or asked again. */
  tell(at: number, input: string): string {
    this.said = [];
    try {
      this.hear(at, input);
      this.point = this.engine.nextDecision();
      if (this.point !== null) this.said.push(this.describe(this.point));
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error;
      this.said.push(`refused ${error.code}`);
    }
    return this.said.join(", ") || "nothing";
  }

  private hear(at: number, input: string): void {
    const { engine } = this;
    this.clock.at = at;
    const [verb, subject = ""] = input.split(" ");
    switch (verb) {
      case "submit": {
        const graph = this.graphs.get(subject)!;
        const { deadline } = this.scenario.workflows.find(({ name }) => name === subject)!;
        engine.submit({ graph, dueAt: at + deadline, source: 0, serial: ++this.submitted });
        return;
      }
      case "wake": {
        const { task, stamp } = this.sleeping.get(subject)!;
        engine.backoffOver(task, stamp);
        return;
      }
      case "lose": {
        const { task, stamp } = this.patient.get(subject)!;
        engine.patienceOver(task, stamp);
        return;
      }
      case "choose": {
        const raw = /^#(.+)$/.exec(subject)?.[1];
        engine.act(raw === undefined ? this.candidates(this.point!).indexOf(subject) : Number(raw));
        return;
      }
      // Of several of one name, the one that was started first.
      case "end-first": {
        const attempt = this.namesakes.get(subject)!.shift()!;
        engine.attemptEnded(attempt, SUCCEEDED);
        return;
      }
      case "end":
      case "fail":
      case "expire": {
        const attempt = this.running.get(subject)!;
        this.running.delete(subject);
        this.forget(subject, attempt);
        engine.attemptEnded(attempt, OUTCOMES[verb]);
        return;
      }
      case "limit": {
        const { flow, stamp } = this.limited.get(subject)!;
        engine.workflowTimedOut(flow, stamp);
        return;
      }
      case "late": {
        const { attempt, stamp } = this.late.get(subject)!;
        engine.hedgeDue(attempt, stamp);
        return;
      }
      case "cleaned": {
        const { attempt, stamp } = this.dirty.get(subject)!;
        engine.cleanedUp(attempt, stamp);
        return;
      }
      case "up": {
        const { pool, server } = this.servers.get(subject)!;
        engine.serverStarted(pool, server);
        return;
      }
      // Its server has changed over to its type.
      case "changed":
        engine.changedOver(this.running.get(subject)!);
        return;
      case "scale":
        engine.scaleDue(this.poolOf(subject));
        return;
      case "break":
        engine.serverBroke(this.poolOf(subject), 0.5, "resume");
        return;
      case "mend":
        engine.serverMended(this.poolOf(subject));
        return;
      case "drain":
      case "undrain":
        engine.drain(this.poolOf(subject), verb === "drain");
        return;
      case "outage":
      case "restore":
        engine.outage(this.poolOf(subject), verb === "outage", "fail");
        return;
      case "token":
        engine.tokensBack(this.poolOf(subject));
        return;
      case "answer":
        this.answer = subject;
        return;
      case "instances":
        this.instances = Number(subject);
        return;
      default:
        throw new Error(`the script says "${input}"`);
    }
  }

  private poolOf(name: string): number {
    return this.engine.pools.names.indexOf(name);
  }

  private forget(name: string, attempt: number): void {
    const same = this.namesakes.get(name)!;
    same.splice(same.indexOf(attempt), 1);
  }

  describe(view: DecisionView): string {
    const ofPool = view.kind === "dispatch" || view.kind === "scale";
    const subject = !ofPool ? this.nameOf(view.task(0)) : view.pools.name(view.pool(0));
    return `${view.kind} ${subject}: ${this.candidates(view).join(" ")}`;
  }

  candidates(view: DecisionView): string[] {
    return Array.from({ length: view.count }, (_, i) => {
      const pool = view.pool(i) < 0 ? "" : view.pools.name(view.pool(i));
      switch (view.kind) {
        case "route":
          return pool;
        case "dispatch":
          if (view.option(i) === WAIT) return "wait";
          // A pair where there are several pools, else just the task.
          return `${this.nameOf(view.task(i))}${view.pool(0) === view.pool(view.count - 1) ? "" : `@${pool}`}`;
        case "admit":
          return ["deny", "admit"][view.option(i)]!;
        case "retry":
          return ["same", "other", "give-up"][view.option(i)]!;
        case "hedge":
          return ["no", "yes"][view.option(i)]!;
        default:
          return String(view.option(i));
      }
    });
  }

  nameOf(task: number): string {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    const copy = tasks.copy[task] === 1 ? "'" : "";
    return `${flows.serial[flow]}.${flows.graph[flow]!.types[tasks.spec[task]!]}${copy}`;
  }

  sizeOf(task: number): number {
    const { tasks } = this.engine;
    return this.engine.flows.graph[tasks.flow[task]!]!.meanWork[tasks.spec[task]!]!;
  }

  startAttempt(attempt: number): void {
    const { attempts, pools } = this.engine;
    const name = this.nameOf(attempts.task[attempt]!);
    this.sleeping.delete(name);
    this.running.set(name, attempt);
    const same = this.namesakes.get(name);
    if (same === undefined) this.namesakes.set(name, [attempt]);
    else same.push(attempt);
    this.said.push(`start ${name} on ${pools.names[attempts.pool[attempt]!]}`);
  }

  pauseAttempt(attempt: number): void {
    this.held.add(this.nameOf(this.engine.attempts.task[attempt]!));
    this.said.push(`hold ${this.nameOf(this.engine.attempts.task[attempt]!)}`);
  }

  resumeAttempt(attempt: number): void {
    this.held.delete(this.nameOf(this.engine.attempts.task[attempt]!));
    this.said.push(`go on with ${this.nameOf(this.engine.attempts.task[attempt]!)}`);
  }

  startPatience(task: number, stamp: number): void {
    this.patient.set(this.nameOf(task), { task, stamp });
    this.said.push(`watch ${this.nameOf(task)}`);
  }

  cancelAttempt(attempt: number): void {
    const name = this.nameOf(this.engine.attempts.task[attempt]!);
    this.running.delete(name);
    this.forget(name, attempt);
    this.held.delete(name);
    this.said.push(`cancel ${name}`);
  }

  backOff(task: number, stamp: number, delay: number): void {
    this.sleeping.set(this.nameOf(task), { task, stamp });
    this.said.push(`back off ${this.nameOf(task)} for ${delay}`);
  }

  rewindAttempt(attempt: number): void {
    this.said.push(`rewind ${this.nameOf(this.engine.attempts.task[attempt]!)}`);
  }

  startTimeout(flow: number, stamp: number): void {
    this.limited.set(String(this.engine.flows.serial[flow]), { flow, stamp });
  }

  startHedge(attempt: number, stamp: number): void {
    this.late.set(this.nameOf(this.engine.attempts.task[attempt]!), { attempt, stamp });
  }

  cleanUp(attempt: number): void {
    const name = this.nameOf(this.engine.attempts.task[attempt]!);
    this.dirty.set(name, { attempt, stamp: this.engine.attempts.stamp[attempt]! });
    this.said.push(`clean up ${name}`);
  }

  countOf(): number {
    return this.instances;
  }

  valueOf(): number {
    return this.values.number(this.answer);
  }

  startServer(pool: number, server: number): void {
    const name = `${this.engine.pools.names[pool]}#${server}`;
    this.servers.set(name, { pool, server });
    this.said.push(`set up ${name}`);
  }

  serverIdle(): void {}

  stopServer(pool: number): void {
    this.said.push(`let go of a server of ${this.engine.pools.names[pool]}`);
  }

  wake(pool: number, seconds: number): void {
    this.said.push(`wake ${this.engine.pools.names[pool]} in ${seconds}`);
  }

  sharesChanged(): void {}

  cachedShare(): number {
    return 0;
  }

  workflowEnded(flow: number, succeeded: boolean): void {
    this.said.push(`${this.engine.flows.serial[flow]} ${succeeded ? "succeeded" : "failed"}`);
  }
}

/**
 * Holds an engine to a script: lines of `at <time> <input> -> <answers>`; a line without its time is at the one before.
 * What is compared is the whole text, so a failure shows where the two part.
 */
export function check(scenario: Scenario, script: string): ScriptedEngine {
  const scripted = new ScriptedEngine(scenario);
  const expected: string[] = [];
  const actual: string[] = [];
  let at = 0;
  for (const line of script.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^\s*(?:at (\S+)\s+)?(.*?)\s*->\s*(.*?)\s*$/.exec(line);
    if (match === null) throw new Error(`not a line of a script: ${line}`);
    if (match[1] !== undefined) at = Number(match[1]);
    expected.push(`at ${at} ${match[2]} -> ${match[3]}`);
    actual.push(`at ${at} ${match[2]} -> ${scripted.tell(at, match[2]!)}`);
  }
  expect(actual.join("\n")).toBe(expected.join("\n"));
  return scripted;
}
