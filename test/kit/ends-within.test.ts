import { describe, expect, test } from "vitest";
import { endsWithin } from "../../src/kit/ends-within.js";

const wait = (): never => {
  for (;;);
};

describe("work under a limit", () => {
  test("is done, and what it throws comes out as it is", () => {
    let done = 0;
    expect(endsWithin(10, () => done++)).toBe(true);
    expect(done).toBe(1);
    const boom = new RangeError("boom");
    expect(() =>
      endsWithin(10, () => {
        throw boom;
      }),
    ).toThrow(boom);
  });

  test("is stopped where it does not end, and catches nothing", () => {
    let caught = 0;
    const stubborn = () => {
      try {
        wait();
      } catch {
        caught++;
      } finally {
        caught++;
      }
    };
    expect(endsWithin(0.05, stubborn)).toBe(false);
    expect(caught).toBe(0);
  });

  test("has the limit of the whole where it is within such work", () => {
    expect(endsWithin(0.05, () => void endsWithin(10, wait))).toBe(false);
    expect(
      endsWithin(
        10,
        () =>
          void endsWithin(0.001, () => {
            for (const end = performance.now() + 20; performance.now() < end; );
          }),
      ),
    ).toBe(true);
    // The one after it has its own again.
    expect(endsWithin(0.05, wait)).toBe(false);
  });

  test("has none where the limit is endless", () => {
    let done = false;
    expect(
      endsWithin(Number.POSITIVE_INFINITY, () => {
        done = true;
      }),
    ).toBe(true);
    expect(done).toBe(true);
  });
});
