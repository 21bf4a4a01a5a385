import { describe, expect, test } from "vitest";
import { controlProblems } from "../../bench/learning/problems.js";

const NAOR = {
  id: "naor",
  family: "B8",
  parameters: { variant: "naor", lambda: 0.9, mu: 1, R: 5, C: 1 },
  optimal: 2.2,
  heuristics: { accept_all: -4.5, accept_only_if_server_idle: 1.9, unbounded: "unstable" },
};
const SPLIT = {
  id: "split",
  family: "B2",
  parameters: { lambda: 1, mu: [1, 2] },
  optimal: 1.1,
  heuristics: { random: 3, sed: 1.2 },
};

const read = (control: unknown, only?: readonly string[]) =>
  controlProblems(new TextEncoder().encode(JSON.stringify({ control })), "mine.json", only);

describe("the problems that learning is measured on", () => {
  test("have the best rule that their file knows: that of the least cost, or of the most gain", () => {
    const [naor, split] = read([NAOR, SPLIT]);
    expect(naor).toMatchObject({ optimal: 2.2, rule: { name: "accept_only_if_server_idle", figure: 1.9 } });
    expect(split).toMatchObject({ optimal: 1.1, rule: { name: "sed", figure: 1.2 } });
  });

  test("may be some of the file, by id or by family", () => {
    expect(read([NAOR, SPLIT], ["split"]).map(({ one }) => one.id)).toEqual(["split"]);
    expect(read([NAOR, SPLIT], ["B8"]).map(({ one }) => one.id)).toEqual(["naor"]);
  });

  test.each<[string, unknown, readonly string[] | undefined, object]>([
    [
      "a family that is not known",
      [NAOR, { ...SPLIT, family: "B5" }],
      undefined,
      { code: "BAD_CASES", where: "mine.json > control[1].family" },
    ],
    [
      "a problem without its optimum",
      [{ ...SPLIT, optimal: undefined }],
      undefined,
      { code: "BAD_CASES", where: "mine.json > control[0].optimal" },
    ],
    ["a file without problems", [], undefined, { code: "BAD_CASES" }],
    ["an id that is not in the file", [NAOR], ["noar"], { code: "USAGE", where: "--only, of mine.json" }],
  ])("%s is refused", (_, control, only, refusal) => {
    expect(() => read(control, only)).toThrow(
      expect.objectContaining({ ...refusal, mend: expect.any(String) }),
    );
  });
});
