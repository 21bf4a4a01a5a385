import { inlineMore } from "../../src/cli/inline-more.js";
import { learning, PPO, rollouts } from "./ppo-runs.js";

/**
 * Measures one thing once, in a process of its own, as peers are: what V8 has compiled for one run has to be compiled anew for the
 * objects of the next.
 *
 *     node ppo-alone.js learning|rollouts ITERATIONS
 */
const [what, iterations] = process.argv.slice(2);
const run = { learning, rollouts }[what!]!;
inlineMore();
console.log(JSON.stringify(run(PPO.rollout, Number(iterations))));
