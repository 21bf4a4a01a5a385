import { type Compared, type Fidelity, fidelity, type RecordedTimes } from "../../experiment/fidelity.js";
import { InputError } from "../../kit/errors.js";
import { formatCount, formatDuration, formatPercent } from "../../kit/format-number.js";
import { GrowingColumn } from "../../kit/growing-column.js";
import { heuristic } from "../../policy/catalogue.js";
import { loadTrace, type RecordedWorkflow } from "../../workload/trace/index.js";
import { readBounded } from "../files.js";

export interface FidelityOptions {
  readonly file: string;
  readonly policy: string;
  readonly servers: readonly string[] | undefined;
  readonly backfill: boolean;
  readonly seed: number;
  readonly json: boolean;
}

/** A trace is held in memory with its recorded times: some 100 bytes a task. */
const TRACE_BYTES = 2 ** 31 - 1;

export async function compareWaits({
  file,
  policy,
  servers,
  backfill,
  seed,
  json,
}: FidelityOptions): Promise<void> {
  const times = new TimesBuilder();
  const trace = loadTrace(await readBounded(file, TRACE_BYTES), file, (flow) => times.add(flow));
  const report = fidelity(trace, times.take(), {
    policy: heuristic(policy),
    servers: serversOf(servers),
    backfill,
    seed,
  });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${render(report)}\n`);
}

/** Recorded times in the order of the trace's rows. */
class TimesBuilder {
  private readonly ready = new GrowingColumn(Float64Array);
  private readonly start = new GrowingColumn(Float64Array);
  private readonly end = new GrowingColumn(Float64Array);

  add({ count, recordedReady, recordedStart, recordedEnd }: RecordedWorkflow): void {
    for (let t = 0; t < count; t++) {
      this.ready.push(recordedReady?.[t] ?? Number.NaN);
      this.start.push(recordedStart?.[t] ?? Number.NaN);
      this.end.push(recordedEnd?.[t] ?? Number.NaN);
    }
  }

  take(): RecordedTimes {
    return { ready: this.ready.view(), start: this.start.view(), end: this.end.view() };
  }
}

function serversOf(texts: readonly string[] | undefined): number | Record<string, number> | null {
  if (texts === undefined) return null;
  const named: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const text of texts) {
    const equals = text.lastIndexOf("=");
    const count = Number(text.slice(equals + 1));
    if (!Number.isInteger(count) || count < 1 || count > 1e9) {
      throw new InputError("BAD_ARGUMENT", {
        what: `"${text}" is no number of servers`,
        where: "--servers",
        mend: "give a whole number, or pool=number",
      });
    }
    if (equals < 0 && texts.length === 1) return count;
    named[text.slice(0, Math.max(0, equals))] = count;
  }
  return named;
}

const POOLS_SHOWN = 10;

function render({ policy, pools, cores, backfill, tasks, compared, wait, flowTime }: Fidelity): string {
  const unit = cores ? "cores" : "servers";
  return [
    verdict(wait),
    "",
    ...row(["", "", "mean", "p50", "p95", "p99", "max"]),
    ...lines("wait", wait),
    ...(flowTime.recorded.count > 0 ? lines("flow time", flowTime) : []),
    "",
    `replayed under ${policy}${backfill ? ", with backfilling" : ""}; ${formatCount(compared)} of ${formatCount(tasks)} tasks have a wait on record`,
    ...pools
      .slice(0, POOLS_SHOWN)
      .map(
        ({ name, servers, tasks }) =>
          `  ${name}: ${formatCount(servers)} ${unit}, ${formatCount(tasks)} tasks`,
      ),
    ...(pools.length > POOLS_SHOWN ? [`  … and ${formatCount(pools.length - POOLS_SHOWN)} more pools`] : []),
  ].join("\n");
}

function verdict({ recorded, simulated, rankCorrelation }: Compared): string {
  const change =
    recorded.mean > 0
      ? ` (${simulated.mean >= recorded.mean ? "+" : ""}${formatPercent(simulated.mean / recorded.mean - 1)} %)`
      : "";
  const order = rankCorrelation === null ? "" : `; rank correlation ${rankCorrelation.toFixed(2)}`;
  return `Simulated waits are ${formatDuration(simulated.mean)} on average, recorded ones ${formatDuration(recorded.mean)}${change}${order}.`;
}

const lines = (what: string, { recorded, simulated }: Compared): string[] =>
  [["recorded", recorded] as const, ["simulated", simulated] as const].flatMap(([label, s], i) =>
    row([i === 0 ? what : "", label, ...[s.mean, s.p50, s.p95, s.p99, s.max].map(formatDuration)]),
  );

const row = ([what, label, ...figures]: readonly string[]): string[] => [
  `${what!.padEnd(9)}  ${label!.padEnd(9)}  ${figures.map((text) => text.padStart(10)).join("  ")}`.trimEnd(),
];
