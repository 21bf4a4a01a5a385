import { describe, expect, test, vi } from "vitest";
import { counts, readOptions, several } from "../../bench/support/bench-options.js";
import { InputError } from "../../src/kit/errors.js";

const USAGE = {
  script: "bench:tea",
  about: "How long\ntea takes.",
  parts: ["green", "black"],
  options: {
    cups: counts(3, "cups to make"),
    minutes: counts(undefined, "in place of as long as it takes"),
    only: { ...several("pots to use"), choices: ["big", "small"] },
  },
} as const;
const read = (...args: readonly string[]) => readOptions(args, USAGE);

describe("the options of a bench", () => {
  test("are what was given, or usual; all parts where none is named", async () => {
    const usual = await read();
    expect(usual.values).toMatchObject({ cups: 3 });
    expect(usual.values.minutes).toBeUndefined();
    expect(usual.values.only).toBeUndefined();
    expect(usual.parts).toEqual(["green", "black"]);
    const given = await read("black", "--cups", "7", "--only", "big", "--only", "small", "--minutes=2");
    expect(given.values).toMatchObject({ cups: 7, minutes: 2, only: ["big", "small"] });
    expect(given.parts).toEqual(["black"]);
  });

  test.each<[string[], RegExp]>([
    [["--cups", "0"], /--cups: 0 is no whole number/],
    [["--cups", "2.5"], /--cups: 2.5 is no whole number/],
    [["--minutes", "many"], /--minutes: NaN is no whole number/],
    [["--only", "huge"], /huge.*big/s],
    [["--cup", "3"], /cup/],
    [["red"], /nothing here is called red/],
  ])("%j is refused, with the mend", async (args, says) => {
    const refused = await read(...args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as InputError).message).toMatch(says);
    expect((refused as InputError).mend).toBeDefined();
  });

  test("--help says what it measures, and what may be given", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
    try {
      await read("--help");
      const text = log.mock.calls.flat().join("\n");
      expect(text).toMatch(/npm run bench:tea.*How long tea takes.*--cups.*cups to make.*default: 3/s);
      expect(text).toContain("green, black");
      expect(exit).toHaveBeenCalledWith(0);
    } finally {
      log.mockRestore();
      exit.mockRestore();
    }
  });
});
