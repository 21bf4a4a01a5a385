import { assert } from "../kit/assert.js";
import { scenarioDigest } from "../model/index.js";
import { portableScenario } from "../model/render-scenario.js";
import { type CellFigure, requiredFigure } from "./cell-figure.js";
import { type CellStore, cellDigests } from "./cell-store.js";
import { type Cell, type CellOutcome, type LoadedScenario, type RunOptions, runCells } from "./matrix.js";
import { type PolicySource, policyName } from "./policy-source.js";
import type { BenchmarkCell, BenchmarkResults, ExperimentEntry, Machine, PolicyEntry } from "./results.js";
import { look, type Pair } from "./stopping.js";
import { BEST_HEURISTIC, baselineOf } from "./summarize.js";

/** A policy in a benchmark, with what a reader should know of where it came from. */
export interface Contender {
  readonly source: PolicySource;
  /** Of the policy package, for a learned policy. */
  readonly digest?: string;
  /** How its knobs were set, where they were. */
  readonly tunedFrom?: string;
}

export interface BenchmarkPlan {
  readonly scenarios: readonly LoadedScenario[];
  readonly contenders: readonly Contender[];
  /** See `benchmarkSeeds`. With a stopping rule, those to begin with are the first `firstLook`. */
  readonly seeds: readonly number[];
  readonly firstLook?: number;
  readonly experiment?: ExperimentEntry;
}

export interface BenchmarkContext {
  /** Of this package. */
  readonly version: string;
  readonly command?: string;
  readonly machine?: Machine;
}

export interface BenchmarkOptions extends Omit<RunOptions, "keep" | "onCell"> {
  /** @param found cells so far that were in the store */
  readonly onCell?: (done: number, total: number, found: number) => void;
  /** Cells that are kept need not run again. */
  readonly store?: { readonly cells: CellStore; readonly engine: string };
}

/** Runs every policy on every scenario under every seed, and gives what each single run gave. */
export async function runBenchmark(
  plan: BenchmarkPlan,
  { version, command, machine }: BenchmarkContext,
  options: BenchmarkOptions = {},
): Promise<BenchmarkResults> {
  const { scenarios, contenders, seeds, experiment } = plan;
  const names = contenders.map(({ source }) => policyName(source));
  const policies = contenders.map(
    ({ source, digest, tunedFrom }, p): PolicyEntry => ({
      name: names[p]!,
      kind: source.kind === "heuristic" ? "heuristic" : "learned",
      ...(digest === undefined ? {} : { digest }),
      ...(tunedFrom === undefined ? {} : { tunedFrom }),
    }),
  );
  const cells = new Cells(plan, names, options);
  const stop = experiment?.stop;
  const enough: { seeds: number; reached: boolean }[] = [];
  if (stop === undefined) {
    await cells.run(scenarios.map(() => seeds.length));
  } else {
    let wanted = scenarios.map(() => plan.firstLook ?? seeds.length);
    for (;;) {
      await cells.run(wanted);
      const looks = scenarios.map((_, s) => {
        const columns = cells.columns(s, experiment!.metric);
        return look(stop, columns, pairsOf(experiment!, policies, columns), experiment!.level);
      });
      const next = looks.map((one) => Math.min(one.next, seeds.length));
      looks.forEach(({ reached }, s) => {
        enough[s] = { seeds: wanted[s]!, reached };
      });
      if (next.every((count, s) => count <= wanted[s]!)) break;
      wanted = next;
    }
  }
  const most = Math.max(...enough.map((scenario) => scenario.seeds), stop === undefined ? seeds.length : 1);
  return {
    format: "switchyard.benchmark/1",
    ...(command === undefined ? {} : { command }),
    ...(machine === undefined ? {} : { machine }),
    createdWith: { switchyard: version, node: process.version },
    ...(experiment === undefined ? {} : { experiment }),
    scenarios: scenarios.map(({ scenario, trace }, s) => ({
      name: scenario.name,
      digest: scenarioDigest(scenario),
      objective: scenario.objective.expression,
      horizon: scenario.horizon,
      warmup: scenario.warmup,
      definition: portableScenario(scenario),
      ...(trace === undefined ? {} : { trace: trace.digest }),
      ...enough[s],
    })),
    policies,
    seeds: seeds.slice(0, most),
    cells: cells.all(),
  };
}

