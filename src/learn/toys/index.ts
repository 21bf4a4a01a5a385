/** Environments with known answers, to hold a learner to. */
export { bandit } from "./bandit.js";
export { cartPole } from "./cart-pole.js";
export { chain } from "./chain.js";
export { identity } from "./identity.js";
export type { Solution, SolvedEnvironment } from "./solved-environment.js";
export { twoKinds } from "./two-kinds.js";
