import { type Html, html } from "./html.js";
import { ink } from "./palette.js";
import type { PolicySeries } from "./policy-series.js";

/**
 * A button a policy that makes it stand out in every chart and table of its section, by mouse and by keyboard; the page's
 * script does the work. Colours and dashes are those of the charts' lines.
 * @param whose said to who cannot see it: "of scenario x"
 */
export function policyPicker(
  whose: string,
  policies: readonly string[],
  series: readonly PolicySeries[],
): Html {
  const drawn = new Map(series.map((each) => [each.policy, each]));
  return html`<div class="picker" role="group" aria-label="Highlight a policy ${whose}">${policies.map(
    (policy) => html`
<button type="button" aria-pressed="false" data-pick="${policy}">${swatch(drawn.get(policy))}${policy}</button>`,
  )}</div>`;
}

function swatch(series: PolicySeries | undefined): Html {
  const dashes = series === undefined ? "1 3" : series.dash.join(" ");
  return html`<svg aria-hidden="true" focusable="false" width="18" height="10"><line x1="1" x2="17" y1="5" y2="5" stroke="${ink(series?.ink ?? "neutral")}" stroke-width="3" stroke-dasharray="${dashes}"/></svg>`;
}
