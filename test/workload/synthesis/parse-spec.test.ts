import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { InputErrors } from "../../../src/kit/errors.js";
import { generate, parseSynthesis, renderSynthesis } from "../../../src/workload/synthesis/index.js";

const FOLDER = resolve(import.meta.dirname, "../../../scenarios/synthesis");

const complaints = (text: string): string[] => {
  try {
    parseSynthesis(text, "s.yaml");
  } catch (error) {
    if (error instanceof InputErrors)
      return error.complaints.map(({ where, what, mend }) => `${where}: ${what} (${mend})`);
    throw error;
  }
  return [];
};

const file = (templates: string, types = "{ task: { work: 1 s } }", more = "") =>
  `synthesis: s\narrivals: { poisson: 1 / s }\n${more}types: ${types}\ntemplates:\n  t: ${templates}\n`;

describe("the specs that ship", () => {
  test.each(readdirSync(FOLDER))(
    "%s is read; made into text, all that is rounded are its numbers",
    (name) => {
      const spec = parseSynthesis(readFileSync(resolve(FOLDER, name), "utf8"), name);
      const text = renderSynthesis(spec, ["a remark"]);
      const again = parseSynthesis(text, "again.yaml");
      expect(renderSynthesis(again, ["a remark"])).toBe(text);
      const [first, second] = [spec, again].map((one) => [...generate(one, { seed: 1, workflows: 50 })]);
      first!.forEach((flow, w) => {
        const other = second![w]!;
        expect([other.template, other.type, other.parent]).toEqual([flow.template, flow.type, flow.parent]);
        expect(other.submitted / flow.submitted).toBeCloseTo(1, 5);
      });
    },
  );
});

describe("what is wrong with a spec is told with its place and mend", () => {
  test.each([
    ["synthesis: s", /a synthesis needs `types`/],
    [
      file("{ chain: { tasks: 3 } }").replace("poisson: 1 / s", "closed: { users: 1, think: 1 s }"),
      /:2:11 > arrivals: a closed population waits/,
    ],
    [
      file("{ chain: { tasks: 3 }, montage: { images: 4 } }"),
      /s.yaml:5:6 > templates.t: the template "t" has the families chain and montage/,
    ],
    [file("{ weight: 1 }"), /has no family/],
    [file("{ chian: { tasks: 3 } }"), /a template has no key "chian".*did you mean "chain"/],
    [file("{ weight: 0, chain: { tasks: 3 } }"), /the weights sum to 0/],
    [file("{ chain: {} }"), /templates.t.chain: chain needs tasks/],
    [
      file("{ forkJoin: { branches: 3 } }"),
      /no type is called "fork" \(the part "fork" of the template "t"\)/,
    ],
    [file("{ chain: { tasks: 3 }, types: { link: task } }"), /the family has no part "link"/],
    [file("{ chain: { tasks: 3 }, types: { task: { a: 0 } } }"), /the shares sum to 0/],
    [
      file("{ chain: { tasks: 3 }, work: { other: 1 s } }"),
      /templates.t.work.other: no type is called "other"/,
    ],
    [
      file("{ tasks: { task: { after: [later] }, later: { type: task } } }"),
      /no task "later" stands before "task"/,
    ],
    [file("{ tasks: { task: , b: { type: task, after: [task, task] } } }"), /"task" is named twice/],
    [file("{ tasks: { task: { times: 0 } } }"), /0 is not a whole number from 1/],
    [file("{ chain: { tasks: 3 } }", "{ task: { cpu: 1 } }"), /the type "task" has no work/],
    [file("{ chain: { tasks: 3 } }", "{ task: { work: 1 s, failure: 120% } }"), /out of range/],
    [
      file("{ chain: { tasks: 3 } }", undefined, "correlation: 2\n"),
      /s.yaml:3:14 > correlation: 2 is out of range/,
    ],
    [
      file("{ chain: { tasks: 3 } }", "{ task: { work: { quantiles: { at: [0, 1], values: [1] } } } }"),
      /2 shares and 1 values/,
    ],
    [
      file("{ chain: { tasks: 3 } }", "{ task: { work: { quantiles: { at: [0.1, 1], values: [1, 2] } } } }"),
      /begin at 0.1/,
    ],
    [
      file("{ chain: { tasks: 3 } }", "{ task: { work: { quantiles: { at: [0, 1], values: [2, 1] } } } }"),
      /values fall/,
    ],
    [
      file("{ chain: { tasks: 3 } }", "{ task: { work: { quantiles: { at: [0, 0.9], values: [1, 2] } } } }"),
      /end at 1 with the greatest value/,
    ],
    [
      file(
        "{ chain: { tasks: 3 } }",
        "{ task: { work: { quantiles: { at: [0, 0.9], values: [1, 2], tail: { shape: 1, scale: 1 } } } } }",
      ),
      /mean is infinite/,
    ],
  ])("%#: %s", (text, said) => expect(complaints(text).join("\n")).toMatch(said));
});
