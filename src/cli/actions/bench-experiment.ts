import { parseExperiment } from "../../experiment/file/parse-experiment.js";
import { summarize } from "../../experiment/results.js";
import { experimentPlan } from "../experiment-plan.js";
import { remark } from "../load-scenario.js";
import { defaultCache, runPlan } from "../run-plan.js";
import { type BenchOptions, type BenchOutputs, deliver, threadsOf, weighedBy } from "./bench.js";

export interface ExperimentOptions extends BenchOutputs, Pick<BenchOptions, "indifference" | "axes"> {
  readonly threads: number | undefined;
  readonly cache: string | false | undefined;
}

/** Runs what an experiment file asks for. */
export async function benchExperiment(file: string, text: string, options: ExperimentOptions): Promise<void> {
  const threads = threadsOf(options);
  const weighed = weighedBy(options);
  const silent = options.quiet || options.json;
  const { plan, warnings } = await experimentPlan(parseExperiment(text, file), file, text);
  remark(warnings, silent);
  const results = await runPlan(plan, {
    command: `switchyard bench ${file}`,
    threads,
    silent,
    cache: cacheOf(options, file),
  });
  if (results !== null) await deliver(results, summarize(results, weighed), options);
}

export const cacheOf = ({ cache }: Pick<ExperimentOptions, "cache">, file: string): string | null =>
  cache === undefined ? defaultCache(file) : cache === false ? null : cache;
