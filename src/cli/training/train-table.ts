import { runMatrix } from "../../experiment/matrix.js";
import type { TableJob, TableNews, TableResult } from "../../experiment/table-worker.js";
import { openThreads } from "../../experiment/threads.js";
import { FailureError } from "../../kit/errors.js";
import { type TableRound, type TableState, tableOfState } from "../../learn/tabular/index.js";
import { validated } from "../../learn/train.js";
import { validationSeeds } from "../../learn/trainer.js";
import { heuristic } from "../../policy/catalogue.js";
import type { LearningPlan } from "./learning-plan.js";
import { bestTeacher } from "./teacher.js";
import type { LearnedOutcome, TrainingContext } from "./training-context.js";

type TablePlan = Extract<LearningPlan, { kind: "table" }>;

/**
 * Learns a table of decisions, in a thread of its own. Each round is told and stored; one that is stopped on the way is sampled anew
 * when the run is resumed, which comes to the same table.
 * @throws {FailureError} STOPPED where it is asked to stop before the first round is over
 */
export async function trainTable(
  plan: TablePlan,
  context: TrainingContext<TableState | null>,
): Promise<LearnedOutcome> {
  const { loaded, threads, validation, from } = context;
  const start =
    plan.start ?? bestTeacher(context, { algorithm: "table", naming: "name one to begin with by" });
  context.say(`learning what to do in every state that is met; elsewhere ${start} decides`);
  if (from === null) context.store(null);
  const { state, finished } = await learnInThread(plan, start, context);
  const table = tableOfState(heuristic(start).kinds, state);
  const { decisions } = state.rounds.at(-1)!;
  const outcomes = await runMatrix(
    {
      scenarios: [loaded],
      policies: [{ kind: "table", name: "table", table, otherwise: start }],
      seeds: validationSeeds(validation.seeds),
    },
    { threads },
  );
  const best = { decisions, ...validated(outcomes) };
  // Told where it is over: a run that is resumed has it to come.
  if (finished) {
    const figures = { states: table.entries.length };
    context.told({ iteration: state.rounds.length + 1, decisions, figures }, best);
  }
  return {
    learned: { kind: "table", table, otherwise: start },
    best,
    curve: [best],
    decisions,
    finished,
    diverged: null,
  };
}

/** Rounds until learning is over, or somebody asks to stop: then the last one that was whole. */
async function learnInThread(
  { seed, decisions }: TablePlan,
  start: string,
  { loaded, from, stop, told, store }: TrainingContext<TableState | null>,
): Promise<{ readonly state: TableState; readonly finished: boolean }> {
  const timeUp = new AbortController();
  const channel = new BroadcastChannel(`switchyard table ${process.pid}`);
  let state = from;
  const tell = ({ decisions: done, ...figures }: TableRound, iteration: number, after: TableState) => {
    state = after;
    const goOn = told({ iteration, decisions: done, figures }, null);
    store(after);
    if (!goOn) timeUp.abort();
  };
  channel.onmessage = (message) => {
    const { round, state: after } = (message as { readonly data: TableNews }).data;
    tell(round, after.rounds.length, after);
  };
  const pool = openThreads<TableJob, TableResult>("table-worker.js", 1);
  try {
    const job = { scenario: loaded.scenario, start, seed, decisions, from, channel: channel.name };
    const result = await pool.run(job, AbortSignal.any([stop, timeUp.signal]));
    // What was told as the thread came to its end may not have arrived.
    const heard = state?.rounds.length ?? 0;
    for (const [i, round] of result.rounds.slice(heard).entries()) tell(round, heard + i + 1, result.state);
    return { state: result.state, finished: true };
  } catch (error) {
    if (!stop.aborted && !timeUp.signal.aborted) throw error;
    if (state !== null) return { state, finished: false };
    throw new FailureError(
      "STOPPED",
      {
        what: "it was stopped before there was a table: its first round was not over",
        where: "train --algorithm table",
        mend: "give it more time (--max-minutes), or fewer --decisions",
      },
      { cause: error },
    );
  } finally {
    channel.close();
    await pool.close();
  }
}
