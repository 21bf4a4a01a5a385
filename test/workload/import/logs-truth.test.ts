import { describe, expect, test } from "vitest";
import {
  bytesSource,
  fileStatistics,
  type Imported,
  type ImportOptions,
  importTrace,
} from "../../../src/workload/import/index.js";
import { encodeTrace, loadTrace, traceSummary } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { near, type Truth, truthsOf } from "./truth.js";

const truths = truthsOf("swf", "gwf", "alibaba", "google", "azure");
const NO_WORKLOAD = /nodes$|machine-events$|task-usage$|-durations$|-memory$/;
const workloads = truths.filter(([, { format }]) => !NO_WORKLOAD.test(format));

const load = (file: string, options: Partial<ImportOptions> = {}): Promise<Imported> =>
  importTrace([bytesSource(file, sharedBytes(file))], options);

const summaryOf = ({ workflows, metadata }: Imported) =>
  traceSummary(loadTrace(encodeTrace(workflows, metadata)));

const number = (truth: Truth, ...names: readonly string[]): number => {
  const name = names.find((each) => typeof truth[each] === "number");
  if (name === undefined) throw new Error(`the truth has none of ${names.join(", ")}`);
  return truth[name] as number;
};

describe.skipIf(!hasSharedData)("a recorded log", () => {
  test("is among those whose figures are known", () => expect(truths.length).toBeGreaterThanOrEqual(21));

  test.each(truths)("%s has the figures that are known of it", async (file, truth) => {
    const figures = await fileStatistics(bytesSource(file, sharedBytes(file)));
    expect(figures).toEqual(near(truth));
  });

  test.each(workloads)("%s has as many tasks and edges as a trace", async (file, truth) => {
    const imported = await load(file);
    const { tasks, edges } = summaryOf(imported);
    expect(tasks).toBe(number(truth, "tasks", "invocations"));
    // Ids in the joined trace of 2019 are damaged: its dependencies are left out, with a warning.
    expect(edges).toBe(
      truth.format === "google-borg-2019-kaggle" ? 0 : ((truth["edges"] as number | undefined) ?? 0),
    );
    expect(imported.report.tasks).toBe(tasks);
  });

  test.each(
    workloads.filter(([, { format }]) =>
      /^(swf|gwf|alibaba-batch-task-2018|alibaba-gpu-2023-pods|azure-functions-2021)$/.test(format),
    ),
  )("%s keeps work and arrivals as a trace", async (file, truth) => {
    const { workflows, report } = await load(file);
    const flows = [...workflows];
    const work = flows.reduce(
      (sum, flow) => sum + flow.work.reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0),
      0,
    );
    expect(work).toEqual(near(number(truth, "total_work_s") + 0.0));
    const dated = report.warnings.find(({ code }) => code === "SUBMISSION_UNKNOWN")?.count ?? 0;
    const span = flows.at(-1)!.submitted - flows[0]!.submitted;
    expect((flows.length - dated - 1) / span).toEqual(
      near(number(truth, "arrival_rate_per_s", "workflow_arrival_rate_per_s", "job_arrival_rate_per_s")),
    );
  });

  test("of a grid counts milliseconds where that is said", async () => {
    const [gwf] = truths.find(([, { format }]) => format === "gwf")!;
    const total = async (options: Partial<ImportOptions>) => summaryOf(await load(gwf, options)).totalWork;
    expect(await total({ settings: { runTimeUnit: "ms" } })).toBeCloseTo((await total({})) / 1000, 12);
  });

  test("of jobs keeps waits and outcomes of those that are known", async () => {
    const [file, truth] = truths.find(([name]) => name.includes("KTH"))!;
    const { workflows, metadata } = await load(file);
    let waits = 0;
    const outcomes: Record<string, number> = {};
    for (const { recordedReady, recordedStart, outcome } of workflows) {
      waits += recordedStart![0]! - recordedReady![0]!;
      outcomes[outcome![0]!] = (outcomes[outcome![0]!] ?? 0) + 1;
    }
    expect(waits).toBe(truth["wait_sum_s"]);
    expect(outcomes).toEqual({ failed: truth["failures"], succeeded: 14_455 });
    expect(metadata.origin).toBe(new Date((843_480_031 + 599_850) * 1000).toISOString());
    expect(metadata.provenance).toMatchObject([{ facts: [{ header: { MaxProcs: "100" } }] }]);
  });

  test("of a cluster tells of names that were cut, and of tasks that had not ended", async () => {
    const { report } = await load("open/alibaba2018/batch_task.even-jobs.csv");
    const warnings = Object.fromEntries(report.warnings.map(({ code, count }) => [code, count]));
    expect(warnings).toMatchObject({ NAME_CUT: 175, RUNTIME_UNKNOWN: 40 });
    expect(report.skipped).toEqual([]);
  });

  test("of functions by the minute has work where durations are given, and no other", async () => {
    const source = (name: string) =>
      bytesSource(`${name}.csv`, sharedBytes(`open/azure_functions_2019/${name}.csv`));
    const { workflows } = await importTrace([source("invocations"), source("durations"), source("memory")]);
    expect(workflows).toHaveLength(4525);
    expect(workflows.every(({ work }) => work[0]! > 0)).toBe(true);
    expect(workflows[0]!.memory![0]).toBeGreaterThan(0);
    const bare = await importTrace([source("invocations")]);
    expect(bare.workflows.every(({ work }) => Number.isNaN(work[0]!))).toBe(true);
    expect(bare.report.warnings).toMatchObject([{ code: "RUNTIME_UNKNOWN", count: 4525 }]);
    await expect(importTrace([source("durations")])).rejects.toThrow(/but no invocations/);
  });

  test.each([
    ["open/azure_llm_2023/AzureLLMInferenceTrace_code.csv", 18_059_974, 245_896],
    ["open/mooncake/conversation_trace.jsonl.gz", null, null],
  ])("of inference %s keeps tokens; work is what a model makes of them", async (file, prompt, output) => {
    const figures = await fileStatistics(bytesSource(file, sharedBytes(file)));
    const sums = { prompt: 0, output: 0, blocks: 0, work: 0 };
    const model = { fixed: 1, prompt: 0, output: 0.5 };
    for (const flow of (await load(file, { settings: { workModel: model } })).workflows) {
      sums.prompt += flow.promptTokens![0]!;
      sums.output += flow.outputTokens![0]!;
      sums.blocks += flow.prefix?.[0]?.length ?? 0;
      sums.work += flow.work[0]!;
    }
    expect(sums.prompt).toBe(prompt ?? figures["input_tokens"]);
    expect(sums.output).toBe(output ?? figures["output_tokens"]);
    expect(sums.blocks).toBe(figures["hash_ids"] ?? 0);
    expect(sums.work).toBe((figures["rows"] as number) + sums.output / 2);
    const bare = await load(file);
    expect(bare.workflows.every(({ work }) => Number.isNaN(work[0]!))).toBe(true);
  });
});
