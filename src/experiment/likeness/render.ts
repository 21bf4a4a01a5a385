import { aligned } from "../../kit/aligned.js";
import { formatDuration, formatNumber, formatPercent } from "../../kit/format-number.js";
import type { Likeness } from "./compare.js";
import type { FlowFigure } from "./consequence.js";
import type { Band, Distance } from "./distances.js";
import { QUANTITIES, type QuantityName } from "./workload-figures.js";

/** Types whose distances are shown; JSON has all. */
const TYPES_SHOWN = 12;

/** A likeness for people: the verdict first, then what it rests on. */
export function renderLikeness(likeness: Likeness): string {
  const { consequence: found, distances, workByType, arrivals, dags, meanEdges } = likeness;
  const { servers, utilisation, timeScale } = found.scenario;
  const shown = workByType.slice(0, TYPES_SHOWN);
  return [
    verdictLine(likeness),
    "",
    `Flow times on three pools of ${servers} servers (speeds 2, 1, 0.5), ${formatPercent(utilisation)} % busy, time x ${formatNumber(timeScale)}; ${found.pieces} synthetic ${found.pieces === 1 ? "piece" : "pieces"}:`,
    ...table(
      ["policy", "figure", "real", "synthetic", "change", "95 % interval", "spread of one trace"],
      found.policies.flatMap(({ policy, mean, p99 }) => [
        [policy, "mean", ...flowCells(mean)],
        ["", "p99", ...flowCells(p99)],
      ]),
    ),
    `ranking: real ${found.ranking.real.join(" < ")}; synthetic ${found.ranking.synthetic.join(" < ")}`,
    "",
    "Distances (95 % bands by resampling workflows):",
    ...table(
      ["quantity", "mean real", "synthetic", "KS", "band", "one law, 5 %", "W1 / mean", "band"],
      [
        ...Object.entries(distances).map(([name, one]) => [QUANTITIES[name as QuantityName], ...cells(one)]),
        ...shown.map(({ type, distance }) => [
          `work of ${type}`,
          ...(distance === null ? ["in one of them only"] : cells(distance)),
        ]),
      ],
    ),
    ...(workByType.length > shown.length
      ? [`and ${workByType.length - shown.length} more types; --json tells all`]
      : []),
    "",
    `Arrivals in windows of ${formatDuration(arrivals.window)}:`,
    ...table(
      ["", "dispersion", ...arrivals.real.correlation.map((_, k) => `lag ${k + 1}`)],
      (["real", "synthetic"] as const).map((side) => [
        side,
        formatNumber(arrivals[side].dispersion, 3),
        ...arrivals[side].correlation.map((r) => r.toFixed(2)),
      ]),
    ),
    "",
    ...table(
      ["DAGs", "real", "synthetic"],
      [
        ...dags.map(({ kind, real, synthetic }) => [
          kind,
          `${formatPercent(real)} %`,
          `${formatPercent(synthetic)} %`,
        ]),
        ["edges each", formatNumber(meanEdges.real), formatNumber(meanEdges.synthetic)],
      ],
    ),
  ].join("\n");
}

function verdictLine({
  verdict,
  tolerance,
  consequence: { policies, rankingKept, pieces },
}: Likeness): string {
  const worst = policies.reduce((a, b) => (Math.abs(b.mean.change) > Math.abs(a.mean.change) ? b : a));
  const change = `${signed(worst.mean.change)} % at the most (${worst.policy})`;
  const ranking = rankingKept ? "ranking of policies unchanged" : "RANKING OF POLICIES CHANGED";
  const said = {
    like: `LIKE: mean flow times differ by ${change}, within ${formatPercent(tolerance)} %`,
    "like-within-sampling-error": `LIKE WITHIN SAMPLING ERROR: mean flow times differ by ${change}, no more than one trace of this length from the next (spread ${formatPercent(worst.mean.spread)} %)`,
    unlike: `UNLIKE: mean flow times differ by ${change}`,
  }[verdict];
  const one = pieces === 1 ? "; one piece tells no sampling error: give a spec, or a longer trace" : "";
  return `${said}; ${ranking}${one}`;
}

const signed = (share: number): string => `${share > 0 ? "+" : ""}${formatPercent(share)}`;

const flowCells = ({ real, synthetic, change, low, high, spread }: FlowFigure): string[] => [
  `${formatNumber(real)} s`,
  `${formatNumber(synthetic)} s`,
  `${signed(change)} %`,
  Number.isNaN(low) ? "n/a" : `${signed(low)} to ${signed(high)} %`,
  Number.isNaN(spread) ? "n/a" : `${formatPercent(spread)} %`,
];

function cells({ ks, ksSameLaw, wasserstein, relative, means }: Distance): string[] {
  const share = ({ low, high }: Band, by: number) =>
    `${formatNumber(low * by, 2)} to ${formatNumber(high * by, 2)}`;
  const by = relative / wasserstein.estimate;
  return [
    formatNumber(means[0]),
    formatNumber(means[1]),
    ks.estimate.toFixed(3),
    `${ks.low.toFixed(3)} to ${ks.high.toFixed(3)}`,
    ksSameLaw.toFixed(3),
    formatNumber(relative, 3),
    wasserstein.estimate > 0 && Number.isFinite(by) ? share(wasserstein, by) : "n/a",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return aligned([head, ...rows], () => false).map((line) => line.trimEnd());
}
