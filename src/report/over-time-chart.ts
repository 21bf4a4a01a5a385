import type { PolicyProfile } from "../experiment/profiles.js";
import type { ScenarioEntry } from "../experiment/results.js";
import { type ChartSpec, chart, NAME_ROOM } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { shortNameExpression } from "./short-name.js";
import { timeUnit } from "./time-unit.js";

/** A block of rows, one a policy: figures over equal parts of the run. */
export interface TimeBlock {
  readonly title: string;
  readonly rows: readonly { readonly policy: string; readonly figures: readonly number[] }[];
}

export interface OverTime {
  readonly blocks: readonly TimeBlock[];
  /** What a figure is, for tooltips, and how it is written. */
  readonly figure: string;
  readonly format: string;
  /** The figure that is drawn darkest. */
  readonly most: number;
  /** Few stand out by a scale that rises fast at first. */
  readonly scale: "linear" | "sqrt";
}

const ROW = 19;

/**
 * Heat map over the time of the run: a row a policy, in blocks with a heading each; the darker the more. The end of the warm-up is
 * a dashed line.
 */
export function overTimeChart(
  { blocks, figure, format, most, scale }: OverTime,
  { horizon, warmup }: Pick<ScenarioEntry, "horizon" | "warmup">,
): ChartSpec {
  const [unit, seconds] = timeUnit(horizon);
  // One view with headings as rows of their own: facets cannot fill the width of their container.
  const rows = blocks.flatMap((block, b) => [
    ...(blocks.length > 1 ? [{ row: `${b}`, heading: block.title, figures: [], policy: "" }] : []),
    ...block.rows.map(({ policy, figures }) => ({ row: `${b} ${policy}`, heading: "", figures, policy })),
  ]);
  const values = rows.flatMap(({ row, policy, figures }) =>
    figures.map((value, part) => ({
      row,
      policy,
      from: ((part / figures.length) * horizon) / seconds,
      to: (((part + 1) / figures.length) * horizon) / seconds,
      value,
    })),
  );
  const headings = rows.filter(({ heading }) => heading !== "").map(({ row, heading }) => ({ row, heading }));
  const headingsIn = (halo: ChartSpec): ChartSpec => ({
    data: { values: headings },
    mark: {
      type: "text",
      align: "left",
      baseline: "bottom",
      dy: 7,
      fontSize: 12,
      fontWeight: 600,
      color: ink("ink"),
      ...halo,
    },
    encoding: { x: { value: 0 }, y, text: { field: "heading" } },
  });
  const y = {
    field: "row",
    type: "nominal",
    sort: rows.map(({ row }) => row),
    title: null,
    scale: { domain: rows.map(({ row }) => row), paddingInner: 0.12, paddingOuter: 0 },
    axis: {
      labelExpr: shortNameExpression("slice(datum.value, indexof(datum.value + ' ', ' ') + 1)"),
      labelLimit: NAME_ROOM,
      labelColor: ink("ink"),
      labelPadding: 10,
    },
  };
  const x = {
    field: "from",
    type: "quantitative",
    title: unit,
    scale: { domain: [0, horizon / seconds], nice: false },
    axis: { grid: false, tickCount: 8, offset: 4 },
  };
  return chart({
    params: [PICKED],
    data: { values },
    height: ROW * rows.length,
    layer: [
      {
        mark: { type: "rect", color: ink("accentSoft"), opacity: 0.35 },
        encoding: { x, x2: { field: "to" }, y },
      },
      {
        // Cells that touch have seams unless they end on whole pixels, which style.ts and svg-chart.ts ask for by this name.
        name: "heat",
        mark: { type: "rect", color: ink("accent") },
        encoding: {
          x,
          x2: { field: "to" },
          y,
          fillOpacity: {
            field: "value",
            type: "quantitative",
            scale: { type: scale, domain: [0, most], range: [0, 1], clamp: true },
            legend: null,
          },
          opacity: faded(),
          tooltip: [
            { field: "policy" },
            { field: "from", title: `from, ${unit}`, format: ".3~g" },
            { field: "to", title: `to, ${unit}`, format: ".3~g" },
            { field: "value", title: figure, format },
          ],
        },
      },
      {
        data: { values: warmup > 0 ? [{ from: warmup / seconds }] : [] },
        mark: { type: "rule", color: ink("ink"), strokeDash: [3, 3], opacity: 0.7 },
        encoding: { x },
      },
      // The warm-up's line passes behind the headings.
      headingsIn({ stroke: ink("surface"), strokeWidth: 4 }),
      headingsIn({}),
    ],
  });
}

const MOST_POOLS = 6;
const MOST_POLICIES = 8;

/** Tasks waiting, in all queues together and at the pools where most wait. */
export function waitingOverTime(profiles: readonly PolicyProfile[]): OverTime {
  const shown = profiles.slice(0, MOST_POLICIES);
  const pools = busiest(shown, (pool) => mean(pool.waiting));
  const all = {
    title: "all queues",
    rows: shown.map(({ policy, waiting }) => ({ policy, figures: waiting })),
  };
  const blocks = [
    all,
    ...pools
      .filter(() => pools.length > 1)
      .map((name) => ({
        title: name,
        rows: shown.map((profile) => ({ policy: profile.policy, figures: poolOf(profile, name).waiting })),
      })),
  ];
  return {
    blocks,
    figure: "tasks waiting",
    format: ".3~g",
    most: Math.max(1e-9, ...all.rows.flatMap(({ figures }) => figures)),
    scale: "sqrt",
  };
}

/** How busy the pools are; those without a bound to their servers are left out. */
export function useOverTime(profiles: readonly PolicyProfile[]): OverTime {
  const shown = profiles.slice(0, MOST_POLICIES);
  const pools = busiest(shown, (pool) => mean(pool.utilisation)).filter((name) =>
    shown.some((profile) => poolOf(profile, name).utilisation.some((share) => share > 0)),
  );
  return {
    blocks: pools.map((name) => ({
      title: name,
      rows: shown.map((profile) => ({ policy: profile.policy, figures: poolOf(profile, name).utilisation })),
    })),
    figure: "busy",
    format: ".0%",
    most: 1,
    scale: "linear",
  };
}

type PoolProfile = PolicyProfile["pools"][number];

const poolOf = ({ pools }: PolicyProfile, name: string): PoolProfile =>
  pools.find((pool) => pool.name === name)!;
const mean = (figures: readonly number[]): number =>
  figures.reduce((sum, figure) => sum + figure, 0) / figures.length;

/** The pools with most of something, in the scenario's own order. */
function busiest(profiles: readonly PolicyProfile[], figure: (pool: PoolProfile) => number): string[] {
  const pools = profiles[0]?.pools ?? [];
  const total = (p: number): number => profiles.reduce((sum, profile) => sum + figure(profile.pools[p]!), 0);
  const most = pools
    .map((_, p) => p)
    .sort((a, b) => total(b) - total(a))
    .slice(0, MOST_POOLS);
  return pools.filter((_, p) => most.includes(p)).map(({ name }) => name);
}
