import { describe, expect, test } from "vitest";
import { graphOf } from "../../../src/learn/tabular/chain-graph.js";
import { SampledChain } from "../../../src/learn/tabular/sampled-chain.js";
import { solveChain } from "../../../src/learn/tabular/solve-chain.js";
import { ARRIVAL } from "../../../src/sim/event-kinds.js";

interface Told {
  readonly state: number;
  readonly code: number;
  readonly once: number;
  /** Seconds until the one clock of the afterstate rings, and the cost until then. */
  readonly seconds: number;
  readonly cost: number;
  readonly next: readonly number[];
}

/** Many samples of what is certain: from a state an action leads to an afterstate of its own, with a clock of its own. */
function chainOf(moves: readonly Told[], usual: readonly number[], view = (state: number) => state) {
  const chain = new SampledChain();
  const states = 1 + Math.max(...moves.map(({ state }) => state));
  for (let s = 0; s < states; s++) chain.visited(s, view(s));
  moves.forEach((told, after) => {
    tell(chain, after, told, 100);
  });
  chain.usual.push(...usual);
  return chain;
}

function tell(
  chain: SampledChain,
  after: number,
  { state, code, once, seconds, cost, next }: Told,
  times: number,
) {
  chain.met(after, () => new Map([[after, { kind: ARRIVAL, subject: 0, count: 1 }]]));
  for (let n = 0; n < times; n++) {
    chain.took(chain.action(state, code), once, ~after);
    chain.lasted(after, seconds, cost);
    chain.rang(after, after, 0, next[n % next.length]!);
  }
}

const solved = (chain: SampledChain) => solveChain(graphOf(chain));

