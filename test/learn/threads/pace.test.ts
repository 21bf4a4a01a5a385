import { describe, expect, test } from "vitest";
import { Pace } from "../../../src/learn/threads/pace.js";

describe("how long the members of a crew look for each other", () => {
  const free = (pace: Pace) => pace.went(100, 2 * 98);
  const taken = (pace: Pace) => pace.went(100, 2 * 60);

  test("long, as long as each has a core", () => {
    const pace = new Pace(2);
    const { looks } = pace;
    for (let time = 0; time < 5; time++) {
      free(pace);
      expect(pace.looks).toBe(looks);
    }
  });

  test("shortly where cores are taken; long looks are tried again after 1, 2, 4, 8, 16 and 16 times", () => {
    const pace = new Pace(2);
    const long = pace.looks;
    const rests = Array.from({ length: 6 }, () => {
      taken(pace);
      let rest = 0;
      for (; pace.looks < long; rest++) taken(pace);
      return rest;
    });
    expect(rests).toEqual([1, 2, 4, 8, 16, 16]);
  });

  test("long again from when cores are free, and then a miss costs little again", () => {
    const pace = new Pace(2);
    const long = pace.looks;
    for (let time = 0; time < 4; time++) taken(pace);
    while (pace.looks < long) free(pace);
    free(pace);
    taken(pace);
    expect(pace.looks).toBeLessThan(long);
    free(pace);
    expect(pace.looks).toBe(long);
  });
});
