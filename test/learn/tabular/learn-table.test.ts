import { describe, expect, test } from "vitest";
import type { TheoryCase } from "../../../src/experiment/theory/case-file.js";
import { theoryModel } from "../../../src/experiment/theory/families/index.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { optimum } from "../../../src/learn/dynamic-programming/index.js";
import { learnTable, type TableState, tableOfState } from "../../../src/learn/tabular/index.js";
import { heuristic } from "../../../src/policy/catalogue.js";
import type { Policy } from "../../../src/policy/policy.js";

const problem = (family: string, parameters: TheoryCase["parameters"]) =>
  theoryModel({ id: "p", family, parameters, extra: {}, expected: {}, ci95: {} })!.experiments[0]!;

/** Cost a second, exactly: on the scenario's own chain. */
const rate = ({ scenario }: ReturnType<typeof problem>, policy: Policy): number =>
  optimum(scenario, { policies: [policy], tolerance: 1e-4 }).costRates[0]!;

describe("a table learned from runs is near the optimum that is known", () => {
  // Optima: threshold policies by their birth-death chains. Naor (1969): of the thresholds the best lets two in.
  const naor = problem("B8", { variant: "naor", lambda: 0.9, mu: 1, R: 5, C: 1 });
  test("of admission to a queue (Naor)", () => {
    const gains = Array.from({ length: 6 }, (_, n) => {
      const weights = Array.from({ length: n + 1 }, (_, k) => 0.9 ** k);
      const total = weights.reduce((a, b) => a + b);
      const full = weights[n]! / total;
      const mean = weights.reduce((sum, w, k) => sum + (w * k) / total, 0);
      return 5 * 0.9 * (1 - full) - mean;
    });
    const { policy } = learnTable(naor.scenario, heuristic("admit-all"), {
      decisions: 60_000,
      first: 30_000,
    });
    expect(-rate(naor, policy)).toBeGreaterThan(0.98 * Math.max(...gains));
    expect(-rate(naor, heuristic("admit-all"))).toBeLessThan(0);
  });

  test("of a queue before a fast and a slow server: the slow one is left idle while few wait (Lin and Kumar)", () => {
    const slow = problem("B1", { lambda: 0.7, mu: [1, 0.2] });
    const { policy } = learnTable(slow.scenario, heuristic("fastest-idle-first"), {
      decisions: 120_000,
      first: 30_000,
    });
    // Policy iteration on the chain, cut at 400 jobs, gives 1.74813; never idling costs 1.86539.
    expect(rate(slow, policy)).toBeLessThan(1.01 * 1.74813);
  });

  test("stopped after any round and gone on from what was saved, it comes to the same table, bit for bit", () => {
    const options = { decisions: 40_000, first: 5000, enough: -1, seed: 5 };
    const whole = learnTable(naor.scenario, heuristic("admit-all"), options);
    expect(whole).toMatchObject({ finished: true, rounds: { length: 4 } });
    let from: TableState | undefined;
    for (let round = 1; round <= 4; round++) {
      const part = learnTable(naor.scenario, heuristic("admit-all"), {
        ...options,
        from,
        onRound(_, save) {
          from = JSON.parse(JSON.stringify(save()));
          return false;
        },
      });
      expect(part.finished).toBe(round === 4);
      expect(part.rounds).toEqual(whole.rounds.slice(0, round));
      expect(part.table).toEqual(tableOfState(heuristic("admit-all").kinds, from!));
      if (round === 4) expect(part.table).toEqual(whole.table);
    }
    // What is over stays as it is.
    expect(learnTable(naor.scenario, heuristic("admit-all"), { ...options, from }).table).toEqual(
      whole.table,
    );
  });

  test("planted: a draw that is not saved is seen", () => {
    const options = { decisions: 20_000, first: 5000, enough: -1, seed: 5 };
    const whole = learnTable(naor.scenario, heuristic("admit-all"), options);
    let from: TableState | undefined;
    learnTable(naor.scenario, heuristic("admit-all"), {
      ...options,
      onRound(_, save) {
        from = save();
        return false;
      },
    });
    const draw = new SequentialStream("table/5").state();
    const part = learnTable(naor.scenario, heuristic("admit-all"), { ...options, from: { ...from!, draw } });
    expect(part.rounds.at(-1)).not.toEqual(whole.rounds.at(-1));
  });

  test("and is the same for the same seed, whatever was learned before", () => {
    const learned = () =>
      learnTable(naor.scenario, heuristic("admit-all"), {
        decisions: 20_000,
        first: 5000,
        enough: -1,
        seed: 5,
      });
    const first = learned();
    const again = learned();
    expect(again.table).toEqual(first.table);
    expect(again.rounds).toEqual(first.rounds);
    expect(first.rounds.map(({ decisions }) => decisions)).toEqual([5000, 10_000, 20_000]);
  });
});
