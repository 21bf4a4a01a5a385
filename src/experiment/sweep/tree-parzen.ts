import { normalDensity, normalQuantile } from "../../kit/normal.js";
import type { UniformSource } from "../../kit/random.js";
import { type Dimension, placeOf, type Settings, valueAt } from "./domain.js";

/** A setting that was measured. */
export interface Measured {
  readonly settings: Settings;
  /** The lower the better. */
  readonly cost: number;
}

/** Share of the trials that count as good ones. */
const GOOD = 0.25;
/** Values that are drawn from where good ones lie, of which the most promising is taken. */
const CANDIDATES = 24;
/** Least width of a bump, as a share of the range. */
const LEAST_WIDTH = 0.04;

/**
 * Where to look next, by a tree-structured Parzen estimator: Bergstra, Bardenet, Bengio and Kegl 2011, "Algorithms for
 * hyper-parameter optimization", section 4. The density l of the good trials and g of the others are estimated dimension by
 * dimension, and what has the greatest l / g of some draws from l is taken. Every density has a uniform part, of the weight of
 * one trial, so that nothing is ruled out.
 */
export function treeParzen(
  dimensions: readonly Dimension[],
  measured: readonly Measured[],
  stream: UniformSource,
): Settings {
  const ranked = [...measured].sort((a, b) => a.cost - b.cost);
  const good = ranked.slice(0, Math.max(1, Math.ceil(GOOD * ranked.length)));
  const others = ranked.slice(good.length);
  return Object.fromEntries(
    dimensions.map(({ path, domain }) => {
      const places = (trials: readonly Measured[]) =>
        trials.map(({ settings }) => placeOf(domain, settings[path]!));
      const parts = domain.kind === "choice" ? domain.values.length : 0;
      const [l, g] = [new Parzen(places(good), parts), new Parzen(places(others), parts)];
      let [best, most] = [0, Number.NEGATIVE_INFINITY];
      for (let n = 0; n < CANDIDATES; n++) {
        const place = l.draw(stream);
        const promise = Math.log(l.density(place)) - Math.log(g.density(place));
        if (promise > most) [best, most] = [place, promise];
      }
      return [path, valueAt(domain, best)];
    }),
  );
}

/** A density over [0, 1]: a uniform part and a bump at each place; or, over some parts of equal length, their shares. */
class Parzen {
  private readonly widths: readonly number[];

  constructor(
    private readonly places: readonly number[],
    private readonly parts: number,
  ) {
    // As wide as the way to the farther neighbour.
    const sorted = [...places].sort((a, b) => a - b);
    this.widths = places.map((place) => {
      const at = sorted.indexOf(place);
      const [below, above] = [sorted[at - 1] ?? 0, sorted[at + 1] ?? 1];
      return Math.max(LEAST_WIDTH, place - below, above - place);
    });
  }

  density(place: number): number {
    const { places, widths, parts } = this;
    const bumps = places.map((centre, i) =>
      parts > 0
        ? partOf(centre, parts) === partOf(place, parts)
          ? parts
          : 0
        : bump(place, centre, widths[i]!),
    );
    return bumps.reduce((sum, each) => sum + each, 1) / (places.length + 1);
  }

  draw(stream: UniformSource): number {
    const { places, widths, parts } = this;
    const i = Math.floor(stream.next() * (places.length + 1));
    if (i === places.length) return stream.next();
    if (parts > 0) return places[i]!;
    // What would fall outside is mirrored back.
    const drawn = Math.abs(places[i]! + widths[i]! * normalQuantile(stream.next())) % 2;
    return drawn > 1 ? 2 - drawn : drawn;
  }
}

const partOf = (place: number, parts: number): number => Math.min(parts - 1, Math.floor(place * parts));

/** A normal density mirrored at both ends. */
function bump(place: number, centre: number, width: number): number {
  const normal = (x: number) => normalDensity(x / width) / width;
  return normal(place - centre) + normal(place + centre) + normal(2 - place - centre);
}