describe("a sampled decision process is solved for its least average cost", () => {
  test("where each round is a fixed way", () => {
    // State 0: wait 4 s at 3 a second, or pay 2 and wait 1 s at 5 a second: (12 + 1) / 5 against (2 + 5 + 1) / 2, state 1 costs 1 in 1 s.
    const chain = chainOf(
      [
        { state: 0, code: 1, once: 0, seconds: 4, cost: 12, next: [1] },
        { state: 0, code: 2, once: 2, seconds: 1, cost: 5, next: [1] },
        { state: 1, code: 1, once: 0, seconds: 1, cost: 1, next: [0] },
      ],
      [2, 1],
    );
    const { costRate, policy } = solved(chain);
    expect(costRate).toBeCloseTo(13 / 5, 9);
    expect(policy).toEqual([1, 1]);
  });

  test("with chance in it: a machine that is repaired or run until it breaks", () => {
    // Good (0) runs a day for nothing and wears out half of the time; worn (1): run on at 1 a day and break half of the time,
    // or be renewed for 2 in a day; broken (2) costs 10 and a day. Renewing: cycle of 2 + 1 days at 2, 2/3 a day; running on: 2 +
    // 2 + 1 days at 2 + 10, 12/5 a day.
    const chain = chainOf(
      [
        { state: 0, code: 1, once: 0, seconds: 1, cost: 0, next: [0, 1] },
        { state: 1, code: 1, once: 0, seconds: 1, cost: 1, next: [1, 2] },
        { state: 1, code: 2, once: 2, seconds: 1, cost: 0, next: [0] },
        { state: 2, code: 1, once: 10, seconds: 1, cost: 0, next: [0] },
      ],
      [1, 1, 1],
    );
    const { costRate, policy } = solved(chain);
    expect(costRate).toBeCloseTo(2 / 3, 9);
    expect(policy[1]).toBe(2);
  });

  test("where a decision leads to another at once", () => {
    // State 0 pays 1 to come to state 2, where 3 more lead to an hour for nothing; or it waits an hour at 10.
    const chain = chainOf(
      [
        { state: 0, code: 1, once: 0, seconds: 1, cost: 10, next: [0] },
        { state: 1, code: 1, once: 3, seconds: 1, cost: 0, next: [0] },
      ],
      [1, 1],
    );
    chain.took(chain.action(0, 2), 1, 1);
    const { costRate, policy } = solved(chain);
    expect(costRate).toBeCloseTo(4, 9);
    expect(policy).toEqual([2, 1]);
  });

  test("by what is seen: of states that look the same, what is best in the mean over their visits", () => {
    // From each of two states an hour at 1 or at 4: what is good in one is bad in the other. The first is come to thrice as often.
    const hour = (state: number, code: number, cost: number): Told => ({
      state,
      code,
      once: 0,
      seconds: 1,
      cost,
      next: [0, 0, 0, 1],
    });
    const moves = [hour(0, 1, 4), hour(0, 2, 1), hour(1, 1, 1), hour(1, 2, 4)];
    const seen = chainOf(moves, [1, 1]);
    expect(solved(seen).costRate).toBeCloseTo(1, 9);
    const blind = chainOf(moves, [1], () => 0);
    for (let n = 0; n < 2; n++) blind.visited(0, 0);
    const { costRate, policy } = solved(blind);
    expect(policy).toEqual([2]);
    expect(costRate).toBeCloseTo(0.75 * 1 + 0.25 * 4, 9);
  });

  test("without what leads to where nothing is known", () => {
    const chain = chainOf([{ state: 0, code: 1, once: 0, seconds: 1, cost: 1, next: [0] }], [1]);
    // It seems to be free, but what comes of it has never been seen.
    chain.met(1, () => new Map([[1, { kind: ARRIVAL, subject: 0, count: 1 }]]));
    chain.took(chain.action(0, 2), 0, ~1);
    expect(solved(chain).policy).toEqual([1]);
    expect(solved(chain).costRate).toBeCloseTo(1, 9);
  });

  // A queue of which so many places were seen: beyond, not what follows. Each costs as many a second as there are. To serve (1)
  // leads down at a rate `down`, and up at 1 - `down`; to wait (2) leads up alone.
  const queue = (down: number, most = 20) => {
    const [UP, DOWN] = [1, 2];
    const chain = new SampledChain();
    for (let n = 0; n <= most + 1; n++) chain.visited(n, n);
    const times = { [UP]: Math.round(100 * (1 - down)), [DOWN]: Math.round(100 * down) };
    const place = (n: number, code: number, clocks: readonly number[]) => {
      const after = chain.clocks.length;
      chain.met(
        after,
        () => new Map(clocks.map((clock) => [clock, { kind: ARRIVAL, subject: 0, count: 1 }])),
      );
      chain.took(chain.action(n, code), 0, ~after);
      chain.lasted(after, 100, 100 * n);
      // While it serves nothing is decided when one comes: on to the afterstate of one more.
      const up = code === 1 && n < most ? ~(2 * (n + 1)) : n + 1;
      // At the edge it was seen what happens, and not what is done then.
      const fewer = n < most ? n - 1 : n + 1;
      for (const clock of clocks)
        for (let k = 0; k < times[clock]!; k++) chain.rang(after, clock, 0, clock === UP ? up : fewer);
    };
    for (let n = 0; n <= most; n++) {
      place(n, 1, n > 0 ? [UP, DOWN] : [UP]);
      place(n, 2, [UP]);
    }
    chain.usual.push(...Array.from({ length: most + 2 }, () => 1));
    return chain;
  };

  test("the edge of what was seen is no way out: nobody goes there for what is not known", () => {
    const { policy, costRate } = solved(queue(0.55));
    expect(policy.slice(1, 18)).toEqual(Array.from({ length: 17 }, () => 1));
    // As an M/M/1 that is cut near the edge: between those with 15 and with 20 places.
    const cutAt = (places: number): number => {
      const weights = Array.from({ length: places + 1 }, (_, n) => (0.45 / 0.55) ** n);
      return weights.reduce((sum, w, n) => sum + n * w, 0) / weights.reduce((sum, w) => sum + w, 0);
    };
    expect(costRate).toBeGreaterThan(cutAt(15));
    expect(costRate).toBeLessThan(cutAt(20));
  });

  const inEarnest = (chain: SampledChain) => solveChain(graphOf(chain), { edge: "charged" });

  test("in earnest, what is beyond the edge is charged as far as it can be told: a queue cut short costs what the whole does", () => {
    // M/M/1 at a load of 9 / 11 holds 4.5 in the mean.
    expect(solved(queue(0.55, 20)).costRate).toBeLessThan(0.92 * 4.5);
    const { costRate } = inEarnest(queue(0.55, 20));
    expect(costRate).toBeGreaterThan(0.96 * 4.5);
    expect(costRate).toBeLessThan(1.02 * 4.5);
  });

  test("in earnest nobody goes to a hole in what is known, where an optimist goes to see", () => {
    const [UP, DOWN] = [1, 2];
    const chain = queue(0.6);
    const hole = chain.clocks.length;
    const nowhere = chain.view.length;
    chain.visited(nowhere, nowhere);
    chain.usual.push(1);
    // From the second place another way to serve: as good as the first, but what is done if one comes was never seen.
    chain.met(
      hole,
      () => new Map([UP, DOWN].map((clock) => [clock, { kind: ARRIVAL, subject: 0, count: 1 }])),
    );
    chain.took(chain.action(2, 3), 0, ~hole);
    chain.lasted(hole, 100, 200);
    for (let n = 0; n < 40; n++) chain.rang(hole, UP, 0, nowhere);
    for (let n = 0; n < 60; n++) chain.rang(hole, DOWN, 0, 1);
    expect(solved(chain).policy[2]).toBe(3);
    expect(inEarnest(chain).policy[2]).toBe(1);
  });

  test("nor does it reach further in than it is likely to be met, although what comes next mostly leads that way", () => {
    // To serve is not enough, so that up is where it goes from anywhere; from the first places the edge is far all the same.
    const { policy } = solved(queue(0.45, 60));
    expect(policy.slice(0, 5)).not.toContain(null);
  });
});

test("how fast a clock rings is learned over all afterstates where it runs", () => {
  const chain = new SampledChain();
  const clock = 7;
  // One clock in the first, two alike in the second: they ring 10 times in 5 + 2 * 10 seconds.
  chain.met(0, () => new Map([[clock, { kind: ARRIVAL, subject: 0, count: 1 }]]));
  chain.met(1, () => new Map([[clock, { kind: ARRIVAL, subject: 0, count: 2 }]]));
  chain.lasted(0, 5, 0);
  chain.lasted(1, 10, 0);
  for (let n = 0; n < 4; n++) chain.rang(0, clock, 0, ~1);
  for (let n = 0; n < 6; n++) chain.rang(1, clock, 0, ~0);
  expect(chain.rates().get(clock)).toBeCloseTo(10 / 25, 12);
  const { seconds } = graphOf(chain);
  expect([...seconds]).toEqual([2.5, 1.25].map((each) => expect.closeTo(each, 12)));
});
