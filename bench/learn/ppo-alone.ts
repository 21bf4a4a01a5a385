import { inlineMore } from "../../src/cli/inline-more.js";
import { fastest } from "../support/contest.js";
import { learning, PPO, rollouts } from "./ppo-runs.js";

/**
 * Measures one thing in a process of its own, as peers are: what V8 compiles suits one or the other, when both have run in it.
 *
 *     node ppo-alone.js learning|rollouts ROUNDS ITERATIONS
 */
const [what, rounds, iterations] = process.argv.slice(2);
const run = { learning, rollouts }[what!]!;
inlineMore();
const { best } = fastest(Number(rounds), { best: () => run(PPO.rollout, Number(iterations)) });
console.log(JSON.stringify(best));
