import { FailureError } from "../kit/errors.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import type { Environment, Observation, Step } from "./environment.js";

/**
 * Verifies an environment, ours or a user's, against the contract: shapes, finite numbers, masks, determinism under a
 * seed, terminated apart from truncated, time that never runs back, a fresh start after an end. Plays with uniformly
 * random allowed actions.
 * @throws {FailureError} BAD_ENVIRONMENT naming the first breach, its episode and its step
 */
export function checkEnvironment(
  make: () => Environment,
  { seeds = [1, 2], steps = 500 }: { seeds?: readonly number[]; steps?: number } = {},
): void {
  const first = make();
  const { spaces } = first;
  if (spaces.length === 0) breach("it has no spaces", "spaces");
  for (const [head, { name, context, candidate }] of spaces.entries()) {
    if (!isWidth(context) || !isWidth(candidate) || candidate === 0) {
      breach(
        `space ${name} is ${context} by ${candidate}: widths are whole numbers, a candidate's at least 1`,
        `spaces[${head}]`,
      );
    }
  }
  for (const seed of seeds) {
    const once = play(first, seed, steps);
    compare(once, play(first, seed, steps), `seed ${seed}, played again on the same environment`);
    compare(once, play(make(), seed, steps), `seed ${seed}, played on a fresh environment`);
  }
}

const isWidth = (n: number): boolean => Number.isInteger(n) && n >= 0;

/** Everything seen in up to `steps` steps, flattened; episodes follow each other under seeds derived from the first. */
function play(environment: Environment, seed: number, steps: number): number[] {
  const stream = new SequentialStream(`check/${seed}`);
  const seen: number[] = [];
  let episode = 0;
  let observation = environment.reset(seed);
  verify(environment, observation, `seed ${seed}, episode 0, reset`);
  note(environment, observation, seen);
  for (let s = 0; s < steps; s++) {
    const where = `seed ${seed}, episode ${episode}, step ${s}`;
    const step: Step = environment.step(randomAction(observation, stream));
    const { reward, elapsed, terminated, truncated } = step;
    if (!Number.isFinite(reward)) breach(`the reward is ${reward}`, where);
    if (!(elapsed >= 0 && elapsed < Number.POSITIVE_INFINITY)) breach(`${elapsed} seconds went by`, where);
    if (terminated && truncated) breach("a step both terminated and was truncated", where);
    seen.push(reward, elapsed, terminated ? 1 : 0, truncated ? 1 : 0);
    if (!terminated) verify(environment, step.observation, where);
    if (truncated) note(environment, step.observation, seen);
    if (terminated || truncated) {
      episode++;
      observation = environment.reset(seed + episode);
      verify(environment, observation, `seed ${seed}, episode ${episode}, reset`);
    } else observation = step.observation;
    note(environment, observation, seen);
  }
  return seen;
}

function randomAction({ count, mask }: Observation, stream: SequentialStream): number {
  let allowed = 0;
  let chosen = -1;
  for (let i = 0; i < count; i++) if (mask[i] === 1 && stream.next() * ++allowed < 1) chosen = i;
  return chosen;
}

function verify({ spaces }: Environment, o: Observation, where: string): void {
  const space = spaces[o.head];
  if (space === undefined) breach(`the observation is of head ${o.head}, of ${spaces.length}`, where);
  if (!Number.isInteger(o.count) || o.count < 1) breach(`there are ${o.count} candidates`, where);
  if (o.context.length < space.context)
    breach(`the context has ${o.context.length} numbers, of ${space.context}`, where);
  if (o.candidates.length < o.count * space.candidate)
    breach("there are fewer candidate features than candidates", where);
  if (o.mask.length < o.count) breach("the mask is shorter than the candidates", where);
  let allowed = 0;
  for (let i = 0; i < o.count; i++) {
    if (o.mask[i] !== 0 && o.mask[i] !== 1)
      breach(`the mask of candidate ${i} is ${o.mask[i]}, not 0 or 1`, where);
    allowed += o.mask[i]!;
  }
  if (allowed === 0) breach("no candidate is allowed", where);
  for (let f = 0; f < space.context; f++) finite(o.context[f]!, `context[${f}]`, where);
  for (let f = 0; f < o.count * space.candidate; f++) finite(o.candidates[f]!, `candidates[${f}]`, where);
}

function finite(value: number, name: string, where: string): void {
  if (!Number.isFinite(value)) breach(`${name} is ${value}`, where);
}

function note({ spaces }: Environment, o: Observation, seen: number[]): void {
  const space = spaces[o.head]!;
  seen.push(o.head, o.count, ...o.context.subarray(0, space.context));
  seen.push(...o.candidates.subarray(0, o.count * space.candidate), ...o.mask.subarray(0, o.count));
}

function compare(a: readonly number[], b: readonly number[], where: string): void {
  if (a.length !== b.length || a.some((value, i) => !Object.is(value, b[i]))) {
    breach("the same seed and actions gave another episode", where);
  }
}

function breach(what: string, where: string): never {
  throw new FailureError("BAD_ENVIRONMENT", { what, where, mend: "see the contract in learn/environment" });
}
