import { BatchBuilder } from "./batch-builder.js";
import { BatchSpool, type SpooledBatch } from "./batch-spool.js";
import { type RowBatch, sliceRows } from "./row-batch.js";
import { BATCH_ROWS } from "./row-collector.js";
import { sortBatch } from "./sort-batch.js";

/** Rows of a block: what is read at once of a run. */
const BLOCK_ROWS = 4096;
/** Runs that are merged at once. */
const MOST_RUNS = 64;

/**
 * Workflows of any number, set aside on disk and given back sorted by submission (those of one instant in the order in
 * which they came): an external merge sort whose runs are as long as the order of arrival allows (Knuth, The Art of
 * Computer Programming, vol. 3, 5.4.1). Batches that come in order, or out of it only within themselves, make one run,
 * which is read back as it was written.
 *
 * Memory: the batch at hand, twice; and while merging one block a run, 64 x 4096 rows of some 60 to 160 bytes. Disk:
 * what was added, once more for each of log64(runs) passes.
 */
export class SortedSpool {
  private runs: Run[] = [];
  private readonly blockRows: number;
  private readonly mostRuns: number;

  private constructor(
    private readonly spool: BatchSpool,
    limits: { readonly blockRows?: number; readonly mostRuns?: number },
  ) {
    this.blockRows = limits.blockRows ?? BLOCK_ROWS;
    this.mostRuns = limits.mostRuns ?? MOST_RUNS;
  }

  /** @param limits smaller ones, for tests */
  static async open(
    path: string,
    limits: { readonly blockRows?: number; readonly mostRuns?: number } = {},
  ): Promise<SortedSpool> {
    return new SortedSpool(await BatchSpool.open(path), limits);
  }

  /** Rows of whole workflows, each with rows that stand together; their numbers say in which order they came. */
  async add(batch: RowBatch): Promise<void> {
    if (batch.rows === 0) return;
    const sorted = sortBatch(batch);
    const first = sorted.submitted[0]!;
    let run = this.runs.find(({ last }) => last <= first);
    if (run === undefined) this.runs.push((run = { blocks: [], last: first }));
    await this.extend(run, sorted);
  }

  /** All that was added, in batches that end with a workflow and have some 65 536 rows. Once only. */
  async *batches(): AsyncGenerator<RowBatch> {
    while (this.runs.length > this.mostRuns) await this.mergeSome();
    yield* this.merged(this.runs);
  }

  async remove(): Promise<void> {
    await this.spool.remove();
  }

  private async extend(run: Run, sorted: RowBatch): Promise<void> {
    for (let from = 0; from < sorted.rows; from += this.blockRows) {
      const to = Math.min(sorted.rows, from + this.blockRows);
      run.blocks.push(await this.spool.write(sliceRows(sorted, from, to)));
    }
    run.last = sorted.submitted[sorted.rows - 1]!;
  }

  /** Makes one run of just so many that the rest can be merged at once, or of as many as can be. */
  private async mergeSome(): Promise<void> {
    const count = Math.min(this.mostRuns, this.runs.length - this.mostRuns + 1);
    const merging = this.runs.slice(0, count);
    const run: Run = { blocks: [], last: Number.NEGATIVE_INFINITY };
    for await (const batch of this.merged(merging)) await this.extend(run, batch);
    this.runs = [...this.runs.slice(count), run];
  }

  private async *merged(runs: readonly Run[]): AsyncGenerator<RowBatch> {
    const builder = new BatchBuilder(BATCH_ROWS + this.blockRows);
    // In order: there are few, and the first mostly stays the first.
    const heads: Head[] = [];
    for (const run of runs) {
      const head = new Head(this.spool, run);
      if (await head.load()) heads.push(head);
    }
    heads.sort(compare);
    while (heads.length > 0) {
      const head = heads[0]!;
      const { batch, at } = head;
      head.pass(heads[1]);
      for (let from = at; from < head.at; ) {
        if (builder.rows >= BATCH_ROWS && batch.workflow[from] !== builder.lastWorkflow) yield builder.take();
        // As far as there is room, and then to the end of the workflow there.
        let to = Math.min(head.at, from + Math.max(1, BATCH_ROWS - builder.rows));
        while (to < head.at && batch.workflow[to] === batch.workflow[to - 1]) to++;
        builder.append(batch, from, to);
        from = to;
      }
      if (head.at === batch.rows && !(await head.load())) heads.shift();
      else reinsertFirst(heads);
    }
    if (builder.rows > 0) yield builder.take();
  }
}

/** Brings the first of heads, the others of which are in order, to its place. */
function reinsertFirst(heads: Head[]): void {
  const head = heads[0]!;
  let place = 1;
  let end = heads.length;
  while (place < end) {
    const middle = (place + end) >>> 1;
    if (compare(heads[middle]!, head) < 0) place = middle + 1;
    else end = middle;
  }
  heads.copyWithin(0, 1, place);
  heads[place - 1] = head;
}

interface Run {
  readonly blocks: SpooledBatch[];
  /** Submission of its last workflow. */
  last: number;
}

/** A place in a run. */
class Head {
  batch!: RowBatch;
  at = 0;
  private next = 0;

  constructor(
    private readonly spool: BatchSpool,
    private readonly run: Run,
  ) {}

  get submitted(): number {
    return this.batch.submitted[this.at]!;
  }

  get workflow(): number {
    return this.batch.workflow[this.at]!;
  }

  /** The next block; false at the end. */
  async load(): Promise<boolean> {
    const spooled = this.run.blocks[this.next++];
    if (spooled === undefined) return false;
    this.batch = await this.spool.read(spooled);
    this.at = 0;
    return true;
  }

  /** To the first row of the block that comes after another's, or to the block's end. */
  pass(other: Head | undefined): void {
    const { rows, submitted, workflow } = this.batch;
    if (other === undefined) {
      this.at = rows;
      return;
    }
    const [bound, number] = [other.submitted, other.workflow];
    while (
      this.at < rows &&
      (submitted[this.at]! < bound || (submitted[this.at] === bound && workflow[this.at]! < number))
    ) {
      this.at++;
    }
  }
}

/** By submission, then by arrival; never equal. */
function compare(a: Head, b: Head): number {
  if (a.submitted !== b.submitted) return a.submitted < b.submitted ? -1 : 1;
  return a.workflow - b.workflow;
}
