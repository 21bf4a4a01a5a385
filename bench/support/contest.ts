/** One run of something that is timed. */
export interface Run {
  readonly seconds: number;
  /** Events, decisions or the like that were done. */
  readonly count: number;
  /** What was computed, in one number. */
  readonly checksum: number;
}

/**
 * Each contender's fastest run. They run in turn, round by round, so that what else the machine does meets all of them
 * alike; and it only slows down. Whoever has run for `enough` seconds is not asked again.
 * @throws where two runs of one contender computed something else
 */
export function fastest<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Run>>,
  enough = 10,
): Record<Name, Run> {
  const best: Partial<Record<Name, Run>> = {};
  const spent: Partial<Record<Name, number>> = {};
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(contenders) as Name[]) {
      if ((spent[name] ?? 0) > enough) continue;
      const run = contenders[name]();
      spent[name] = (spent[name] ?? 0) + run.seconds;
      const before = best[name];
      if (before !== undefined && (run.checksum !== before.checksum || run.count !== before.count)) {
        throw new Error(`${name}: a run computed ${run.checksum}, the one before ${before.checksum}`);
      }
      if (before === undefined || run.seconds < before.seconds) best[name] = run;
    }
  }
  return best as Record<Name, Run>;
}

/** Runs work and takes the processor seconds of this process, all of its threads counted: collecting garbage is paid for. */
export function onCpu(work: () => Omit<Run, "seconds">): Run {
  const start = process.cpuUsage();
  const done = work();
  const { user, system } = process.cpuUsage(start);
  return { ...done, seconds: (user + system) / 1e6 };
}
