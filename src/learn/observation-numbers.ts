import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import type { Observation, Space } from "./environment.js";

/** Observations as plain JSON: columns, and all their numbers in one text. */
export interface SavedObservations {
  readonly heads: readonly number[];
  readonly counts: readonly number[];
  /** Context and candidates of each, one after another. */
  readonly features: string;
  /** Masks of each, one after another: "0110". */
  readonly masks: string;
}

/** Numbers observations by identity, in the order in which they are first named: one that many refer to is saved once. */
export class ObservationNumbers {
  private readonly numbers = new Map<Observation, number>();

  of(observation: Observation): number {
    let number = this.numbers.get(observation);
    if (number === undefined) this.numbers.set(observation, (number = this.numbers.size));
    return number;
  }

  /** All that were named, which are copies as `kept` makes them. */
  save(): SavedObservations {
    const all = [...this.numbers.keys()];
    const features = new Float32Array(
      all.reduce((sum, { context, candidates }) => sum + context.length + candidates.length, 0),
    );
    let at = 0;
    for (const { context, candidates } of all) {
      features.set(context, at);
      features.set(candidates, at + context.length);
      at += context.length + candidates.length;
    }
    return {
      heads: all.map(({ head }) => head),
      counts: all.map(({ count }) => count),
      features: toBase64(features),
      masks: all.map(({ mask }) => mask.join("")).join(""),
    };
  }
}

/** Observations by the numbers that they were saved under. */
export function savedObservations(
  { heads, counts, features, masks }: SavedObservations,
  spaces: readonly Space[],
): Observation[] {
  const numbers = fromBase64(features);
  let at = 0;
  let row = 0;
  return heads.map((head, i) => {
    const count = counts[i]!;
    const { context, candidate } = spaces[head]!;
    const first = at + context;
    const observation = {
      head,
      count,
      context: numbers.slice(at, first),
      candidates: numbers.slice(first, first + count * candidate),
      mask: Uint8Array.from(masks.slice(row, row + count), Number),
    };
    at = first + count * candidate;
    row += count;
    return observation;
  });
}
