import pc from "picocolors";
import { readCases } from "../../experiment/theory/case-file.js";
import { type CaseVerdict, verify } from "../../experiment/theory/verify.js";
import { InputError, suggest } from "../../kit/errors.js";
import { formatNumber } from "../../kit/format-number.js";
import { readBounded } from "../files.js";
import { defaultThreads } from "../machine.js";
import { requireInteger } from "./simulate.js";

export interface VerifyTheoryOptions {
  readonly cases: string;
  readonly only: readonly string[] | undefined;
  readonly precision: number;
  readonly mostJobs: number;
  readonly threads: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

const CASES_BYTES = 64 * 1024 * 1024;

/** Exit code 1 where a figure is missed, or too blunt to say. Cases that this build cannot run are listed, not hidden. */
export async function verifyTheory(options: VerifyTheoryOptions): Promise<void> {
  const { only, precision, mostJobs, json, quiet } = options;
  requireInteger("most-jobs", mostJobs, 1);
  if (!(precision > 0 && precision < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${precision} is no share`,
      where: "--precision",
      mend: "e.g. 0.005",
    });
  }
  const all = readCases(await readBounded(options.cases, CASES_BYTES), options.cases);
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
  const verdicts = await verify(cases, {
    threads: options.threads ?? defaultThreads(),
    precision,
    mostJobs,
    onCase: (verdict) => {
      if (!json && !quiet) process.stdout.write(`${renderCase(verdict)}\n`);
    },
  });
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
  if (json) process.stdout.write(`${JSON.stringify({ summary, verdicts }, null, 1)}\n`);
  else {
    process.stdout.write(
      `\n${summary.met} of ${summary.figures} figures met, ${summary.missed} missed, ${summary.tooBlunt} too blunt to say; ` +
        `${summary.notMeasured} not measured; ${summary.notRun} of ${summary.cases} cases not run\n`,
    );
  }
  if (summary.missed + summary.tooBlunt > 0) process.exitCode = 1;
}

function renderCase({ id, figures, notMeasured, notRun, jobs }: CaseVerdict): string {
  if (notRun !== undefined) return `${pc.yellow("not run")}  ${id}  ${pc.dim(notRun)}`;
  const good = figures.every(({ verdict }) => verdict === "met");
  const worst = Math.max(0, ...figures.map(({ distance }) => distance));
  const lines = [
    `${good ? pc.green("met    ") : pc.red("MISSED ")}  ${id}  ${pc.dim(`${figures.length} figures, at most ${worst.toFixed(1)} standard errors off, ${jobs} jobs${notMeasured.length > 0 ? `; not measured: ${notMeasured.join(", ")}` : ""}`)}`,
  ];
  for (const { figure, truth, estimate, standardError, distance, verdict } of figures) {
    if (verdict === "met") continue;
    lines.push(
      `         ${figure}: ${formatNumber(estimate, 6)} ± ${formatNumber(standardError, 2)}, truth ${formatNumber(truth, 6)}: ${verdict}, ${distance.toFixed(1)} standard errors`,
    );
  }
  return lines.join("\n");
}
