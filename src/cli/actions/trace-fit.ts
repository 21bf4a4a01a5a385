import { basename } from "node:path";
import { aligned } from "../../kit/aligned.js";
import { InputError } from "../../kit/errors.js";
import { formatNumber, formatPercent } from "../../kit/format-number.js";
import {
  FIT_DEFAULTS,
  type FitOptions,
  fitRemarks,
  fitTrace,
  type SequenceFit,
  sampleTrace,
  sequenceRemarks,
} from "../../workload/fit/index.js";
import { renderSynthesis } from "../../workload/synthesis/index.js";
import { writeFileAtomic } from "../files.js";
import { requireInteger } from "./simulate.js";
import { SPEC_BYTES } from "./trace-synth.js";

export interface FitArguments extends Partial<Omit<FitOptions, "name">> {
  readonly trace: string;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function fitToTrace({ trace, out, json, quiet, ...given }: FitArguments): Promise<void> {
  if (given.patterns !== undefined) requireInteger("patterns", given.patterns, 1);
  const name = basename(trace).replace(/\.arrow$/, "");
  const options = { ...FIT_DEFAULTS, ...given, name };
  const fit = fitTrace(await sampleTrace(trace), options, trace);
  const text = renderSynthesis(fit.spec, fitRemarks(fit, basename(trace), options.criterion));
  if (text.length > SPEC_BYTES) {
    throw new InputError("TOO_LARGE", {
      what: `the spec would have ${text.length.toLocaleString("en")} characters, and specs are read up to ${SPEC_BYTES.toLocaleString("en")}`,
      where: out,
      mend: "keep fewer DAGs as they are: --patterns 100, or --sequence independent",
    });
  }
  await writeFileAtomic(out, text);
  if (json) {
    const { arrivals, sequence, types, patterns, correlation } = fit;
    const { chosen, tried, dependence, notes } = sequence ?? {};
    process.stdout.write(
      `${JSON.stringify({ out, arrivals, sequence: sequence && { chosen, tried, dependence, notes }, types, patterns, correlation }, null, 2)}\n`,
    );
  } else if (!quiet) process.stdout.write(`${report(fit, out)}\n`);
}

function report(
  { spec, arrivals, sequence, types, patterns, correlation }: ReturnType<typeof fitTrace>,
  out: string,
): string {
  const lines = [
    `${out}: ${spec.workflows.toLocaleString("en")} workflows, ${types.length} types, ${patterns.kept} DAGs`,
  ];
  if (patterns.pooled > 0)
    lines.push(
      `  ${patterns.pooled} rare DAGs of ${patterns.pooledWorkflows} workflows are pooled to random layers`,
    );
  lines.push(`correlation of work within a workflow: ${formatNumber(correlation, 3)}`);
  if (sequence !== null) lines.push(...sequenceLines(sequence));
  if (spec.arrivals.kind === "blocks")
    lines.push("", "arrivals come with the blocks; processes on their own would fit so:");
  for (const note of arrivals.notes) lines.push(`arrivals: ${note}`);
  if (arrivals.candidates.length > 0) lines.push("", table("arrivals", arrivals.candidates));
  for (const { name, tasks, families } of types.slice(0, 8))
    if (families.length > 0) lines.push("", table(`work of ${name}, ${tasks} tasks`, families));
  if (types.length > 8) lines.push("", `and ${types.length - 8} more types; --json tells all`);
  return lines.join("\n");
}

/** What was tried and how far it was off, the chosen one marked. */
function sequenceLines(sequence: SequenceFit): string[] {
  const { chosen, tried } = sequence;
  const rows = tried.map((one) => [
    one === chosen ? "*" : "",
    one.name,
    `${one.change < 0 ? "" : "+"}${formatPercent(one.change)} %`,
    `${formatPercent(one.error)} %`,
  ]);
  const head = ["", "sequence", "mean flow time against the record", "standard error"];
  return [
    ...sequenceRemarks(sequence),
    "",
    ...aligned([head, ...rows], () => false).map((line) => line.trimEnd()),
  ];
}

function table(title: string, scores: ReturnType<typeof fitTrace>["arrivals"]["candidates"]): string {
  const width = Math.max(title.length, ...scores.map(({ name }) => name.length));
  const cell = (value: number) => value.toFixed(1).padStart(14);
  return [
    `${title.padEnd(width)}  parameters${["log likelihood", "AIC", "BIC"].map((head) => head.padStart(16)).join("")}`,
    ...scores.map(
      ({ name, parameters, logLikelihood, aic, bic }) =>
        `${name.padEnd(width)}  ${String(parameters).padStart(10)}${[logLikelihood, aic, bic].map((v) => `  ${cell(v)}`).join("")}`,
    ),
  ].join("\n");
}
