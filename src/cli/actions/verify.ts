import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { readCases } from "../../experiment/theory/case-file.js";
import { type CaseVerdict, verify } from "../../experiment/theory/verify.js";
import { InputError, suggest } from "../../kit/errors.js";
import { formatNumber } from "../../kit/format-number.js";
import { engineDigest } from "../engine-digest.js";
import { readBounded } from "../files.js";
import { defaultThreads } from "../machine.js";
import { type Progress, progress } from "../progress.js";
import { cacheRemarks, REPLICATIONS, ResultCache } from "../result-cache.js";
import { requireInteger } from "./simulate.js";

export interface VerifyTheoryOptions {
  /** Those that are shipped where there is none. */
  readonly cases: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly precision: number;
  readonly mostJobs: number;
  readonly threads: number | undefined;
  /** A folder where replications are kept and found again. */
  readonly cache: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

const SHIPPED = fileURLToPath(new URL("../../../scenarios/theory/cases.json", import.meta.url));
const CASES_BYTES = 64 * 1024 * 1024;

/** Exit code 1 where a figure is missed, or too blunt to say. Cases that this build cannot run are listed, not hidden. */
export async function verifyTheory(options: VerifyTheoryOptions): Promise<void> {
  const { only, precision, mostJobs, cache, json, quiet } = options;
  requireInteger("most-jobs", mostJobs, 1);
  if (!(precision > 0 && precision < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${precision} is no share`,
      where: "--precision",
      mend: "e.g. 0.005",
    });
  }
  const file = options.cases ?? SHIPPED;
  const all = readCases(await readBounded(file, CASES_BYTES), file);
  const began = Date.now();
  for (const name of only ?? []) {
    if (all.some(({ id, family }) => id === name || family === name)) continue;
    const known = [...new Set(all.flatMap(({ id, family }) => [family, id]))];
    throw new InputError("UNKNOWN_CASE", {
      what: `there is no case or family "${name}"`,
      where: "--only",
      mend: suggest("here", name, known),
    });
  }
  const cases = all.filter(
    ({ id, family }) => only === undefined || only.includes(id) || only.includes(family),
  );
  const silent = json || quiet;
  let bar: Progress | undefined;
  const verdicts = await verify(cases, {
    threads: options.threads ?? defaultThreads(),
    precision,
    mostJobs,
    ...(cache === undefined
      ? {}
      : {
          store: {
            findings: new ResultCache(REPLICATIONS, cache, cacheRemarks(silent)),
            engine: engineDigest(),
          },
        }),
    onProgress: ({ id }, done, known) => {
      const total = thousands(known);
      bar ??= progress({ label: id, total, unit: "k jobs", silent, passing: true });
      bar.update(thousands(done), { total });
    },
    onCase: (verdict) => {
      bar?.stop();
      bar = undefined;
      if (!silent) process.stdout.write(`${renderCase(verdict)}\n`);
    },
  }).finally(() => bar?.stop());
  const figures = verdicts.flatMap((verdict) => verdict.figures);
  const count = (verdict: string) => figures.filter((figure) => figure.verdict === verdict).length;
  const notRun = verdicts.filter((verdict) => verdict.notRun !== undefined);
  const summary = {
    cases: verdicts.length,
    notRun: notRun.length,
    figures: figures.length,
    met: count("met"),
    missed: count("missed"),
    tooBlunt: count("too blunt"),
    notMeasured: verdicts.reduce((sum, verdict) => sum + verdict.notMeasured.length, 0),
  };
  const seconds = (Date.now() - began) / 1000;
  if (json) process.stdout.write(`${JSON.stringify({ summary, seconds, verdicts }, null, 1)}\n`);
  else {
    process.stdout.write(
      `\n${summary.met} of ${summary.figures} figures met, ${summary.missed} missed, ${summary.tooBlunt} too blunt to say; ` +
        `${summary.notMeasured} not measured; ${summary.notRun} of ${summary.cases} cases not run. ` +
        `Took ${(seconds / 60).toFixed(1)} min\n`,
    );
  }
  if (summary.missed + summary.tooBlunt + summary.notMeasured + summary.notRun > 0) process.exitCode = 1;
}

const thousands = (jobs: number): number => Math.ceil(jobs / 1000);

const COLUMNS = [38, 15, 15, 10, 10, 0] as const;
const row = (cells: readonly string[]) =>
  cells
    .map((cell, c) => cell.padEnd(COLUMNS[c]!))
    .join("")
    .trimEnd();

function renderCase({ id, figures, notMeasured, without, notRun, jobs }: CaseVerdict): string {
  if (notRun !== undefined) return `${pc.yellow("NOT RUN")}  ${id}  ${pc.dim(notRun)}`;
  const good = notMeasured.length === 0 && figures.every(({ verdict }) => verdict === "met");
  const head = `${good ? pc.green("met") : pc.red("MISSED")}  ${pc.bold(id)}  ${pc.dim(`${formatNumber(jobs, 3)} jobs`)}`;
  const lines = [head, pc.dim(`  ${row(["figure", "truth", "estimate", "error", "z", ""])}`)];
  for (const { figure, truth, estimate, standardError, distance, verdict, again } of figures) {
    const error =
      truth === 0
        ? formatNumber(standardError, 2)
        : `${((100 * standardError) / Math.abs(truth)).toFixed(2)} %`;
    const cells = [figure, formatNumber(truth, 6), formatNumber(estimate, 6), error, distance.toFixed(1)];
    const note = `${verdict === "met" ? "" : verdict}${again ? " (second sample)" : ""}`;
    const line = `  ${row([...cells, note])}`;
    lines.push(verdict === "met" ? line : pc.red(line));
  }
  for (const figure of notMeasured) lines.push(pc.yellow(`  ${row([figure, "", "not measured"])}`));
  for (const [figure, why] of Object.entries(without))
    lines.push(pc.dim(`  ${row([figure, why, "skipped"])}`));
  return lines.join("\n");
}
