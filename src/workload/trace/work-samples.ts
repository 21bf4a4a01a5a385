import { KeyedStream } from "../../kit/random.js";

/** Values kept of a type, and of all types together; beyond that a type has at least `FEWEST`. */
const MOST_EACH = 4096;
const MOST_IN_ALL = 2 ** 20;
const FEWEST = 8;

/**
 * A uniform sample of the work of each type (Vitter 1985, algorithm R), all of it where it is little. The same values in
 * the same order give the same sample. What is unknown is left out.
 */
export class WorkSamples {
  private readonly kept: number[][] = [];
  private readonly met: number[] = [];
  private readonly draws = KeyedStream.named(0, "trace/work-samples");
  private total = 0;

  add(type: number, work: number): void {
    const kept = (this.kept[type] ??= []);
    if (Number.isNaN(work)) return;
    const met = (this.met[type] = (this.met[type] ?? 0) + 1);
    if (kept.length < (this.total < MOST_IN_ALL ? MOST_EACH : FEWEST)) {
      kept.push(work);
      this.total++;
      return;
    }
    const place = this.draws.at(type, met).integer(met);
    if (place < kept.length) kept[place] = work;
  }

  /** By type. */
  take(): Float64Array[] {
    return Array.from(this.kept, (values) => Float64Array.from(values ?? []));
  }
}
