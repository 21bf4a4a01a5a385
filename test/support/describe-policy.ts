import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { DECISION_KINDS } from "../../src/model/scenario.js";
import type { Policy } from "../../src/policy/policy.js";
import { anyView, passing } from "./fake-view.js";
import { swarm } from "./swarm.js";

const VIEWS = 300;

/**
 * What every policy must do, heuristic or learned: the whole test file of a new one until it does something of its own.
 * @param make a new policy each time, all alike
 */
export function describePolicy(name: string, make: () => Policy): void {
  /** Its answers to the views of all its kinds in turn, from one seed on. */
  const answers = (policy: Policy, from: number, to: number): number[] => {
    const found: number[] = [];
    for (let seed = from; seed < to; seed++) {
      found.push(policy.decide(anyView(policy.kinds[seed % policy.kinds.length]!, seed)));
    }
    return found;
  };
  const begun = (seed: number): Policy => {
    const policy = make();
    policy.reset(seed);
    return policy;
  };

  describe(`policy ${name}`, () => {
    test("has a name and the kinds of decision that it makes", () => {
      const { name: own, kinds } = make();
      expect(own).toMatch(/^\S+$/);
      expect(kinds.length).toBeGreaterThan(0);
      for (const kind of kinds) expect(DECISION_KINDS).toContain(kind);
      expect(new Set(kinds).size).toBe(kinds.length);
      expect(make().name).toBe(own);
    });

    test("answers an allowed candidate, of 2 to 200, whatever is forbidden", () => {
      const policy = begun(1);
      for (const kind of policy.kinds) {
        for (let seed = 0; seed < VIEWS; seed++) {
          const view = anyView(kind, seed);
          const answer = policy.decide(view);
          expect(Number.isInteger(answer) && view.allowed(answer), `${kind} view ${seed}: ${answer}`).toBe(
            true,
          );
        }
      }
    });

    test("decides the same again after a reset to the same seed", () => {
      const policy = begun(7);
      const first = answers(policy, 0, VIEWS);
      answers(policy, 0, 17);
      policy.reset(7);
      expect(answers(policy, 0, VIEWS)).toEqual(first);
      expect(answers(begun(7), 0, VIEWS)).toEqual(first);
    });

    test("goes on the same from its saved state", () => {
      const policy = begun(7);
      answers(policy, 0, 50);
      const saved = policy.save === undefined ? undefined : JSON.stringify(policy.save());
      const rest = answers(policy, 50, VIEWS);
      // Nothing to save means nothing to remember: a new one goes on as well.
      const heir = begun(8);
      if (saved !== undefined) heir.load!(JSON.parse(saved));
      expect(answers(heir, 50, VIEWS)).toEqual(rest);
    });

    test("its scores are why it answered so, and asking for them changes nothing", () => {
      const [plain, asked] = [begun(5), begun(5)];
      const scores = new Float64Array(512);
      for (let seed = 0; seed < VIEWS; seed++) {
        const kind = asked.kinds[seed % asked.kinds.length]!;
        const view = anyView(kind, seed);
        const answer = asked.decide(view);
        scores.fill(Number.NaN);
        const sense = asked.scores?.(view, scores) ?? null;
        expect(answer, `${kind} view ${seed}`).toBe(plain.decide(anyView(kind, seed)));
        if (sense === null) continue;
        const given = [...scores.subarray(0, view.count)].filter((score) => !Number.isNaN(score));
        const own = scores[answer]!;
        // Scores that are no number count as the worst, and a rule that gives servers out jointly does not take the largest.
        if (Number.isNaN(own) || /joint=1/.test(asked.name)) continue;
        const where = `${sense} of ${given} at ${kind} view ${seed}`;
        if (sense === "least") expect(own, where).toBe(Math.min(...given));
        if (sense === "most" || sense === "logit") expect(own, where).toBe(Math.max(...given));
        if (sense === "probability") {
          expect(own, where).toBeGreaterThan(0);
          expect(
            given.reduce((sum, p) => sum + p, 0),
            where,
          ).toBeCloseTo(1, 9);
        }
      }
    });

    test("neither keeps nor changes the view", () => {
      const [plain, strict] = [begun(3), begun(3)];
      for (const kind of strict.kinds) {
        for (let seed = 0; seed < 50; seed++) {
          const { view, take } = passing(anyView(kind, seed));
          expect(strict.decide(view)).toBe(plain.decide(anyView(kind, seed)));
          take();
        }
      }
    });

    test("plays whole runs, twice the same", () => {
      for (const seed of [1, 2, 3, 4]) {
        const scenario = { ...swarm(seed), decide: DECISION_KINDS };
        const outcome = play(scenario, make(), seed);
        expect(outcome.workflows.submitted).toBeGreaterThan(0);
        expect(play(scenario, make(), seed)).toEqual(outcome);
      }
    });
  });
}
