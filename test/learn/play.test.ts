import { describe, expect, test } from "vitest";
import { FailureError, type SwitchyardError } from "../../src/kit/errors.js";
import { play } from "../../src/learn/play.js";
import type { DecisionView } from "../../src/model/decision-view.js";
import { parseScenario } from "../../src/model/index.js";
import { DECISION_KINDS, type DecisionKind } from "../../src/model/scenario.js";

/** A scenario for each kind of decision, in which the first is due in the first seconds. */
const SYSTEMS: Readonly<Record<DecisionKind, readonly [pools: string, task: string]>> = {
  route: ["{ a: { capacity: 1 }, b: {}, c: {} }", "work: 30 s"],
  dispatch: ["{ a: {} }", "work: 3 s"],
  admit: ["{ a: {} }", "work: 3 s"],
  branch: ["{ a: {} }", "oneOf: { small: { work: 1 s }, large: { work: 3 s } }"],
  retry: ["{ a: { attemptFailure: 100% } }", "work: 1 s, retry: { attempts: 3 }"],
  hedge: ["{ a: {}, b: {} }", "work: 3 s, hedge: { after: 1 s }"],
  scale: ["{ a: { scaling: { min: 1, max: 3, every: 1 s } } }", "work: 3 s"],
};

const scenario = (kind: DecisionKind, arrivals = "{ renewal: 1 s }") => {
  const [pools, task] = SYSTEMS[kind];
  return parseScenario(
    `
scenario: ${kind}
horizon: 20
pools: ${pools}
workflows: { w: { arrivals: ${arrivals}, tasks: { t: { ${task} } } } }
objective: { minimize: flowTime }
decide: [${kind}]`,
    { file: kind, folder: "." },
  );
};

/** How a policy of one's own fails. */
function failure(kind: DecisionKind, decide: (view: DecisionView) => unknown, arrivals?: string) {
  const policy = {
    name: "mine",
    kinds: [kind],
    reset() {},
    decide: (view: DecisionView) => decide(view) as number,
  };
  try {
    play(scenario(kind, arrivals), policy, 7);
  } catch (error) {
    return error as SwitchyardError;
  }
  throw new Error("it did not fail");
}

describe.each(DECISION_KINDS)(
  "a policy that decides wrongly at %s is named, with the decision and the seed",
  (kind) => {
    const named = (error: SwitchyardError, why: RegExp) => {
      expect(error.code).toBe("BAD_POLICY");
      expect(error.what).toMatch(/^policy mine failed: /);
      expect(error.what).toMatch(why);
      expect(error.where).toMatch(new RegExp(`^scenario ${kind}, seed 7, ${kind} decision \\d+ at \\d+ s$`));
      expect(error.mend).toContain("--seed 7");
      expect(error.mend).toContain("play(scenario, policy, 7)");
    };

    test.each<[string, (view: DecisionView) => unknown]>([
      ["-1", () => -1],
      ["\\d+", (view) => view.count],
      ["1\\.5", () => 1.5],
      ["NaN", () => Number.NaN],
      ["undefined", () => undefined],
      ['"0"', () => "0"],
    ])("it answers %s", (shown, decide) => {
      named(failure(kind, decide), new RegExp(`${shown} was answered, and the candidates are 0 to \\d+$`));
    });

    test("it throws", () => {
      const boom = new RangeError("no such pool");
      const error = failure(kind, () => {
        throw boom;
      });
      named(error, /RangeError: no such pool$/);
      expect(error.cause).toBe(boom);
    });

    test.runIf(kind === "route" || kind === "retry")("it takes a candidate that is masked", () => {
      const masked = (view: DecisionView) => {
        for (let i = 0; i < view.count; i++) if (!view.allowed(i)) return i;
        return 0;
      };
      named(failure(kind, masked), /candidate \d was chosen, which must not be taken now$/);
    });
  },
);

test("a failure between decisions is not said to be the policy's", () => {
  const kind = "admit";
  const policy = { name: "mine", kinds: [kind] as const, reset() {}, decide: () => 1 };
  const recorder = {
    attach() {},
    decided() {},
    workflowEnded() {},
    weatherChanged() {},
    attemptEnded() {
      throw new FailureError("DISK_FULL", { what: "no space is left" });
    },
  };
  expect(() => play(scenario(kind), policy, 7, { recorder })).toThrow("no space is left");
});

test("a policy under which time no longer goes on is named, too", () => {
  // Ten million events at 1 s: whoever comes is denied, and the next comes before a double can tell the time apart.
  const error = failure("admit", () => 0, "{ piecewise: { rates: [0, 1e30], lengths: [1 s, 1 s] } }");
  expect(error.code).toBe("BAD_POLICY");
  expect(error.what).toMatch(/^policy mine failed: \d+ events happened at 1 s, and time did not go on$/);
  expect(error.where).toMatch(/^scenario admit, seed 7, admit decision \d+ at 1 s$/);
});

describe("a policy that never answers is given up and named, with the decision and the seed", () => {
  const stuck = (from: number, hang: () => never) => ({
    name: "mine",
    kinds: ["admit"] as const,
    reset() {},
    decide: ({ serial }: DecisionView) => (serial === from ? hang() : 1),
  });
  const wait = (): never => {
    for (;;);
  };

  test.each<[string, number, () => never]>([
    ["at its first", 1, wait],
    ["later", 5, wait],
    [
      "and lets no exception out",
      1,
      () => {
        for (;;) {
          try {
            wait();
          } catch {}
        }
      },
    ],
  ])("%s", (_, from, hang) => {
    expect(() => play(scenario("admit"), stuck(from, hang), 7, { patience: 0.1 })).toThrow(
      expect.objectContaining({
        code: "BAD_POLICY",
        what: "policy mine failed: it has not answered for 0.1 s",
        where: expect.stringMatching(
          new RegExp(`^scenario admit, seed 7, admit decision ${from} at \\d+ s$`),
        ),
        mend: expect.stringContaining("play(scenario, policy, 7)"),
      }),
    );
  });

  test("one that is slow is not, however long it takes in all", () => {
    const slow = (milliseconds: number) => ({
      ...stuck(-1, wait),
      decide() {
        const end = performance.now() + milliseconds;
        while (performance.now() < end);
        return 1;
      },
    });
    const outcome = play(scenario("admit"), slow(30), 7, { patience: 0.5 });
    expect(outcome).toEqual(play(scenario("admit"), stuck(-1, wait), 7));
    expect(outcome.decisions * 30).toBeGreaterThan(500);
  });

  test("nor is a scenario that asks for nothing", () => {
    const hours = { ...scenario("admit", "{ poisson: 100 / s }"), horizon: 20_000 };
    const idle = { ...stuck(-1, wait), kinds: [] as const };
    expect(play(hours, idle, 7, { patience: 0.001 }).events).toBeGreaterThan(1e6);
  });
});
