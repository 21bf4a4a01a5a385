export { notExponential } from "./exponential.js";
export { type Optimum, type OptimumOptions, optimum, optimumDefaults } from "./optimum.js";
