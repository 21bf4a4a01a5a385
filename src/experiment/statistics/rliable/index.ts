export { interquartileMean } from "./interquartile-mean.js";
export { optimalityGap } from "./optimality-gap.js";
export { performanceProfile } from "./performance-profile.js";
export { probabilityOfImprovement } from "./probability-of-improvement.js";
export { type StratifiedBootstrapOptions, stratifiedBootstrap } from "./stratified-bootstrap.js";
