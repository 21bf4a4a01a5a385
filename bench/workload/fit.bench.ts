import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { columnsOf, compareWorkloads, type Likeness, piecesOf } from "../../src/experiment/likeness/index.js";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import { InputError } from "../../src/kit/errors.js";
import { FIT_DEFAULTS, fitTrace, Gatherer } from "../../src/workload/fit/index.js";
import { fileSource, type ImportSettings, importTrace } from "../../src/workload/import/index.js";
import { readTrace, type TraceWorkflow } from "../../src/workload/trace/index.js";
import { atMost, type Figure, type Size, size } from "../support/figure.js";

interface Sample {
  /** Below the folder of recorded files; those of one format and place together are one workload. */
  readonly files: readonly string[];
  /** What the format leaves open and work cannot be told without. */
  readonly settings?: ImportSettings;
  /** Files of one workflow each, recorded at unrelated times: they are played one after another, `GAP` apart. */
  readonly apart?: true;
}

/** Of a model as it is served on one accelerator: what work is made of where a log has lengths only. */
const INFERENCE: ImportSettings = { workModel: { fixed: 0.05, prompt: 0.0002, output: 0.02 } };
/** Work as the time since what an event waited for, where a log has ends only. */
const SOJOURN: ImportSettings = { eventWork: "sojourn" };
const inFolder = (folder: string, names: readonly string[]) => names.map((name) => `${folder}/${name}`);

