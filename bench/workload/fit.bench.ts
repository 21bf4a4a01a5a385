import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { columnsOf, compareWorkloads, type Likeness, piecesOf } from "../../src/experiment/likeness/index.js";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import { InputError } from "../../src/kit/errors.js";
import { FIT_DEFAULTS, fitTrace, Gatherer } from "../../src/workload/fit/index.js";
import { fileSource, importTrace } from "../../src/workload/import/index.js";
import { readTrace, type TraceWorkflow } from "../../src/workload/trace/index.js";
import { atMost, type Figure, type Size, size } from "../support/figure.js";

/** Recorded files beside the project, read where they are there; those of one format and place together are one workload. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  "SWF, NASA iPSC": ["swf/NASA-iPSC-1993-3.1-cln.swf"],
  "SWF, KTH SP2": ["swf/KTH-SP2-1996-2.1-cln.first20k.swf"],
  "SWF, CTC SP2 excerpt": ["swf/CTC-SP2-1996-3.1-cln.excerpt.swf"],
  "Alibaba 2018": ["alibaba2018/batch_task.even-jobs.csv"],
  "Alibaba 2017": ["alibaba2017/batch_task.first4k.csv"],
  "Alibaba GPU 2023": ["alibaba_gpu_2023/openb_pod_list_default.csv"],
  "Google Borg 2019": ["google_borg_2019/borg_traces_sample.first-half.csv"],
  "Google Borg 2011": ["google_borg_2011/task_events.lightsaber.first8k.txt"],
  "Azure Functions 2021": ["azure_functions_2021/invocations.first120.csv"],
  "Azure LLM 2023, code": ["azure_llm_2023/AzureLLMInferenceTrace_code.csv"],
  "Mooncake, conversation": ["mooncake/conversation_trace.jsonl.gz"],
  "GWF, OpenDC": ["gwf/opendc-trace.gwf"],
  "DeathStarBench, Jaeger": ["jaeger/deathstarbench-social-12-traces.json"],
  "GitHub Actions": ["github_actions/ionic-stencil-jobs.even.json"],
  "event log, road traffic": ["event_csv/roadtraffic100traces.csv"],
};
const OPEN = resolve("../shared/data/open");
const POLICIES: PolicySource[] = ["weighted-random", "jsq", "sed"].map((spec) => ({
  kind: "heuristic",
  spec,
}));
/** Workflows of a sample that are used, from its start. */
const MOST_WORKFLOWS = 5000;
/** Seconds between workflows of a sample that tells no time, or all of whose workflows came at once. */
const GAP = 60;

/**
 * How well what is fitted to a workload keeps its mean flow times: the largest change over three policies, in percent. The
 * spread says how far one trace of the sample's length lies from the next under the fitted spec: a sample is one such.
 */
export async function fitBench(which: Size): Promise<Figure[]> {
  const figures = [await figureOf("the sample that ships", await shipped(), which)];
  if (which === "smoke") return figures;
  for (const [name, files] of Object.entries(RECORDED)) {
    const paths = files.map((file) => join(OPEN, file));
    if (!paths.every((path) => existsSync(path))) {
      console.log(`skipped: ${name}, whose file is not here`);
      continue;
    }
    try {
      figures.push(await figureOf(name, await recorded(paths), which));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      console.log(`skipped: ${name}: ${error.message}`);
    }
  }
  return figures;
}

async function figureOf(name: string, flows: readonly TraceWorkflow[], which: Size): Promise<Figure> {
  const real = columnsOf(flows, name);
  const gatherer = new Gatherer();
  flows.forEach((flow, id) => {
    gatherer.add({ ...flow, id, task: new Int32Array(flow.count) });
  });
  const { spec } = fitTrace(gatherer.sample(), { ...FIT_DEFAULTS, name });
  const replications = size(which, { smoke: 4, real: 10 });
  const likeness = await compareWorkloads(real, piecesOf({ spec, replications, seed: 1 }, real.workflows), {
    policies: POLICIES,
    seed: 1,
    resamples: 2,
  });
  const { policies, rankingKept } = likeness.consequence;
  const change = 100 * Math.max(...policies.map(({ mean }) => Math.abs(mean.change)));
  const spread = 100 * Math.max(...policies.map(({ mean }) => mean.spread));
  return {
    name: `${name}: ${real.workflows} workflows, ${spec.arrivals.kind}; ${told(likeness)}; spread of one trace ${spread.toFixed(0)} %`,
    value: change,
    unit: "% off in mean flow time (less is better)",
    goals: [
      atMost(10, "% off in mean flow time", change),
      atMost(0, "rankings of policies changed", rankingKept ? 0 : 1),
    ],
    checksum: policies.reduce((sum, { mean }) => sum + mean.synthetic, 0),
  };
}

const told = ({ verdict, consequence: { policies } }: Likeness): string =>
  `${verdict}; ${policies.map(({ policy, mean }) => `${policy} ${(100 * mean.change).toFixed(1)} %`).join(", ")}`;

async function shipped(): Promise<TraceWorkflow[]> {
  const flows: TraceWorkflow[] = [];
  for await (const flow of readTrace("scenarios/traces/small.arrow")) flows.push(flow);
  return flows;
}

/** What can be replayed of recorded files: workflows of which all work is known. */
async function recorded(paths: readonly string[]): Promise<TraceWorkflow[]> {
  const sources = await Promise.all(paths.map(fileSource));
  const { workflows } = await importTrace(sources);
  const known = workflows
    .filter(({ work }) => work.length > 0 && work.every((seconds) => !Number.isNaN(seconds)))
    .slice(0, MOST_WORKFLOWS);
  const [first, last] = [known[0]?.submitted ?? 0, known.at(-1)?.submitted ?? 0];
  return last > first ? known : known.map((flow, k) => ({ ...flow, submitted: k * GAP }));
}
