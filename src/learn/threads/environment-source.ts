import { pathToFileURL } from "node:url";
import { InputError } from "../../kit/errors.js";
import type { Scenario } from "../../model/scenario.js";
import type { Environment } from "../environment.js";
import type { OrchestrationOptions } from "../orchestration-environment.js";
import { compiled } from "./compiled.js";

/** How an environment is made in any thread: by a function that a module exports, of plain data. A closure cannot cross. */
export interface EnvironmentSource {
  /** URL of an ECMAScript module that Node can load: compiled, if it was written in TypeScript. */
  readonly module: string;
  /** The export: (data, e) => the e-th environment. */
  readonly name: string;
  readonly data?: unknown;
}

/** @throws {InputError} BAD_ENVIRONMENT_SOURCE */
export async function environmentsOf({
  module,
  name,
  data,
}: EnvironmentSource): Promise<(environment: number) => Environment> {
  const refused = (what: string): InputError =>
    new InputError("BAD_ENVIRONMENT_SOURCE", {
      what,
      where: module,
      mend: "name a compiled module's URL, as new URL(file, import.meta.url).href, and a function that it exports",
    });
  let exported: unknown;
  try {
    exported = ((await import(module)) as Record<string, unknown>)[name];
  } catch (error) {
    throw refused(`the module of environments does not load: ${String(error)}`);
  }
  if (typeof exported !== "function") throw refused(`it exports no function ${name}`);
  const make = exported as (data: unknown, environment: number) => Environment;
  return (environment) => make(data, environment);
}

/** Environments of scenarios, in turn. */
export function orchestrationSource(
  worlds: readonly Scenario[],
  options: OrchestrationOptions,
): EnvironmentSource {
  return {
    module: pathToFileURL(compiled("learn/threads/orchestration.js")).href,
    name: "orchestration",
    data: { worlds, options } satisfies OrchestrationData,
  };
}

export interface OrchestrationData {
  readonly worlds: readonly Scenario[];
  readonly options: OrchestrationOptions;
}
