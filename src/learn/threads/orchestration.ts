import { OrchestrationEnvironment } from "../orchestration-environment.js";
import type { OrchestrationData } from "./environment-source.js";

/** The e-th of environments that play several scenarios in turn. */
export const orchestration = (
  { worlds, options }: OrchestrationData,
  environment: number,
): OrchestrationEnvironment => new OrchestrationEnvironment(worlds[environment % worlds.length]!, options);
