import type { Distribution } from "../../kit/distribution.js";
import { moments } from "../../kit/moments.js";
import type { Arrivals } from "../../model/scenario.js";
import { book, type Experiment } from "./model.js";
import { ONCE, relaxation, scenarioOf, task, type World, workflow } from "./nouns.js";

/**
 * The mean time in system of a job of a given size, at a single server. Conditioning on natural jobs will not do: a size
 * may be rare, or have no density at all (PS is asked for sizes that its service law never takes). So jobs of exactly
 * that size are put in besides, each so long after the last that what the last one changed is forgotten: six relaxation
 * times, and the time to work it off. A job that comes at such a moment sees the steady state, and its own effect on others
 * is not measured. The bias falls as exp(-6), times the small share of the load that it was.
 */
export function tagged(
  id: string,
  size: number,
  { world, load, service }: { readonly world: World; readonly load: number; readonly service: Distribution },
): Experiment {
  const memory = relaxation(load, service);
  const jobs = load / moments(service).mean;
  const gap = Math.ceil(6 * memory + (6 * size) / (1 - load));
  const arrivals: Arrivals = { kind: "renewal", gap: { kind: "deterministic", value: gap } };
  const tag = task({ kind: "deterministic", value: size }, { retry: ONCE });
  return {
    name: `size-${size}`,
    scenario: scenarioOf(
      `${id}.size-${size}`,
      { ...world, workflows: [...world.workflows, workflow(arrivals, [tag], { name: "tagged" })] },
      memory,
    ),
    policy: "jsq",
    watch: {},
    figures: book({}, [
      [
        /^mean_sojourn_given_size_(.+)$/,
        // A file may write 3 as 3.0.
        (given) => (Number(given) === size ? ({ probe }) => probe.bySource[1]!.sojourn.mean : undefined),
      ],
    ]),
    rate: jobs,
    memory,
  };
}

export const loadOf = (rate: number, service: Distribution, servers = 1): number =>
  (rate * moments(service).mean) / servers;
