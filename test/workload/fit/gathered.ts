import { Gatherer, type TraceSample } from "../../../src/workload/fit/index.js";
import type { TraceWorkflow } from "../../../src/workload/trace/index.js";

/** The sample that workflows, in order of submission, make. */
export function gathered(flows: Iterable<TraceWorkflow>): TraceSample {
  const gatherer = new Gatherer();
  let id = 0;
  for (const workflow of flows) gatherer.add({ ...workflow, id: id++, task: new Int32Array(workflow.count) });
  return gatherer.sample();
}
