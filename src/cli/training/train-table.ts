import { runMatrix } from "../../experiment/matrix.js";
import type { LearnedTable, TableJob } from "../../experiment/table-worker.js";
import { openThreads } from "../../experiment/threads.js";
import { FailureError } from "../../kit/errors.js";
import type { TableRound } from "../../learn/tabular/index.js";
import { validated } from "../../learn/train.js";
import { validationSeeds } from "../../learn/trainer.js";
import type { LearningPlan } from "./learning-plan.js";
import { bestTeacher } from "./teacher.js";
import type { LearnedOutcome, TrainingContext } from "./training-context.js";

type TablePlan = Extract<LearningPlan, { kind: "table" }>;

/**
 * Learns a table of decisions, in a thread of its own. It is learned in one go: a run that is resumed begins anew, and comes to
 * the same table.
 * @throws {FailureError} STOPPED where it is asked to stop before there is a table
 */
export async function trainTable(plan: TablePlan, context: TrainingContext<null>): Promise<LearnedOutcome> {
  const { loaded, threads, validation, stop } = context;
  const start =
    plan.start ?? bestTeacher(context, { algorithm: "table", naming: "name one to begin with by" });
  context.say(`learning what to do in every state that is met; elsewhere ${start} decides`);
  context.store(null);
  const timeUp = new AbortController();
  const channel = new BroadcastChannel(`switchyard table ${process.pid}`);
  let told = 0;
  const tell = ({ decisions, ...figures }: TableRound): boolean =>
    context.told({ iteration: ++told, decisions, figures }, null);
  channel.onmessage = (message) => {
    if (!tell((message as { readonly data: TableRound }).data)) timeUp.abort();
  };
  const pool = openThreads<TableJob, LearnedTable>("table-worker.js", 1);
  let learned: LearnedTable;
  try {
    const job = {
      scenario: loaded.scenario,
      start,
      seed: plan.seed,
      decisions: plan.decisions,
      channel: channel.name,
    };
    learned = await pool.run(job, AbortSignal.any([stop, timeUp.signal]));
  } catch (error) {
    if (!stop.aborted && !timeUp.signal.aborted) throw error;
    throw new FailureError(
      "STOPPED",
      {
        what: "it was stopped before there was a table: tables are learned in one go",
        where: `after ${told} rounds`,
        mend: "give it more time (--max-minutes), or fewer --decisions",
      },
      { cause: error },
    );
  } finally {
    channel.close();
    await pool.close();
  }
  const { table, rounds } = learned;
  // What was told as the thread came to its end may not have arrived.
  for (const round of rounds.slice(told)) tell(round);
  const { decisions } = rounds.at(-1)!;
  const outcomes = await runMatrix(
    {
      scenarios: [loaded],
      policies: [{ kind: "table", name: "table", table, otherwise: start }],
      seeds: validationSeeds(validation.seeds),
    },
    { threads },
  );
  const best = { decisions, ...validated(outcomes) };
  context.told({ iteration: told + 1, decisions, figures: { states: table.entries.length } }, best);
  return {
    learned: { kind: "table", table, otherwise: start },
    best,
    curve: [best],
    decisions,
    finished: true,
    diverged: null,
  };
}
