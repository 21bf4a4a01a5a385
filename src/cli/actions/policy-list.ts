import pc from "picocolors";
import { DECISION_KINDS, type DecisionKind } from "../../model/scenario.js";
import { HEURISTICS, type Heuristic } from "../../policy/catalogue.js";

/** Prints the heuristics that make a kind of decision, or all of them. */
export function listPolicies(kind: DecisionKind | undefined, json: boolean): void {
  const listed = HEURISTICS.filter(({ kinds }) => kind === undefined || kinds.includes(kind));
  process.stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : `${catalogueText(listed, kind)}\n`);
}

/** By kind of decision: name and meaning, and under it what can be set. */
export function catalogueText(listed: readonly Heuristic[], only?: DecisionKind): string {
  const width = Math.max(...listed.map(({ name }) => name.length));
  const settings = ({ knobs, weights }: Heuristic): string[] => [
    ...knobs.map((knob) => `${knob.name}=${knob.default}  ${knob.meaning}`),
    ...weights.map((each, place) => {
      const preset = Number.isNaN(each.default) ? "..." : each.default;
      return `${place === 0 ? "" : `${each.name}.`}<${each.of}>=${preset}  ${each.meaning}`;
    }),
  ];
  const groups = DECISION_KINDS.filter((kind) => only === undefined || kind === only).map((kind) => [
    pc.bold(kind),
    ...listed
      .filter(({ kinds }) => kinds.includes(kind))
      .flatMap((heuristic) => [
        `  ${heuristic.name.padEnd(width)}  ${heuristic.meaning}`,
        ...settings(heuristic).map((text) => pc.dim(`  ${" ".repeat(width)}    ${text}`)),
      ]),
  ]);
  return [
    ...groups.map((lines) => lines.join("\n")),
    pc.dim(
      'Write them like sed(failure=2), cmu(gold=3,basic=1), or for several kinds of decision "sed+cmu(gold=3)".',
    ),
  ].join("\n\n");
}
