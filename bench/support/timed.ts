export interface Timing {
  /** Of the fastest round: what else the machine does only slows down. */
  readonly seconds: number;
  /** What the work answered: the same in every round. */
  readonly result: Work;
}

export interface Work {
  /** Events, decisions or the like that were done. */
  readonly count: number;
  readonly checksum: number;
}

/** Runs work some times over. @throws where two rounds computed something else */
export function timed(rounds: number, work: () => Work): Timing {
  let seconds = Number.POSITIVE_INFINITY;
  let result: Work | undefined;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const now = work();
    seconds = Math.min(seconds, (performance.now() - start) / 1e3);
    if (result !== undefined && (now.checksum !== result.checksum || now.count !== result.count)) {
      throw new Error(`a round computed ${now.checksum}, the one before ${result.checksum}`);
    }
    result = now;
  }
  if (result === undefined) throw new Error("no rounds were asked for");
  return { seconds, result };
}
