import { HEURISTICS, heuristic, tuningGrid } from "../../../src/policy/catalogue.js";
import { describePolicy } from "../../support/describe-policy.js";

for (const entry of HEURISTICS) {
  describePolicy(entry.name, () => heuristic(entry.name));
  // With its knobs turned it is another policy: the far end of the grid.
  const turned = tuningGrid(entry).at(-1)!;
  if (turned !== entry.name) describePolicy(turned, () => heuristic(turned));
}

describePolicy("sed(price=1)+upward-rank", () => heuristic("sed(price=1)+upward-rank"));
