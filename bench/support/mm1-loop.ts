/** Draws of an M/M/1 queue, in the order of the jobs. */
export interface Mm1Draws {
  gap(): number;
  /** Work of the n-th job. */
  work(job: number): number;
}

export interface Mm1Figures {
  readonly events: number;
  /** Mean seconds from arrival to end, of the jobs that ended. */
  readonly flowTime: number;
}

/** The least that simulates an M/M/1 queue event by event: two clocks and a ring of arrival times. */
export function mm1Loop(horizon: number, draws: Mm1Draws): Mm1Figures {
  let arrivedAt = new Float64Array(1024);
  let mask = arrivedAt.length - 1;
  let [head, tail, events, ended, total] = [0, 0, 0, 0, 0];
  let nextArrival = draws.gap();
  let nextEnd = Number.POSITIVE_INFINITY;
  for (;;) {
    if (nextArrival < nextEnd) {
      if (nextArrival >= horizon) break;
      const now = nextArrival;
      if (tail - head > mask) {
        const wider = new Float64Array(2 * arrivedAt.length);
        for (let i = head; i < tail; i++) wider[i & (wider.length - 1)] = arrivedAt[i & mask]!;
        arrivedAt = wider;
        mask = wider.length - 1;
      }
      if (head === tail) nextEnd = now + draws.work(tail);
      arrivedAt[tail++ & mask] = now;
      nextArrival = now + draws.gap();
    } else {
      if (nextEnd >= horizon) break;
      const now = nextEnd;
      total += now - arrivedAt[head++ & mask]!;
      ended++;
      nextEnd = head === tail ? Number.POSITIVE_INFINITY : now + draws.work(head);
    }
    events++;
  }
  return { events, flowTime: total / ended };
}