/** Recorded files beside the project, read where they are there. */
const RECORDED: Readonly<Record<string, Sample>> = {
  "SWF, NASA iPSC": { files: ["swf/NASA-iPSC-1993-3.1-cln.swf"] },
  "SWF, KTH SP2": { files: ["swf/KTH-SP2-1996-2.1-cln.first20k.swf"] },
  "SWF, CTC SP2 excerpt": { files: ["swf/CTC-SP2-1996-3.1-cln.excerpt.swf"] },
  "SWF, AccaSim excerpt": { files: ["swf/accasim-workload.excerpt.swf"] },
  "Alibaba 2018": { files: ["alibaba2018/batch_task.even-jobs.csv"] },
  "Alibaba 2017": { files: ["alibaba2017/batch_task.first4k.csv"] },
  "Alibaba GPU 2023": { files: ["alibaba_gpu_2023/openb_pod_list_default.csv"] },
  "Alibaba microservices": { files: ["alibaba_microservices/MSCallGraph.even-traces.csv"] },
  "Google Borg 2019": { files: ["google_borg_2019/borg_traces_sample.first-half.csv"] },
  "Google Borg 2011": { files: ["google_borg_2011/task_events.lightsaber.first8k.txt"] },
  "Azure Functions 2021": { files: ["azure_functions_2021/invocations.first120.csv"] },
  "Azure LLM 2023, code": {
    files: ["azure_llm_2023/AzureLLMInferenceTrace_code.csv"],
    settings: INFERENCE,
  },
  "Mooncake, conversation": { files: ["mooncake/conversation_trace.jsonl.gz"], settings: INFERENCE },
  "GWF, OpenDC": { files: ["gwf/opendc-trace.gwf"] },
  "WTA, shell": { files: ["wta/shell-chronos/tasks/schema-1.0/part.0.parquet"] },
  "WTA, askalon": { files: ["wta/askalon-bwa-5wf/tasks/schema-1.0/part.0.parquet"] },
  "WfFormat 1.5": {
    files: inFolder("wfformat/v1.5", [
      "1000genome-chameleon-4ch-250k-001.json",
      "bacass-dirt02-001.json",
      "blast-chameleon-small-001.json",
      "bwa-chameleon-small-001.json",
      "cycles-chameleon-2l-1c-9p-001.json",
      "epigenomics-chameleon-hep-1seq-100k-001.json",
      "fetchngs-dirt02-001.json",
      "helloworld-chain-5-chameleon.json",
      "helloworld-forkjoin-10-chameleon.json",
      "montage-chameleon-2mass-005d-001.json",
      "montage-chameleon-dss-15d-001.json",
      "rnaseq-dirt02-001.json",
      "seismology-chameleon-100p-001.json",
      "soykb-chameleon-10fastq-10ch-001.json",
      "srasearch-chameleon-10a-002.json",
      "srasearch-chameleon-50a-004.json",
    ]),
    apart: true,
  },
  "DeathStarBench, Jaeger": { files: ["jaeger/deathstarbench-social-12-traces.json"] },
  "OTLP, Java service": { files: ["otlp/java-service-collector.lines1-4.ndjson"] },
  Temporal: {
    files: inFolder("temporal", [
      "go-multiple-updates.json",
      "go-workflow1.json",
      "go-workflow_loop_task.json",
      "java-testAsyncActivityRetryHistory.json",
      "java-testChildWorkflowRetryHistory.json",
      "python-customer-service-workflow-history.json",
      "python-research-workflow-history.json",
      "typescript-otel_smorgasbord_1_13_1.json",
    ]),
    apart: true,
  },
  Argo: {
    files: inFolder("argo", [
      "dag-disable-fail-fast.yaml",
      "dag-nested-zxlc2.yaml",
      "exit-handlers-n7s4n.yaml",
      "fail-two-nested-dag-suspend.yaml",
      "hr-retry-replication.yaml",
      "kfp-mock-coinflip-runtime.json",
      "kfp-mock-xgboost-runtime.json",
      "steps-4k5vn.yaml",
    ]),
    apart: true,
  },
  "GitHub Actions, jobs": { files: ["github_actions/ionic-stencil-jobs.even.json"] },
  "GitHub Actions, runs": { files: ["github_actions/list-workflow-runs.response.json"] },
  "event log, intervals": { files: ["event_csv/interval_event_log.csv"] },
  "event log, road traffic": { files: ["event_csv/roadtraffic100traces.csv"], settings: SOJOURN },
  "XES, BPIC 2013": { files: ["xes/bpic2013_closed.xes.gz"], settings: SOJOURN },
  "XES, receipt": { files: ["xes/receipt.xes.gz"], settings: SOJOURN },
  "XES, reviewing": { files: ["xes/reviewing.xes"], settings: SOJOURN },
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
  for (const [name, sample] of Object.entries(RECORDED)) {
    if (!sample.files.every((file) => existsSync(join(OPEN, file)))) {
      console.log(`skipped: ${name}, whose file is not here`);
      continue;
    }
    try {
      figures.push(await figureOf(name, await recorded(sample), which));
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
  const { spec, sequence } = fitTrace(gatherer.sample(), { ...FIT_DEFAULTS, name });
  const replications = size(which, {
    smoke: 4,
    real: Math.min(200, Math.max(40, Math.ceil(20_000 / real.workflows))),
  });
  const likeness = await compareWorkloads(real, piecesOf({ spec, replications, seed: 1 }, real.workflows), {
    policies: POLICIES,
    seed: 1,
    resamples: 2,
  });
  const { policies, rankingKept } = likeness.consequence;
  const change = 100 * Math.max(...policies.map(({ mean }) => Math.abs(mean.change)));
  const spread = 100 * Math.max(...policies.map(({ mean }) => mean.spread));
  return {
    name: `${name}: ${real.workflows} workflows, ${sequence === null || sequence.chosen.plan === null ? `${spec.arrivals.kind}, independent` : sequence.chosen.name}; ${told(likeness)}; spread of one trace ${spread.toFixed(0)} %`,
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
async function recorded({ files, settings, apart }: Sample): Promise<TraceWorkflow[]> {
  const sources = await Promise.all(files.map((file) => fileSource(join(OPEN, file))));
  const { workflows } = await importTrace(sources, settings === undefined ? {} : { settings });
  const known = workflows
    .filter(({ work }) => work.length > 0 && work.every((seconds) => !Number.isNaN(seconds)))
    .slice(0, MOST_WORKFLOWS);
  if (known.length === 0) {
    throw new InputError("UNKNOWN_WORK", { what: "it says of no workflow what all of its tasks take" });
  }
  const [first, last] = [known[0]!.submitted, known.at(-1)!.submitted];
  return last > first && apart === undefined
    ? known
    : known.map((flow, k) => ({ ...flow, submitted: k * GAP }));
}
