import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inlineMore } from "../../src/cli/inline-more.js";
import { readCases, type TheoryCase } from "../../src/experiment/theory/case-file.js";
import { CONTROL } from "../../src/experiment/theory/control/index.js";
import { theoryModel } from "../../src/experiment/theory/families/index.js";
import type { Experiment } from "../../src/experiment/theory/model.js";
import { formatNumber } from "../../src/kit/format-number.js";
import { play } from "../../src/learn/play.js";
import { learnTable } from "../../src/learn/tabular/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { writeResults } from "../support/write-results.js";

/**
 * How near the optimum: control problems with a known least cost are learned from runs alone, and the learned policy's
 * cost is measured on fresh seeds beside those of the rules.
 *
 *     npm run bench:learning -- [--cases FILE] [--only ID]... [--seeds N] [--decisions N] [--json] [--write]
 */

/** Jobs of a look at a rule, of a validation and of the last measurement, over all its runs. */
const JOBS = { look: 60_000, validate: 600_000, measure: 4_000_000 } as const;
const RUNS = 20;

interface Found {
  readonly cost: number;
  readonly standardError: number;
}

interface Verdict {
  readonly id: string;
  readonly optimal: number;
  readonly bestRule: string;
  /** Percent above the optimum, of the best rule and of each seed's policy. */
  readonly ruleGap: number;
  readonly gaps: readonly number[];
  readonly standardErrors: readonly number[];
  /** Which seeds ended with a rule, which was better on validation. */
  readonly keptRule: number;
  readonly median: number;
  readonly worst: number;
  readonly cpuSeconds: number;
}

function costOf(base: Experiment, policy: Policy, jobs: number, firstSeed: number, gains: boolean): Found {
  const values = Array.from({ length: RUNS }, (_, run) => {
    const measured = Math.max(jobs / RUNS / base.rate, base.memory);
    const warmup = 10 * base.memory;
    const {
      objective,
      workflows,
      measured: seconds,
    } = play({ ...base.scenario, warmup, horizon: warmup + measured }, policy, firstSeed + run);
    return ((gains ? -1 : 1) * objective * workflows.submitted) / seconds;
  });
  const mean = values.reduce((a, b) => a + b, 0) / RUNS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (RUNS - 1);
  return { cost: mean, standardError: Math.sqrt(variance / RUNS) };
}

const made = ({ policy }: Experiment): Policy => (typeof policy === "string" ? heuristic(policy) : policy());

function solve(one: TheoryCase, optimal: number, seeds: number, decisions: number): Verdict {
  const { experiments } = theoryModel(one)!;
  const base = experiments[0]!;
  const gains = one.family === "B8";
  const better = (a: number, b: number) => (gains ? a > b : a < b);
  const world = JSON.stringify({ ...base.scenario, name: "" });
  const rules = experiments.filter(({ scenario }) => JSON.stringify({ ...scenario, name: "" }) === world);
  let best = base;
  let least = Number.NaN;
  for (const rule of rules) {
    const { cost } = costOf(base, made(rule), JOBS.look, 10_000, gains);
    if (!(better(least, cost) || least === cost)) [best, least] = [rule, cost];
  }
  const gap = (cost: number) => ((gains ? optimal - cost : cost - optimal) / Math.abs(optimal)) * 100;
  const start = process.cpuUsage();
  const found = Array.from({ length: seeds }, (_, seed) => {
    const rule = made(best);
    const { policy } = learnTable(base.scenario, rule, { seed: seed + 1, decisions });
    const [learned, usual] = [policy, made(best)].map(
      (each) => costOf(base, each, JOBS.validate, 20_000, gains).cost,
    );
    const keeps = better(usual!, learned!);
    return { keeps, policy: keeps ? made(best) : policy };
  });
  const { user, system } = process.cpuUsage(start);
  const measured = found.map(({ policy }, seed) =>
    costOf(base, policy, JOBS.measure, 30_000 + 100 * seed, gains),
  );
  const gaps = measured.map(({ cost }) => gap(cost));
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    id: one.id,
    optimal,
    bestRule: best.name,
    ruleGap: gap(costOf(base, made(best), JOBS.measure, 40_000, gains).cost),
    gaps,
    standardErrors: measured.map(({ standardError }) => (standardError / Math.abs(optimal)) * 100),
    keptRule: found.filter(({ keeps }) => keeps).length,
    median: sorted[Math.floor(sorted.length / 2)]!,
    worst: sorted.at(-1)!,
    cpuSeconds: (user + system) / 1e6 / seeds,
  };
}

/** Least costs by the ids of their cases, in both kinds of files. */
function optima(bytes: Uint8Array): Map<string, number> {
  const found = new Map<string, number>();
  const root = JSON.parse(new TextDecoder().decode(bytes)) as {
    control?: { id: string; optimal?: number }[];
    families?: Record<string, { cases: Record<string, { optimal?: number }> }>;
  };
  for (const { id, optimal } of root.control ?? []) if (optimal !== undefined) found.set(id, optimal);
  for (const { cases } of Object.values(root.families ?? {}))
    for (const [id, { optimal }] of Object.entries(cases)) if (optimal !== undefined) found.set(id, optimal);
  return found;
}

inlineMore();
const { values } = parseArgs({
  options: {
    cases: {
      type: "string",
      default: fileURLToPath(new URL("../../../../scenarios/theory/cases.json", import.meta.url)),
    },
    only: { type: "string", multiple: true },
    seeds: { type: "string", default: "5" },
    decisions: { type: "string", default: "4000000" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const bytes = readFileSync(values.cases);
const least = optima(bytes);
const cases = readCases(bytes, values.cases).filter(
  ({ id, family }) =>
    Object.hasOwn(CONTROL, family) &&
    least.has(id) &&
    (values.only === undefined || values.only.some((name) => name === id || name === family)),
);
const verdicts: Verdict[] = [];
if (!values.json)
  console.log(
    `${"case".padEnd(24)}${["optimum", "best rule", "learned, median", "worst seed", "± s.e.", "CPU s"].map((head) => head.padStart(17)).join("")}`,
  );
for (const one of cases) {
  const verdict = solve(one, least.get(one.id)!, Number(values.seeds), Number(values.decisions));
  verdicts.push(verdict);
  if (values.json) continue;
  const percent = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(2)} %`.padStart(17);
  console.log(
    verdict.id.padEnd(24) +
      formatNumber(verdict.optimal, 6).padStart(17) +
      percent(verdict.ruleGap) +
      percent(verdict.median) +
      percent(verdict.worst) +
      `${Math.max(...verdict.standardErrors).toFixed(2)} %`.padStart(17) +
      verdict.cpuSeconds.toFixed(1).padStart(17) +
      (verdict.keptRule > 0 ? `   ${verdict.keptRule} of ${values.seeds} kept ${verdict.bestRule}` : ""),
  );
}
if (values.json) console.log(JSON.stringify(verdicts, null, 2));
if (values.write) {
  const figures = verdicts.map(({ id, median, worst, ruleGap, cpuSeconds }) => ({
    name: `${id}: above the optimum, median of ${values.seeds} seeds`,
    value: median,
    unit: "%",
    checksum: ruleGap,
    goals: [
      { what: "percent above the optimum, median seed", value: median, atMost: 2, met: median <= 2 },
      { what: "percent above the optimum, worst seed", value: worst, atMost: 5, met: worst <= 5 },
      { what: "CPU minutes a seed", value: cpuSeconds / 60, atMost: 20, met: cpuSeconds <= 1200 },
    ],
  }));
  console.log(`written: ${writeResults("control", "npm run bench:learning -- --write", figures)}`);
}
