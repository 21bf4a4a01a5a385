/** Threads that do one thing in step: each of them runs the same program, on its own share. */
export interface Crew {
  /** Which of them this is, from 0. */
  readonly member: number;
  readonly count: number;
  /** Numbers that they tell each other, [BOARD]: what one has written before a meeting, all read after it. */
  readonly board: Float64Array;
  /**
   * Waits until all of them have come here.
   * @throws {Abandoned} where one of them will never come
   */
  meet(): void;
}

/** Numbers on a crew's board. */
export const BOARD = 128;

/** A crew of one. */
export const alone = (): Crew => ({
  member: 0,
  count: 1,
  board: new Float64Array(BOARD),
  meet() {},
});

/** Members that a crew has at most: a minibatch has no more shards. */
export const MOST_MEMBERS = 4;

/** Another member has failed, and says why elsewhere. */
export class Abandoned extends Error {}

/** What a crew shares, to be posted to its members. */
export interface CrewMemory {
  readonly count: number;
  readonly cells: Int32Array<SharedArrayBuffer>;
  readonly board: Float64Array<SharedArrayBuffer>;
}

/** Cells. */
const [ARRIVED, PHASE, ASLEEP, BROKEN, LOOKS, CELLS] = [0, 1, 2, 3, 4, 5];

export function crewMemory(count: number): CrewMemory {
  const bytes = (numbers: number, each: number) => new SharedArrayBuffer(numbers * each);
  return {
    count,
    cells: new Int32Array(bytes(CELLS, Int32Array.BYTES_PER_ELEMENT)),
    board: new Float64Array(bytes(BOARD, Float64Array.BYTES_PER_ELEMENT)),
  };
}

/** A crew over shared memory: meetings are a barrier of two phases. */
export class SharedCrew implements Crew {
  readonly count: number;
  readonly board: Float64Array;
  private readonly cells: Int32Array;

  constructor(
    memory: CrewMemory,
    readonly member: number,
  ) {
    this.count = memory.count;
    this.board = memory.board;
    this.cells = memory.cells;
  }

  meet(): void {
    const { cells } = this;
    const phase = Atomics.load(cells, PHASE);
    // After the phase: who fails later than this turns it.
    this.requireWhole();
    if (Atomics.add(cells, ARRIVED, 1) + 1 === this.count) {
      Atomics.store(cells, ARRIVED, 0);
      this.turn();
    } else {
      this.await(phase);
    }
    this.requireWhole();
  }

  /** How many times each of them looks whether all have come, before it goes to sleep. */
  set looks(looks: number) {
    Atomics.store(this.cells, LOOKS, looks);
  }

  /** Lets the others go on where they wait for this one, which does not come. */
  abandon(): void {
    Atomics.store(this.cells, BROKEN, 1);
    this.turn();
  }

  /** A crew as new. Only where nobody is at work. */
  mend(): void {
    Atomics.store(this.cells, ARRIVED, 0);
    Atomics.store(this.cells, BROKEN, 0);
  }

  private requireWhole(): void {
    if (Atomics.load(this.cells, BROKEN) === 1) throw new Abandoned("another thread has failed");
  }

  private turn(): void {
    const { cells } = this;
    Atomics.add(cells, PHASE, 1);
    // Who falls asleep says so first, and is not put to sleep in a phase that is over: none is missed.
    if (Atomics.load(cells, ASLEEP) > 0) Atomics.notify(cells, PHASE);
  }

  /** Waits until a phase is over. */
  private await(phase: number): void {
    const { cells } = this;
    const looks = Atomics.load(cells, LOOKS);
    for (let look = 0; look < looks; look++) if (Atomics.load(cells, PHASE) !== phase) return;
    Atomics.add(cells, ASLEEP, 1);
    while (Atomics.load(cells, PHASE) === phase) Atomics.wait(cells, PHASE, phase);
    Atomics.sub(cells, ASLEEP, 1);
  }
}
