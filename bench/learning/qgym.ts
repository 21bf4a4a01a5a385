import { readFileSync } from "node:fs";
import { inlineMore } from "../../src/cli/inline-more.js";
import { mean, standardError } from "../../src/experiment/statistics/index.js";
import { learnNetwork, learnNetworkDefaults } from "../../src/experiment/theory/qgym/learn-network.js";
import { type Network, networkScenario } from "../../src/experiment/theory/qgym/network.js";
import { readNetworks } from "../../src/experiment/theory/qgym/network-file.js";
import { PUBLISHED_NETWORKS } from "../../src/experiment/theory/qgym/published.js";
import { RULES, ruleFor, runNetwork } from "../../src/experiment/theory/qgym/run-network.js";
import { InputError, suggest } from "../../src/kit/errors.js";
import { instability } from "../../src/model/instability.js";
import { counts, runBench, several } from "../support/bench-options.js";
import { atMost, type Figure } from "../support/figure.js";
import { TELLING, Verdicts } from "./verdicts.js";

/**
 * Published networks, learned: each network's policy is learned from simulated runs, and measured on fresh seeds beside cμ,
 * MaxWeight and MaxPressure on the same ones, and beside the costs that were published. A run begins empty and ends with the
 * published number of events.
 *
 *     npm run bench:qgym -- [--cases FILE] [--only ID]... [--seed N] [--json] [--write]
 */

/** Events of each policy in a first look, which tells how many runs it takes, and at the most. */
const EVENTS = { look: 800_000, rule: 2_000_000, learned: 10_000_000 } as const;
/** Wanted standard error, as a share of the cost. */
const PRECISION = 0.006;
/** Of the best rule, what is learned may cost so much more. */
const TOLERANCE = 0.01;

interface Measured {
  readonly cost: number;
  readonly standardError: number;
}

interface Verdict {
  readonly id: string;
  /** Why the network has no steady state; null where it may have one. What was published is then of another network. */
  readonly unstable: string | null;
  readonly published: Readonly<Record<string, number>>;
  readonly rules: Readonly<Record<string, Measured>>;
  readonly bestRule: string;
  readonly learned: Measured & { readonly spec: string; readonly keptRule: boolean };
  /** Percent by which the learned policy costs more than the best rule: run by run on the same seeds. */
  readonly overBestRule: Measured;
  readonly runs: number;
  /** Of learning and choosing: events simulated, about, and CPU seconds. */
  readonly samples: number;
  readonly cpuSeconds: number;
}

const measured = (costs: readonly number[]): Measured => ({
  cost: mean(costs),
  standardError: standardError(costs),
});

async function solve(network: Network, seed: number): Promise<Verdict> {
  const start = process.cpuUsage();
  const { spec, keptRule, samples } = await learnNetwork(network, { ...learnNetworkDefaults, seed });
  const { user, system } = process.cpuUsage(start);

  const runs = (of: string, first: number, last: number) =>
    Array.from({ length: Math.max(0, last - first) }, (_, k) => runNetwork(network, of, first + k + 1));
  const look = Math.max(8, Math.ceil(EVENTS.look / network.events));
  const looks = Object.keys(RULES).map((name) => {
    const rule = ruleFor(network, name)!;
    return { name, rule, costs: runs(rule, 0, look) };
  });
  const best = looks.reduce((a, b) => (mean(b.costs) < mean(a.costs) ? b : a));
  const first = runs(spec, 0, look);
  const wanted = look * (standardError(first) / mean(first) / PRECISION) ** 2;
  const total = Math.max(look, Math.ceil(Math.min(wanted, EVENTS.learned / network.events)));
  const costs = [...first, ...runs(spec, look, total)];
  const paired = Math.min(total, Math.ceil(EVENTS.rule / network.events));
  const usual = [...best.costs, ...runs(best.rule, look, paired)];
  const difference = measured(usual.map((cost, k) => costs[k]! - cost));
  const percent = 100 / mean(usual);
  return {
    id: network.name,
    unstable: instability(networkScenario(network))[0]?.what ?? null,
    published: Object.fromEntries(
      Object.entries(network.published).map(([name, { value }]) => [name, value]),
    ),
    rules: Object.fromEntries(looks.map((rule) => [rule.name, measured(rule === best ? usual : rule.costs)])),
    bestRule: best.name,
    learned: { ...measured(costs), spec, keptRule },
    overBestRule: {
      cost: difference.cost * percent,
      standardError: difference.standardError * percent,
    },
    runs: total,
    samples,
    cpuSeconds: (user + system) / 1e6,
  };
}

