import type { GradientBackend } from "../../learn/backend/index.js";
import { imitate, lessonOf } from "../../learn/imitation.js";
import type { Learning } from "../../learn/learner.js";
import { OrchestrationEnvironment } from "../../learn/orchestration-environment.js";
import { type TrainingState, type TrainPlan, trainPolicy } from "../../learn/train.js";
import type { Beginning } from "../../learn/trainer.js";
import { heuristic } from "../../policy/catalogue.js";
import type { LearningPlan } from "./learning-plan.js";
import { bestTeacher } from "./teacher.js";
import type { LearnedOutcome, TrainingContext } from "./training-context.js";
import { savedHead } from "./training-run.js";

type NetworksPlan = Extract<LearningPlan, { kind: "networks" }>;

/** Trains networks by the plan's algorithm, after imitation where that is asked for. */
export async function trainNetworks(
  plan: NetworksPlan,
  context: TrainingContext<TrainingState>,
  backend: GradientBackend,
): Promise<LearnedOutcome> {
  const { loaded, rivals, from, validation } = context;
  const { episode } = plan;
  const learning = heldAgainst(plan.learning, context);
  const [best] = rivals;
  const begin = from === null ? taught(plan, context, backend) : undefined;
  const trainPlan: TrainPlan = {
    ...learning,
    ...loaded,
    episode,
    validation,
    threads: context.threads,
    ...(begin === undefined ? {} : { begin }),
    ...(best === undefined ? {} : { yardstick: best }),
  };
  const result = await trainPolicy(
    trainPlan,
    backend,
    {
      onIteration: (progress, point) => context.told(progress, point),
      onCheckpoint: (save) => context.store(save()),
    },
    from ?? undefined,
  );
  return {
    learned: { kind: "network", heads: result.heads.map(savedHead) },
    best: result.best,
    curve: result.curve,
    decisions: result.decisions,
    finished: result.finished,
    diverged: result.diverged,
  };
}

/** With the heuristic that is the baseline, where one is and nobody has named it: the best one. */
function heldAgainst(learning: Learning, context: TrainingContext<TrainingState>): Learning {
  if (learning.algorithm !== "reinforce") return learning;
  const { settings } = learning;
  if (settings.baseline !== "heuristic" || settings.heuristic !== undefined) return learning;
  const rule = bestTeacher(context, { algorithm: "reinforce", naming: "name one to be held against by" });
  context.say(`decisions are held against those of ${rule} on the same arrivals`);
  return { ...learning, settings: { ...settings, heuristic: rule } };
}

/** What imitation of the teacher comes to, where the plan has one. */
function taught(
  { imitation, episode }: NetworksPlan,
  context: TrainingContext<TrainingState>,
  backend: GradientBackend,
): readonly Beginning[] | undefined {
  if (imitation === null) return undefined;
  const { scenario, trace } = context.loaded;
  const teacher =
    imitation.teacher ?? bestTeacher(context, { algorithm: "imitate", naming: "name a teacher with" });
  const options = { episode, ...(trace === undefined ? {} : { trace }) };
  const { heads, rounds } = imitate(
    () => lessonOf(new OrchestrationEnvironment(scenario, options), heuristic(teacher)),
    imitation.settings,
    backend,
  );
  const agreement = rounds.at(-1)!.agreement;
  context.say(
    `imitated ${teacher}: the network decides as it does in ${(100 * agreement).toFixed(1)} % of decisions`,
  );
  return heads;
}
