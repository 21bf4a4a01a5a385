import type { BlockArrivals, SynthesisSpec } from "../spec.js";
import { type RankCells, rankCells } from "./rank-cells.js";

/** Where the works of recorded workflows stand in the laws that a spec has for them. */
export class RecordedShares {
  private readonly cells: RankCells;
  private readonly first: Int32Array;

  /** Works are ranked with those of the same law; where the type of a part is drawn, with those of the template. */
  constructor({ templates, types }: SynthesisSpec, { record }: BlockArrivals) {
    const numbers = new Map<unknown, number>();
    const numberOf = (key: unknown): number => {
      const known = numbers.get(key) ?? numbers.size;
      numbers.set(key, known);
      return known;
    };
    const groups = templates.map((template) => {
      const { family, work } = template;
      if (family.kind !== "tasks") return null;
      return family.tasks.flatMap(({ name, times }) => {
        const { names } = template.types.get(name) ?? { names: [name] };
        const law = names.length === 1 ? (work.get(names[0]!) ?? types.get(names[0]!)!.work) : template;
        return new Array<number>(times).fill(numberOf(law));
      });
    });
    const group = new Int32Array(record.work.length);
    record.template.forEach((k, w) => {
      const from = record.first[w]!;
      for (let row = from; row < record.first[w + 1]!; row++)
        group[row] = groups[k]?.[row - from] ?? numberOf(templates[k]);
    });
    this.cells = rankCells(record, group);
    this.first = record.first;
  }

  /**
   * The share at which the law of task t of the workflow at a place of the record is taken: uniform in the cell of its
   * recorded work as v is in (0, 1), and v itself where the record knows nothing of it.
   */
  at(place: number, t: number, v: number): number {
    const row = this.first[place]! + t;
    const width = row < this.first[place + 1]! ? this.cells.width[row]! : 0;
    return width === 0 ? v : this.cells.low[row]! + width * v;
  }
}
