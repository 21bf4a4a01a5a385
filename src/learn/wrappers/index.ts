/** Environments made of others: `wrap(environment, timeLimit(60), recentContexts(4))`. */
export { type Measured, measured, normalised } from "./normalised.js";
export { recentContexts } from "./recent-contexts.js";
export { type RewardUnit, scaledRewards } from "./scaled-rewards.js";
export { timeLimit } from "./time-limit.js";
export { type Wrapper, wrap } from "./wrap.js";
