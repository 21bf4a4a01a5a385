import { describe, expect, test } from "vitest";
import { SampledChain } from "../../../src/learn/tabular/sampled-chain.js";
import { solveChain } from "../../../src/learn/tabular/solve-chain.js";

/** Many samples of what is certain: from a state an action leads to an afterstate of its own, that one to a state. */
function chainOf(
  moves: readonly {
    state: number;
    code: number;
    once: number;
    seconds: number;
    cost: number;
    next: readonly number[];
  }[],
  usual: readonly number[],
): SampledChain {
  const chain = new SampledChain();
  moves.forEach(({ state, code, once, seconds, cost, next }, after) => {
    for (let n = 0; n < 100; n++) {
      chain.took(chain.action(state, code), once, after);
      chain.moved(after, seconds, cost, next[n % next.length]!);
    }
  });
  chain.usual.push(...usual);
  return chain;
}

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
    const { costRate, policy } = solveChain(chain);
    expect(costRate).toBeCloseTo(13 / 5, 9);
    expect(policy.map((action) => action!.code)).toEqual([1, 1]);
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
    const { costRate, policy } = solveChain(chain);
    expect(costRate).toBeCloseTo(2 / 3, 9);
    expect(policy[1]!.code).toBe(2);
  });

  test("without what is known from a few samples only: no trap, and no way out, is made of them", () => {
    const chain = chainOf(
      [
        { state: 0, code: 1, once: 0, seconds: 1, cost: 1, next: [0] },
        { state: 1, code: 1, once: 0, seconds: 1, cost: 0, next: [1] },
      ],
      [1, 1],
    );
    // Tried three times: it seems to lead where all is free.
    for (let n = 0; n < 3; n++) {
      chain.took(chain.action(0, 2), 0, 2);
      chain.moved(2, 1, 0, 1);
    }
    expect(solveChain(chain).costRate).toBeCloseTo(1, 9);
    expect(solveChain(chain, { least: 3 }).policy[0]!.code).toBe(2);
  });
});
