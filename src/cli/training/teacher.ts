import type { LoadedScenario } from "../../experiment/matrix.js";
import { bestTogether } from "../../experiment/rivals.js";
import { InputError } from "../../kit/errors.js";
import { heuristic } from "../../policy/catalogue.js";
import type { TrainingContext } from "./training-context.js";

/** @throws {InputError} UNKNOWN_POLICY, BAD_TEACHER */
export function requireTeacher(spec: string, { scenario }: LoadedScenario): void {
  const { kinds } = heuristic(spec);
  const missing = scenario.decide.find((kind) => !kinds.includes(kind));
  if (missing === undefined) return;
  throw new InputError("BAD_TEACHER", {
    what: `the teacher ${spec} does not make ${missing} decisions`,
    where: "--teacher",
    mend: `add a policy that does (switchyard policy list), e.g. ${spec}+random, or leave ${missing} out of \`decide\``,
  });
}

/**
 * The best heuristic that makes all of the scenario's decisions: whom to learn from where nobody is named.
 * @param asker the algorithm, and how its user would name one
 * @throws {InputError} BAD_TEACHER
 */
export function bestTeacher(
  { loaded, rivals }: Pick<TrainingContext<unknown>, "loaded" | "rivals">,
  asker: { readonly algorithm: "imitate" | "table" | "reinforce"; readonly naming: string },
): string {
  const { decide } = loaded.scenario;
  const teacher = bestTogether(rivals, decide);
  if (teacher !== null) return teacher;
  throw new InputError("BAD_TEACHER", {
    what: `no heuristic makes all of the decisions that the scenario asks for: ${decide.join(", ")}`,
    where: `--algorithm ${asker.algorithm}`,
    mend: `${asker.naming} --teacher (switchyard policy list), or use --algorithm ppo`,
  });
}
