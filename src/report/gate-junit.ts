import type { Check, GateVerdict } from "../experiment/gate/gate.js";
import { escapeHtml } from "./html.js";

/**
 * A gate's verdict as JUnit XML, which CI servers show: a test case for each requirement in each scenario. Nothing in it depends on
 * the clock, so that the same runs give the same file.
 * @param undecided whether what is neither shown nor refuted is a failure here, or skipped
 */
export function gateJUnit(verdict: GateVerdict, undecided: "fail" | "pass"): string {
  const { gate, candidate, champion, checks, reason, passed } = verdict;
  const failures = checks.filter((check) => outcomeOf(check, undecided) === "failure").length;
  const skipped = checks.filter((check) => outcomeOf(check, undecided) === "skipped").length;
  const counts = `tests="${checks.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  const properties = Object.entries({ candidate, champion, verdict: passed ? "passed" : "failed", reason });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="switchyard" ${counts}>`,
    `  <testsuite name="${xml(`gate ${gate}`)}" ${counts}>`,
    "    <properties>",
    ...properties.map(([name, value]) => `      <property name="${name}" value="${xml(value)}"/>`),
    "    </properties>",
    ...checks.flatMap((check) => testCase(check, verdict, undecided)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(check: Check, { gate, candidate }: GateVerdict, undecided: "fail" | "pass"): string[] {
  const { scenario = "all scenarios", requirement, found, verdict } = check;
  const outcome = outcomeOf(check, undecided);
  const told = `${candidate}: ${requirement}: ${found}`;
  return [
    `    <testcase classname="${xml(`${gate}.${scenario}`)}" name="${xml(requirement)}">`,
    ...(outcome === "failure"
      ? [`      <failure type="${verdict}" message="${xml(`${verdict}: ${found}`)}">${xml(told)}</failure>`]
      : []),
    ...(outcome === "skipped" ? [`      <skipped message="${xml(`${verdict}: ${found}`)}"/>`] : []),
    `      <system-out>${xml(told)}</system-out>`,
    "    </testcase>",
  ];
}

const outcomeOf = ({ verdict }: Check, undecided: "fail" | "pass"): "failure" | "skipped" | "success" =>
  verdict === "fail" || (verdict === "undecided" && undecided === "fail")
    ? "failure"
    : verdict === "undecided"
      ? "skipped"
      : "success";

/** Escaped, without the characters that XML 1.0 has no way to write. */
const xml = (text: string): string =>
  escapeHtml(text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?"));
