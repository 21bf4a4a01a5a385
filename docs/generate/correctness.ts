import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchResults, benchResults, figureTable, measuredBy, readable } from "./bench-results.js";
import { code, notice, page, plain, table } from "./markdown.js";
import { plantedBugs } from "./planted-bugs.js";

/** What `bench/results/verify.json` holds: the verdicts of `switchyard verify --json`, with who made them. */
interface Verified extends Omit<BenchResults, "figures"> {
  readonly precision: number;
  readonly verdicts: readonly {
    readonly id: string;
    readonly family: string;
    readonly figures: readonly VerifiedFigure[];
    readonly notMeasured: readonly string[];
    readonly notRun?: string;
  }[];
}

interface VerifiedFigure {
  readonly figure: string;
  readonly truth: number;
  readonly estimate: number;
  readonly standardError: number;
  /** In standard errors. */
  readonly distance: number;
  readonly verdict: "met" | "missed" | "too blunt";
}

/** A family of `scenarios/theory/cases.json`. */
interface Family {
  readonly model: string;
  readonly truth: string;
  readonly source: string;
}

/** docs/correctness.md: figures of committed results, and the bugs that stand in the tests. */
export function correctness(root: string): string {
  return page(
    notice("bench/results, scenarios/theory and test/planted"),
    "# How we know it is right",
    "A simulator that is wrong gives confident, reproducible, wrong advice. So each part is held to something that was not made by it: " +
      "closed forms, other programs, published tables; and the checks themselves are seen to fail.",
    "## The truth table",
    truthTable(root),
    "## Coverage of intervals",
    "A 95 % interval is right if it holds the truth in 95 of 100 samples. Where the truth is known that can be counted:",
    coverage(root),
    "## Planted bugs",
    "A check that cannot fail says nothing. Each of these bugs is switched on in the engine or the simulated world by a test, runs over random " +
      "scenarios, and must be found by the checks that guard every other run; and no check may speak where no bug is planted.",
    table(
      ["bug", "caught by"],
      plantedBugs(root).map(({ bug, file, by }) => [bug, `${by} ([${file}](../test/planted/${file}))`]),
    ),
    "## How near the optimum",
    "Control problems whose least cost an independent program found, and what is learned for them: the percentages above that cost are in " +
      "[learning.md](learning.md#how-near-the-optimum).",
    "## What else holds in every test run",
    "- The same scenario, seed and policy give the same bytes, on any number of threads; golden digests are committed (`test/golden`).\n" +
      "- Two policies on one seed meet the same arrivals, the same work and the same luck of each attempt (common random numbers).\n" +
      "- Gradient backends agree with each other and with finite differences; learners solve toys whose answer is known.\n" +
      "- Importers are fuzzed with damaged files; what they refuse is told with its place.\n" +
      "- Benchmark seeds, validation seeds and training seeds come of ranges that cannot meet.",
  );
}

function truthTable(root: string): string {
  const results = benchResults<Verified>(root, "verify");
  if (results === null) return "No results are committed. `npm run verify` makes the table anew.";
  const { families } = JSON.parse(readFileSync(join(root, "scenarios/theory/cases.json"), "utf8")) as {
    families: Readonly<Record<string, Family>>;
  };
  const { verdicts, precision } = results;
  const figures = verdicts.flatMap((verdict) => verdict.figures);
  const met = figures.filter(({ verdict }) => verdict === "met").length;
  const missed = verdicts.flatMap(({ id, figures }) =>
    figures.filter(({ verdict }) => verdict !== "met").map((figure) => ({ id, ...figure })),
  );
  const unmeasured = verdicts.filter(
    ({ notRun, notMeasured }) => notRun !== undefined || notMeasured.length > 0,
  );
  const names = Object.keys(families).filter((name) => verdicts.some(({ family }) => family === name));
  const absent = Object.keys(families).filter((name) => !names.includes(name));
  return page(
    `Queueing models and control problems with known figures, each simulated and compared: **${met} of ${figures.length} figures met** in ` +
      `${verdicts.length} cases. A figure is met within three standard errors of its truth, at a standard error of at most ${100 * precision} % of ` +
      "it; the verdict, and why one in 50,000 right figures fails, is in [verify.md](verify.md#the-verdict).",
    measuredBy(results),
    table(
      ["model", "truth by", "source", "cases", "figures", "met", "furthest"],
      names.map((name) => {
        const { model, truth, source } = families[name]!;
        const own = verdicts.filter(({ family }) => family === name);
        const all = own.flatMap((verdict) => verdict.figures);
        const furthest = Math.max(...all.map(({ distance }) => Math.abs(distance)));
        const good = all.filter(({ verdict }) => verdict === "met").length;
        return [
          `${plain(model)} (${code(name)})`,
          plain(truth),
          plain(source),
          String(own.length),
          String(all.length),
          good === all.length ? "all" : `**${good}**`,
          all.length === 0 ? "" : `${furthest.toFixed(1)} s.e.`,
        ];
      }),
    ),
    missed.length === 0 ? null : "Not met:",
    missed.length === 0
      ? null
      : table(
          ["case", "figure", "truth", "estimate", "off by", "verdict"],
          missed.map(({ id, figure, truth, estimate, distance, verdict }) => [
            code(id),
            code(figure),
            readable(truth),
            readable(estimate),
            `${distance.toFixed(1)} s.e.`,
            verdict,
          ]),
        ),
    unmeasured.length === 0
      ? null
      : `Not run or not measured: ${unmeasured.map(({ id, notRun, notMeasured }) => `${code(id)} (${notRun ?? notMeasured.join(", ")})`).join("; ")}.`,
    absent.length === 0
      ? null
      : `Without committed results: ${absent.map(code).join(", ")}. \`npm run verify\` runs them.`,
    "One row in full, the M/M/1 queue at a load of 0.8:",
    table(
      ["figure", "truth", "estimate", "standard error", "off by"],
      (verdicts.find(({ id }) => id === "A-mm1-rho0.80")?.figures ?? []).map(
        ({ figure, truth, estimate, standardError, distance }) => [
          code(figure),
          readable(truth),
          readable(estimate),
          readable(standardError),
          `${distance.toFixed(1)} s.e.`,
        ],
      ),
    ),
  ).trimEnd();
}

function coverage(root: string): string {
  const results = benchResults(root, "coverage");
  if (results === null) return "No results are committed: `npm run bench -- coverage --write` makes them.";
  return page(figureTable(results.figures), measuredBy(results)).trimEnd();
}