const LEARNED_BY = "ppo_wc";

function figure({ id, unstable, published, learned, overBestRule, bestRule, ...rest }: Verdict): Figure {
  const figures = {
    name: `${id}: cost of the learned policy, ${rest.runs} runs${unstable === null ? "" : " (no steady state)"}`,
    value: learned.cost,
    unit: "cost a second",
    checksum: learned.cost,
    ...{ standardError: learned.standardError, policy: learned.spec, rules: rest.rules, published },
    ...{ samples: rest.samples, cpuSeconds: rest.cpuSeconds, overBestRule },
  };
  const bound = published[LEARNED_BY];
  return {
    ...figures,
    goals: [
      ...(bound === undefined || unstable !== null
        ? []
        : [atMost(bound, "published cost of work-conserving PPO", learned.cost)]),
      atMost(100 * TOLERANCE, `percent more than ${bestRule} on the same seeds`, overBestRule.cost),
    ],
  };
}

const HEADS = [
  "ppo-wc",
  "best rule",
  "",
  "published",
  "here",
  "learned",
  "± s.e.",
  "over the rule",
  "± s.e.",
  "M events",
  "CPU s",
];

function row(verdict: Verdict): string {
  const { published, bestRule, rules, learned, overBestRule, samples, cpuSeconds } = verdict;
  const shown = (value: number | undefined) => (value === undefined ? "-" : value.toFixed(2));
  const cells = [
    shown(published[LEARNED_BY]),
    "",
    bestRule,
    shown(published[bestRule]),
    shown(rules[bestRule]!.cost),
    shown(learned.cost),
    shown(learned.standardError),
    `${overBestRule.cost.toFixed(1)} %`,
    `${overBestRule.standardError.toFixed(1)} %`,
    (samples / 1e6).toFixed(0),
    cpuSeconds.toFixed(0),
  ];
  return `${verdict.id.padEnd(16)}${cells.map((cell, i) => cell.padStart(WIDTHS[i]!)).join("")}${
    learned.keptRule ? "   kept the rule" : ""
  }${verdict.unstable === null ? "" : "   no steady state"}`;
}
const WIDTHS = [9, 11, 12, 11, 9, 10, 8, 15, 8, 10, 8];

inlineMore();
const USAGE = {
  script: "bench:qgym",
  about: `Published networks, learned: each network's policy is learned from simulated runs, and measured on fresh seeds
beside cμ, MaxWeight and MaxPressure on the same ones, and beside the costs that were published.`,
  options: {
    cases: {
      type: "string",
      describe: "file of networks; those that are shipped by default. See docs/verify.md",
    },
    only: several("networks to learn; all by default"),
    seed: counts(1, "of learning"),
    ...TELLING,
  },
} as const;
await runBench(USAGE, async ({ values }) => {
  const { cases, only, seed } = values;
  const all = cases === undefined ? PUBLISHED_NETWORKS : readNetworks(readFileSync(cases), cases);
  const names = all.map(({ name }) => name);
  const networks = (only ?? names).map((asked) => {
    const network = all.find(({ name }) => name === asked);
    if (network !== undefined) return network;
    const what = `no network is called ${asked}`;
    throw new InputError("USAGE", { what, where: "--only", mend: suggest("networks", asked, names) });
  });
  const verdicts = new Verdicts<Verdict>("qgym", values, row, (verdict) => [figure(verdict)]);
  verdicts.head(`${"network".padEnd(16)}${HEADS.map((head, i) => head.padStart(WIDTHS[i]!)).join("")}`);
  for (const network of networks) verdicts.add(await solve(network, seed));
  verdicts.end();
});
