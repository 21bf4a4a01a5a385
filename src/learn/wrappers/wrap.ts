import type { Environment, Observation, Step } from "../environment.js";

/** An environment made of another. */
export type Wrapper = (environment: Environment) => Environment;

/** An environment in wrappers, the first of them innermost. */
export function wrap(environment: Environment, ...wrappers: readonly Wrapper[]): Environment {
  return wrappers.reduce((inner, wrapper) => wrapper(inner), environment);
}

/** An environment that shows another's situations in its own way, and leaves all else as it is. */
export function observing(
  environment: Environment,
  spaces: Environment["spaces"],
  { begin, show }: { readonly begin?: () => void; readonly show: (observation: Observation) => Observation },
): Environment {
  return {
    spaces,
    continuing: environment.continuing,
    reset(seed) {
      begin?.();
      return show(environment.reset(seed));
    },
    step(action): Step {
      const step = environment.step(action);
      // After an end there is nothing to be seen.
      return step.terminated ? step : { ...step, observation: show(step.observation) };
    },
  };
}
