import type { LearningPoint } from "../experiment/results.js";
import { formatNumber } from "../kit/format-number.js";
import type { Charts } from "./charts.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { learningCurveChart, type Rival } from "./learning-curve-chart.js";

/** What a policy cost while it was learned; where there is a rival, one that was measured on the same seeds. */
export function learningSection(points: readonly LearningPoint[], charts: Charts, rival?: Rival): Html {
  const first = points[0]!;
  const last = points.at(-1)!;
  // A long run is thinned in its table, not in its chart.
  const every = Math.ceil(points.length / 100);
  return html`
<section id="learning" aria-labelledby="learning-title">
<h2 id="learning-title">Learning</h2>
<p class="lede">${last.step.toLocaleString("en")} decisions.</p>
<div class="charts">
${charts.figure({
  name: "learning",
  title: "Cost while learning",
  caption: `Each dot is the greedy policy's mean over the validation seeds; the line is the mean of five around it.${
    rival === undefined ? "" : ` Dashed: ${rival.policy}, the best heuristic there.`
  }`,
  description: `Line chart of cost over training, from ${formatNumber(first.cost)} after ${first.step.toLocaleString("en")} decisions to ${formatNumber(last.cost)} after ${last.step.toLocaleString("en")}.${
    rival === undefined ? "" : ` ${rival.policy} costs ${formatNumber(rival.cost)}.`
  }`,
  spec: learningCurveChart(points, rival),
  table: dataTable({
    caption: every === 1 ? "Training measurements" : `Every ${every}th training measurement`,
    head: ["decisions", "cost per workflow"],
    names: 0,
    rows: points
      .filter((_, i) => i % every === 0 || i === points.length - 1)
      .map(({ step, cost }) => ({
        cells: [step.toLocaleString("en"), formatNumber(cost)],
      })),
  }),
})}
</div>
</section>`;
}
