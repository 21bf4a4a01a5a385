import { type KnobSearchState, learnKnobs } from "../../experiment/learn-knobs.js";
import { InputError } from "../../kit/errors.js";
import { knobSpace } from "../../learn/knob-space.js";
import type { LearningPlan } from "./learning-plan.js";
import type { LearnedOutcome, TrainingContext } from "./training-context.js";

type KnobsPlan = Extract<LearningPlan, { kind: "knobs" }>;

/** Learns the knobs of the plan's heuristic, or of the best one that has any. A round is an iteration. */
export async function trainKnobs(
  plan: KnobsPlan,
  context: TrainingContext<KnobSearchState>,
): Promise<LearnedOutcome> {
  const { loaded, threads, from } = context;
  const spec = plan.heuristic ?? bestWithKnobs(context);
  context.say(`learning ${knobSpace(spec, loaded.scenario).names.join(", ")} by the cross-entropy method`);
  const { rounds, runs, finished, ...result } = await learnKnobs(loaded, spec, plan.settings, {
    threads,
    ...(from === null ? {} : { from }),
    onRound: ({ round, runs: decisions, objective, mean, spread }, save) => {
      const goOn = context.told(
        { iteration: round, decisions, figures: { objective, mean, spread } },
        { decisions, cost: objective, unfinished: 0 },
      );
      context.store(save());
      return goOn;
    },
  });
  return {
    learned: { kind: "heuristic", spec: result.spec },
    best: { decisions: runs, cost: result.objective, unfinished: 0 },
    curve: rounds.map(({ objective, runs: decisions }) => ({ decisions, cost: objective, unfinished: 0 })),
    decisions: runs,
    finished,
    diverged: null,
  };
}

function bestWithKnobs({ loaded, rivals }: TrainingContext<KnobSearchState>): string {
  for (const { policy } of rivals) {
    try {
      knobSpace(policy, loaded.scenario);
      return policy;
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== "NO_KNOBS") throw error;
    }
  }
  throw new InputError("NO_KNOBS", {
    what: `no heuristic that decides something in ${loaded.scenario.name} has a knob to learn`,
    where: "--algorithm knobs",
    mend: "use --algorithm ppo",
  });
}