/** The comparisons that an experiment asks for: its own, or those with the baseline. */
function pairsOf(
  { comparisons, baseline }: ExperimentEntry,
  policies: readonly PolicyEntry[],
  columns: readonly (readonly number[])[],
): Pair[] {
  const at = (name: string): number => policies.findIndex((policy) => policy.name === name);
  if (comparisons.length > 0) return comparisons.map(({ policy, against }) => [at(policy), at(against)]);
  const { index } = baselineOf(baseline === BEST_HEURISTIC ? null : baseline, policies, columns);
  return policies.flatMap((_, p) => (p === index ? [] : [[p, index] as const]));
}

/** The cells of a benchmark as they come: found in the store, or run and put there. */
class Cells {
  /** By scenario, policy and seed. */
  private readonly known: BenchmarkCell[][][];
  private readonly digest: ((scenario: number, policy: number, seed: number) => string) | null;
  private done = 0;
  private found = 0;

  constructor(
    private readonly plan: BenchmarkPlan,
    private readonly names: readonly string[],
    private readonly options: BenchmarkOptions,
  ) {
    const { scenarios, contenders } = plan;
    const policies = contenders.map(({ source }) => source);
    this.known = scenarios.map(() => contenders.map(() => []));
    const { store } = options;
    this.digest = store === undefined ? null : cellDigests(scenarios, policies, store.engine);
  }

  /** Has every policy of a scenario run its first `wanted` seeds. */
  async run(wanted: readonly number[]): Promise<void> {
    const { plan, names, known, options } = this;
    const { scenarios, contenders, seeds } = plan;
    const asked = known.flatMap((policies, scenario) =>
      policies.flatMap((cells, policy) =>
        Array.from(
          { length: wanted[scenario]! - cells.length },
          (_, more): Cell => ({
            scenario,
            policy,
            seed: cells.length + more,
          }),
        ),
      ),
    );
    const total = this.done + asked.length;
    const missing: Cell[] = [];
    for (const cell of asked) {
      options.signal?.throwIfAborted();
      const found = await options.store?.cells.find(this.digestOf(cell));
      if (found === undefined) {
        missing.push(cell);
        continue;
      }
      this.put(cell, found);
      this.found++;
    }
    options.onCell?.(this.done, total, this.found);
    if (missing.length === 0) return;
    await runCells(
      { scenarios, policies: contenders.map(({ source }) => source), seeds, profiles: true },
      missing,
      {
        ...(options.threads === undefined ? {} : { threads: options.threads }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        keep: async (index, outcome) => {
          const cell = missing[index]!;
          const came = cellOf(outcome, names[cell.policy]!);
          await options.store?.cells.keep(this.digestOf(cell), came);
          this.put(cell, came);
          options.onCell?.(this.done, total, this.found);
        },
      },
    );
  }

  /** A figure of a scenario's cells, by policy. @throws {FailureError} NO_FIGURE where a run has none */
  columns(scenario: number, figure: CellFigure): number[][] {
    return this.known[scenario]!.map((cells) => cells.map((cell) => requiredFigure(cell, figure)));
  }

  all(): BenchmarkCell[] {
    return this.known.flat(2);
  }

  private digestOf({ scenario, policy, seed }: Cell): string {
    assert(this.digest !== null, "only what is stored has a digest");
    return this.digest(scenario, policy, this.plan.seeds[seed]!);
  }

  private put({ scenario, policy, seed }: Cell, cell: BenchmarkCell): void {
    this.known[scenario]![policy]![seed] = cell;
    this.done++;
  }
}

function cellOf(outcome: CellOutcome, policy: string): BenchmarkCell {
  const { scenario, seed, objective, metrics, flowTime, pools, workflows, events, decisions, profile } =
    outcome;
  return {
    scenario,
    policy,
    seed,
    objective,
    metrics,
    flowTime,
    pools,
    workflows,
    events,
    decisions,
    ...(profile === undefined ? {} : { profile }),
  };
}
