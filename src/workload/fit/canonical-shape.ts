import type { GraphShape } from "../../model/task-graph.js";

/** Tasks of the largest DAG that is labelled to the end. */
const MOST_TASKS = 200;
/** Labellings tried before a DAG is told by its structure alone. */
const MOST_LABELLINGS = 200;

/**
 * A text that two workflows share exactly where one becomes the other by renaming tasks, types kept. Of large DAGs, and of
 * small ones with too much symmetry, it is a structural key: workflows that are alike share it, and others almost never.
 *
 * Colours are refined until they stand (what a task's parents and children look like tells it from others); where tasks
 * still look alike and are not interchangeable, each in turn is singled out, and the least text of all counts (McKay 1981,
 * "Practical graph isomorphism").
 */
export function canonicalShape(shape: GraphShape, types: readonly string[]): string {
  const graph = new Adjacency(shape);
  const colours = refined(graph, ranked(types));
  if (shape.count > MOST_TASKS) return `~${structure(graph, types, colours)}`;
  const search = { left: MOST_LABELLINGS, best: null as string | null };
  label(graph, types, colours, search);
  return search.left < 0 || search.best === null ? `~${structure(graph, types, colours)}` : search.best;
}

class Adjacency {
  readonly count: number;
  readonly parents: readonly Int32Array[];
  readonly children: readonly number[][];

  constructor({ count, firstParent, parent }: GraphShape) {
    this.count = count;
    this.parents = Array.from({ length: count }, (_, t) =>
      parent.subarray(firstParent[t], firstParent[t + 1]),
    );
    const children: number[][] = Array.from({ length: count }, () => []);
    this.parents.forEach((list, t) => {
      for (const p of list) children[p]!.push(t);
    });
    this.children = children;
  }
}

/** Ranks of keys among their distinct values. */
function ranked(keys: readonly string[]): Int32Array {
  const order = [...new Set(keys)].sort();
  const rank = new Map(order.map((key, k) => [key, k]));
  return Int32Array.from(keys, (key) => rank.get(key)!);
}

const distinct = (colours: Int32Array): number => new Set(colours).size;
const sorted = (list: Iterable<number>, colours: Int32Array): string =>
  Array.from(list, (t) => colours[t]!)
    .sort((a, b) => a - b)
    .join();

/** Colours that tell tasks apart by all that is around them, in an order that renaming does not change. */
function refined(graph: Adjacency, start: Int32Array): Int32Array {
  let colours = start;
  for (let count = distinct(colours); ; ) {
    const keys = Array.from(colours, (colour, t) => {
      const wide = String(colour).padStart(7, "0");
      return `${wide}|${sorted(graph.parents[t]!, colours)}|${sorted(graph.children[t]!, colours)}`;
    });
    const next = ranked(keys);
    const now = distinct(next);
    if (now === count) return colours;
    colours = next;
    count = now;
  }
}

function label(
  graph: Adjacency,
  types: readonly string[],
  colours: Int32Array,
  search: { left: number; best: string | null },
): void {
  const cell = ambiguous(graph, colours);
  if (cell === null) {
    search.left--;
    const text = written(graph, types, colours);
    if (search.best === null || text < search.best) search.best = text;
    return;
  }
  for (const chosen of cell) {
    if (search.left < 0) return;
    // Twice the colours leave room between them: the chosen one goes before its fellows.
    const apart = colours.map((colour, t) => 2 * colour + (t === chosen ? 0 : 1));
    label(graph, types, refined(graph, ranked(Array.from(apart, (c) => String(c).padStart(9, "0")))), search);
  }
}

/** The first tasks that look alike without being interchangeable; those with the same parents and children are. */
function ambiguous(graph: Adjacency, colours: Int32Array): readonly number[] | null {
  const cells = new Map<number, number[]>();
  colours.forEach((colour, t) => {
    const cell = cells.get(colour);
    if (cell === undefined) cells.set(colour, [t]);
    else cell.push(t);
  });
  for (const [, cell] of [...cells].sort(([a], [b]) => a - b)) {
    const around = (t: number) => `${graph.parents[t]!.toSorted().join()}|${graph.children[t]!.join()}`;
    const first = cell.length > 1 ? around(cell[0]!) : "";
    if (cell.some((t, k) => k > 0 && around(t) !== first)) return cell;
  }
  return null;
}

/** The DAG with its tasks in the order of their colours; which of interchangeable tasks comes first changes nothing. */
function written(graph: Adjacency, types: readonly string[], colours: Int32Array): string {
  const order = Array.from(colours.keys()).sort((a, b) => colours[a]! - colours[b]! || a - b);
  const place = new Int32Array(graph.count);
  order.forEach((t, k) => {
    place[t] = k;
  });
  return order
    .map(
      (t) =>
        `${types[t]}<${Array.from(graph.parents[t]!, (p) => place[p]!)
          .sort((a, b) => a - b)
          .join()}`,
    )
    .join(";");
}

/** Colours that stand, how often each comes, and what leads to it. */
function structure(graph: Adjacency, types: readonly string[], colours: Int32Array): string {
  const lines = new Map<string, number>();
  for (let t = 0; t < graph.count; t++) {
    const line = `${types[t]}${colours[t]}<${sorted(graph.parents[t]!, colours)}`;
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return [...lines]
    .map(([line, times]) => `${times}x${line}`)
    .sort()
    .join(";");
}
