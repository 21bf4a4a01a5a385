export {
  estimateSteadyState,
  type SteadyStateEstimate,
  type SteadyStateMethod,
  type SteadyStateOptions,
  type SteadyStatePlan,
  steadyStateDefaults,
} from "./estimate.js";
export { FIGURE_NAMES, FIGURES, type Figure } from "./figure.js";
