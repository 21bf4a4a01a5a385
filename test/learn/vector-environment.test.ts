import { describe, expect, test } from "vitest";
import { kept } from "../../src/learn/environment.js";
import { chain, identity } from "../../src/learn/toys/index.js";
import { VectorEnvironment } from "../../src/learn/vector-environment.js";

const seedOf = (environment: number, episode: number) => 100 * environment + episode;

test("each goes its own way, as it would alone, and begins anew when it is over", () => {
  const together = new VectorEnvironment(() => chain(), 3, seedOf);
  const alone = [0, 1, 2].map(() => chain());
  const episodes = [0, 0, 0];
  let observations = alone.map((environment, e) => environment.reset(seedOf(e, 0)));
  for (let n = 0; n < 20; n++) {
    expect(together.observations.map(({ context }) => [...context])).toEqual(
      observations.map(({ context }) => [...context]),
    );
    const steps = together.step([0, n % 2, 0]);
    const expected = alone.map((environment, e) => ({ ...environment.step(e === 1 ? n % 2 : 0) }));
    expect(steps.map(({ reward, elapsed, terminated }) => ({ reward, elapsed, terminated }))).toEqual(
      expected.map(({ reward, elapsed, terminated }) => ({ reward, elapsed, terminated })),
    );
    observations = expected.map(({ terminated, observation }, e) =>
      terminated ? alone[e]!.reset(seedOf(e, ++episodes[e]!)) : observation,
    );
  }
});

test("where an episode was cut is told beside the beginning of the next one", () => {
  const together = new VectorEnvironment(() => identity({ length: 2 }), 1, seedOf);
  const alone = identity({ length: 2 });
  const first = () => together.observations[0]!.mask.indexOf(1);
  alone.reset(0);
  const [action] = [first()];
  expect(together.step([action])[0]).toMatchObject({ truncated: false, cutAt: null });
  alone.step(action);
  const [second] = [first()];
  const [step] = together.step([second]);
  const cut = alone.step(second).observation;
  expect(step!.truncated).toBe(true);
  expect(step!.cutAt).toEqual(kept(cut, alone.spaces[0]!));
  expect([...step!.observation.context]).toEqual([...alone.reset(1).context]);
});

test("an action for each, no more and no less", () =>
  expect(() => new VectorEnvironment(() => chain(), 2, seedOf).step([0])).toThrow("2 actions, got 1"));

describe("different worlds in step", () => {
  test("each plays its own", () => {
    const lengths = [2, 3];
    const together = new VectorEnvironment((e) => identity({ length: lengths[e]! }), 2, seedOf);
    const ends = Array.from({ length: 6 }, () =>
      together
        .step(together.observations.map(({ mask }) => mask.indexOf(1)))
        .map(({ terminated, truncated }) => terminated || truncated),
    );
    expect(ends.map(([short]) => short)).toEqual([false, true, false, true, false, true]);
    expect(ends.map(([, long]) => long)).toEqual([false, false, true, false, false, true]);
  });

  test("of the same spaces, or they are refused", () =>
    expect(() => new VectorEnvironment((e) => (e === 0 ? chain() : identity()), 2, seedOf)).toThrow(
      "environment 1 has other spaces than environment 0",
    ));
});
