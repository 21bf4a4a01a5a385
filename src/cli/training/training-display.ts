import pc from "picocolors";
import { formatNumber, formatPercent } from "../../kit/format-number.js";
import { lineChart } from "../../kit/line-chart.js";
import { Clock } from "../progress.js";

/** What is shown of a training run. */
export interface TrainingPicture {
  readonly title: string;
  readonly done: number;
  readonly total: number;
  /** What is counted: decisions, runs. */
  readonly unit: string;
  /** Costs in validation, in order. */
  readonly costs: readonly number[];
  /** What the best heuristic costs on the same seeds. */
  readonly level: { readonly policy: string; readonly cost: number } | null;
  /** Figures of the last iteration, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface TrainingDisplay {
  update(picture: TrainingPicture): void;
  /** Leaves the last picture standing. */
  stop(): void;
}

/** Figures that are shown where they are told, in this order, and how they are called. */
const SHOWN: readonly (readonly [string, string])[] = [
  ["kl", "KL"],
  ["entropy", "entropy"],
  ["explainedVariance", "explained"],
  ["rewardRate", "reward/s"],
  ["loss", "loss"],
  ["exploration", "exploring"],
  ["episodeReward", "episode"],
  ["advantageDeviation", "advantage"],
  ["mean", "mean of round"],
  ["spread", "spread"],
];

const CHART_ROWS = 6;
const MOST_COLUMNS = 100;
const BAR_COLUMNS = 24;
const FRAME_SECONDS = 0.15;
/** Seconds between lines where there is no terminal to draw on. */
const LINE_SECONDS = 10;

/** Live on stderr: a picture that is drawn over and over on a terminal, a line now and then elsewhere. */
export function trainingDisplay({ start, silent }: { start: number; silent: boolean }): TrainingDisplay {
  if (silent) return { update: () => {}, stop: () => {} };
  const clock = new Clock(start);
  const { stderr } = process;
  return stderr.isTTY === true
    ? drawn(
        clock,
        (text) => void stderr.write(text),
        () => stderr.columns ?? 80,
      )
    : told(clock, (text) => void stderr.write(text));
}

function drawn(clock: Clock, write: (text: string) => void, columns: () => number): TrainingDisplay {
  let rows = 0;
  let next = 0;
  let last: TrainingPicture | null = null;
  const draw = (picture: TrainingPicture): void => {
    const width = Math.max(20, Math.min(columns(), MOST_COLUMNS) - 1);
    const lines = pictureLines(picture, clock.at(picture.done, picture.total, picture.unit), width);
    // Up over the last picture, and every line cleared to its end.
    const up = rows > 0 ? `\u001b[${rows}A` : "";
    write(`${up}${lines.map((line) => `\r\u001b[2K${line}\n`).join("")}\u001b[0J`);
    rows = lines.length;
  };
  return {
    update(picture) {
      last = picture;
      if (clock.seconds() < next) return;
      next = clock.seconds() + FRAME_SECONDS;
      draw(picture);
    },
    stop() {
      if (last !== null) draw(last);
      last = null;
    },
  };
}

function told(clock: Clock, write: (text: string) => void): TrainingDisplay {
  let next = LINE_SECONDS;
  return {
    update(picture) {
      const { title, done, total, unit, costs, level, figures } = picture;
      if (clock.seconds() < next && done < total) return;
      next = clock.seconds() + LINE_SECONDS;
      const { rate, left } = clock.at(done, total, unit);
      const cost = costs.length === 0 ? "-" : formatNumber(costs.at(-1)!);
      const best = level === null ? "" : ` | heuristic ${formatNumber(level.cost)}`;
      const rest = figureTexts(figures).join(" | ");
      write(
        `${title} ${Math.min(done, total)}/${total} ${unit} | ${rate} | ${left} | cost ${cost}${best} | ${rest}\n`,
      );
    },
    stop: () => {},
  };
}

/** The picture as lines of at most `width` characters, colours not counted. */
export function pictureLines(
  { title, done, total, unit, costs, level, figures }: TrainingPicture,
  { rate, left }: { readonly rate: string; readonly left: string },
  width: number,
): string[] {
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_COLUMNS);
  const bar = "█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled);
  const head = cut(`${title} ${bar} ${formatPercent(share)} % | ${done} ${unit} | ${rate} | ${left}`, width);
  const foot = cut(figureTexts(figures).join(" | "), width);
  if (costs.length === 0) return [head, foot];

  const best = Math.min(...costs);
  const now = costs.at(-1)!;
  const against = level === null ? null : best / level.cost - 1;
  const chart = lineChart(costs, {
    width: width - LABEL_COLUMNS - 1,
    height: CHART_ROWS,
    ...(level === null ? {} : { level: level.cost }),
  });
  const labels = chart.rows.map((_, row) => {
    if (row === 0) return formatNumber(chart.most);
    return row === CHART_ROWS - 1 ? formatNumber(chart.least) : "";
  });
  const rows = chart.rows.map((row, i) => `${pc.dim(labels[i]!.padStart(LABEL_COLUMNS))} ${coloured(row)}`);
  const verdict =
    level === null || against === null || !Number.isFinite(against)
      ? ""
      : ` | ${pc.dim("╌")} ${level.policy} ${formatNumber(level.cost)}: best is ${
          against < 0
            ? pc.green(`${formatPercent(-against)} % below`)
            : pc.yellow(`${formatPercent(against)} % above`)
        }`;
  const caption = `cost ${pc.bold(formatNumber(now))}, best ${pc.bold(formatNumber(best))}${verdict}`;
  return [head, ...rows, caption, foot];
}

const LABEL_COLUMNS = 9;

/** The level is dim, the line is not. */
const coloured = (row: string): string => row.replace(/╌+/g, (level) => pc.dim(level));

function figureTexts(figures: Readonly<Record<string, number>>): string[] {
  return SHOWN.filter(([name]) => figures[name] !== undefined && !Number.isNaN(figures[name])).map(
    ([name, label]) => `${label} ${formatNumber(figures[name]!, 3)}`,
  );
}

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;
