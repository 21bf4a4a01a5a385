import { SequentialStream } from "../../kit/sequential-stream.js";
import type { TraceColumns } from "../../workload/trace/index.js";
import { type Consequence, type ConsequenceOptions, consequence } from "./consequence.js";
import { type CountFigures, countFigures } from "./count-correlation.js";
import { type Distance, distance } from "./distances.js";
import { QUANTITIES, type QuantityName, workloadFigures } from "./workload-figures.js";

export interface CompareOptions extends ConsequenceOptions {
  readonly resamples?: number;
  /** By how much mean flow times may differ for the workloads to be alike; 0.1 by default. */
  readonly tolerance?: number;
}

/**
 * `like`: mean flow times under all policies within the tolerance and the ranking kept. `like-within-sampling-error`: beyond
 * it for some, but by no more than thrice it, nor further than one trace of this length lies from the next; the ranking
 * kept. `unlike`: else.
 */
export type Verdict = "like" | "like-within-sampling-error" | "unlike";

export interface Likeness {
  readonly verdict: Verdict;
  readonly tolerance: number;
  readonly distances: Readonly<Record<QuantityName, Distance>>;
  /** Types of both, the most frequent of the first trace first; those of one only have no distance. */
  readonly workByType: readonly { readonly type: string; readonly distance: Distance | null }[];
  readonly arrivals: {
    readonly window: number;
    readonly real: CountFigures;
    readonly synthetic: CountFigures;
  };
  readonly dags: readonly { readonly kind: string; readonly real: number; readonly synthetic: number }[];
  readonly meanEdges: { readonly real: number; readonly synthetic: number };
  readonly consequence: Consequence;
}

const LAGS = 10;
/** Mean gaps of the first trace in a window in which arrivals are counted. */
const WINDOW_GAPS = 10;

/**
 * Sets a workload against another that is to be like it.
 * @param pieces the other, in parts about as long as the first
 * @throws {InputError} NO_SPAN, UNKNOWN_WORK
 */
export async function compareWorkloads(
  real: TraceColumns,
  pieces: readonly TraceColumns[],
  options: CompareOptions,
): Promise<Likeness> {
  const { seed, resamples = 200, tolerance = 0.1 } = options;
  // First, since it complains of what cannot be replayed.
  const found = await consequence(real, pieces, options);
  const [a, b] = [workloadFigures([real]), workloadFigures(pieces)];
  const between = (name: string, x: Parameters<typeof distance>[0], y: Parameters<typeof distance>[0]) =>
    distance(x, y, new SequentialStream(`likeness/${seed}/${name}`), resamples);
  const names = Object.keys(QUANTITIES) as QuantityName[];
  const types = [...a.workByType]
    .sort(([, x], [, y]) => y.values.length - x.values.length)
    .map(([type]) => type);
  const window =
    (WINDOW_GAPS * (real.submitted[real.workflows - 1]! - real.submitted[0]!)) / (real.workflows - 1);
  return {
    verdict: verdictOn(found, tolerance),
    tolerance,
    distances: Object.fromEntries(
      names.map((name) => [name, between(name, a.quantities[name], b.quantities[name])]),
    ) as Record<QuantityName, Distance>,
    workByType: [...new Set([...types, ...b.workByType.keys()])].map((type) => {
      const [x, y] = [a.workByType.get(type), b.workByType.get(type)];
      return { type, distance: x === undefined || y === undefined ? null : between(`work/${type}`, x, y) };
    }),
    arrivals: {
      window,
      real: countFigures([real], window, LAGS),
      synthetic: countFigures(pieces, window, LAGS),
    },
    dags: [...new Set([...a.kinds.keys(), ...b.kinds.keys()])].map((kind) => ({
      kind,
      real: a.kinds.get(kind) ?? 0,
      synthetic: b.kinds.get(kind) ?? 0,
    })),
    meanEdges: { real: a.meanEdges, synthetic: b.meanEdges },
    consequence: found,
  };
}

function verdictOn({ policies, rankingKept }: Consequence, tolerance: number): Verdict {
  if (!rankingKept) return "unlike";
  if (policies.every(({ mean }) => Math.abs(mean.change) <= tolerance)) return "like";
  // A workload that is wilder than the first has pieces anywhere: its own spread is no excuse for all of it.
  const near = policies.every(
    ({ mean: { change, withinSpread } }) =>
      Math.abs(change) <= tolerance || (Math.abs(change) <= 3 * tolerance && withinSpread),
  );
  return near ? "like-within-sampling-error" : "unlike";
}
