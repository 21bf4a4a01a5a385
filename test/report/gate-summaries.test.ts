import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import type { GateVerdict } from "../../src/experiment/gate/gate.js";
import { summarize } from "../../src/experiment/results.js";
import { benchmarkReport } from "../../src/report/benchmark-report.js";
import { gateJUnit } from "../../src/report/gate-junit.js";
import { gateMarkdown } from "../../src/report/gate-markdown.js";
import { pairedResults } from "../support/paired-results.js";

/** Names that files may hold, though nobody means well with them. */
const HOSTILE = "a<b>&\"'|`*[x](y)\u0000\u001b[31m\ud800";
const VERDICT: GateVerdict = {
  gate: HOSTILE,
  candidate: HOSTILE,
  champion: HOSTILE,
  passed: false,
  reason: HOSTILE,
  checks: (["pass", "fail", "undecided"] as const).map((verdict) => ({
    kind: "limit",
    scenario: HOSTILE,
    requirement: HOSTILE,
    verdict,
    found: HOSTILE,
  })),
  notes: [HOSTILE],
};

test.each(["fail", "pass"] as const)(
  "JUnit XML is well-formed whatever names are, undecided: %s",
  (undecided) => {
    const tags: string[] = [];
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.on("opentag", ({ name }) => tags.push(name));
    parser.write(gateJUnit(VERDICT, undecided)).close();
    expect(tags.filter((tag) => tag === "testcase")).toHaveLength(3);
    expect(tags.filter((tag) => tag === "failure")).toHaveLength(undecided === "fail" ? 2 : 1);
    expect(tags.filter((tag) => tag === "skipped")).toHaveLength(undecided === "fail" ? 0 : 1);
  },
);

test("no name breaks the table of the Markdown summary, or is taken for markup", () => {
  const run = [{ objective: 1 }, { objective: 2 }];
  const text = gateMarkdown(VERDICT, pairedResults({ s: { candidate: run, champion: run } }));
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  expect(rows).toHaveLength(5);
  // Of each row, the bars that no backslash stands before.
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
  expect(text).not.toMatch(/(?<!\\)<b>/);
  expect(text).not.toContain("\u001b");
});

test("the page says first whether the candidate passed and why, then every requirement, what refutes it first", () => {
  const run = [{ objective: 1 }, { objective: 2 }, { objective: 2.5 }];
  const results = pairedResults({ s: { candidate: run, champion: run } });
  const page = (gate: GateVerdict) =>
    benchmarkReport(results, summarize(results), {
      libraries: { vega: "", vegaLite: "", vegaEmbed: "" },
      gate,
    });
  const failed = page(VERDICT);
  expect(failed).not.toContain("<b>");
  const order = ["<h1>Gate ", ">failed</div>", "✗ refuted", "? undecided", "✓ shown", 'id="scenario-0"'].map(
    (part) => failed.indexOf(part),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  const passed = page({ ...VERDICT, passed: true, reason: "all 3 requirements are met" });
  expect(passed).toContain(">passed</div>");
  expect(passed).toContain("All 3 requirements are met.");
});
