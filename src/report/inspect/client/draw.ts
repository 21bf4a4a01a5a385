import { after, type Coverage, levelFor } from "../coverage.js";
import { clockText } from "./clock-text.js";
import { begun, type Run, rowsOf, taskName } from "./run.js";
import {
  countVisible,
  laneHeight,
  RULER,
  type Scene,
  showsAll,
  type Track,
  visible,
  WEATHER_HEIGHT,
  weatherTop,
} from "./scene.js";

/** Bars of one frame at most; where more would be in sight, how many there are is drawn instead. */
const MOST_BARS = 14_000;
/** Bars with their names on them. */
const MOST_NAMES = 400;
const MOST_DECISIONS = 1500;
const GUTTER = { wide: 148, narrow: 112 };
/** Pixels for names left of all tracks, fewer on a phone. */
export const gutterOf = (width: number): number => (width < 560 ? GUTTER.narrow : GUTTER.wide);

export interface Colours {
  readonly paper: string;
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly bad: string;
  readonly badSoft: string;
  readonly neutral: string;
  readonly late: string;
  readonly queue: string;
  readonly queueSoft: string;
  readonly sky: string;
}

export interface Look {
  readonly t0: number;
  readonly t1: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the width, what the names take. */
  readonly gutter: number;
  readonly scroll: number;
  /** Selected workflow and attempt, -1 for none. */
  readonly flow: number;
  readonly attempt: number;
}

/** Draws what is in sight. Bars where they can be told apart, else how many there were. */
export function draw(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  const { width, height, scroll, gutter } = look;
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, width, height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(gutter, RULER, width - gutter, height - RULER);
  ctx.clip();
  ctx.translate(0, -scroll);
  grid(ctx, scene, look, colours);
  weather(ctx, scene, look, colours);
  let room = MOST_BARS;
  for (const track of scene.tracks) {
    if (track.queueTop + track.queueHeight < scroll + RULER || track.top > scroll + height) continue;
    const count = countVisible(track, look.t0, look.t1, room);
    if (count <= room && laneHeight(track) >= 1.5) {
      room -= count;
      bars(ctx, track, scene.run, look, colours);
    } else area(ctx, track, scene, look, colours);
    queue(ctx, track, scene, look, colours);
  }
  decisions(ctx, scene, look, colours);
  selection(ctx, scene, look, colours);
  ctx.restore();
  labels(ctx, scene, look, colours);
  ruler(ctx, look, colours);
}

const xOf = ({ t0, t1, width, gutter }: Look, time: number): number =>
  gutter + ((time - t0) / (t1 - t0)) * (width - gutter);

/** Round steps of time, about a hundred pixels apart. */
export function ticksOf({ t0, t1, width, gutter }: Pick<Look, "t0" | "t1" | "width" | "gutter">): {
  step: number;
  first: number;
} {
  const rough = ((t1 - t0) / Math.max(1, width - gutter)) * 110;
  const sixty = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    rough >= 1 && rough <= 86400
      ? sixty.find((one) => one >= rough)!
      : [1, 2, 5, 10].find((one) => one * power >= rough)! * power;
  return { step, first: Math.ceil(t0 / step) * step };
}

function grid(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  const { step, first } = ticksOf(look);
  ctx.fillStyle = colours.grid;
  for (let time = first; time <= look.t1; time += step)
    ctx.fillRect(Math.round(xOf(look, time)), 0, 1, scene.height + look.height);
}

function weather(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  const { spells } = scene.run.legend;
  for (const { name, effect, pools, from, until } of spells) {
    if (until < look.t0 || from > look.t1) continue;
    const x = xOf(look, from);
    const w = Math.max(2, xOf(look, until) - x);
    const y = weatherTop(scene.weather.indexOf(name));
    ctx.fillStyle = colours.sky;
    ctx.globalAlpha = 0.9;
    ctx.fillRect(x, y, w, WEATHER_HEIGHT);
    ctx.globalAlpha = 0.1;
    for (const track of scene.tracks) {
      if (!pools.includes(track.pool)) continue;
      ctx.fillRect(x, track.top - 3, w, track.queueTop + track.queueHeight - track.top + 6);
    }
    ctx.globalAlpha = 1;
    const shown = Math.max(x, look.gutter);
    const text = `${effect}`;
    ctx.font = SMALL;
    ctx.fillStyle = colours.paper;
    ctx.textBaseline = "middle";
    if (x + w - shown > ctx.measureText(text).width + 12)
      ctx.fillText(text, shown + 6, y + WEATHER_HEIGHT / 2 + 0.5);
  }
}

const FONT = `12px ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;
const SMALL = FONT.replace("12px", "10.5px");

/** How many ran at once, as an area; what went wrong as marks above it. */
function area(ctx: CanvasRenderingContext2D, track: Track, scene: Scene, look: Look, colours: Colours): void {
  const top = Math.max(
    track.servers !== null && track.servers < 1e6 ? track.servers : 0,
    highest(track.cover),
  );
  const y = (count: number) => track.top + track.height - (count / Math.max(1e-9, top)) * (track.height - 8);
  const bottom = track.top + track.height;
  if (isNear(track.cover, look, showsAll(scene.filter))) {
    const inside = ranksOf(`${track.kind} ${track.pool}`, track, track.from, track.until);
    exactly(ctx, inside, look, y, bottom, colours.accentSoft, colours.accent);
  } else steps(ctx, track.cover, look, y, bottom, colours.accentSoft, colours.accent);
  if (track.servers !== null && track.servers < 1e6) dashes(ctx, look, y(track.servers), colours.muted);
  faults(ctx, track, look, colours);
}

const peaks = new WeakMap<Coverage, number>();
/** Of the means over a few hundred bins: one second of many does not flatten all else. */
function highest(cover: Coverage): number {
  let peak = peaks.get(cover);
  if (peak === undefined) {
    const level = Math.max(0, cover.levels.length - 11);
    peak = cover.levels[level]!.reduce((most, mean) => Math.max(most, mean), 0) * 1.05;
    peaks.set(cover, peak);
  }
  return peak;
}

function steps(
  ctx: CanvasRenderingContext2D,
  cover: Coverage,
  look: Look,
  y: (count: number) => number,
  bottom: number,
  fill: string,
  stroke: string,
): void {
  const level = levelFor(cover, (look.t1 - look.t0) / (look.width - look.gutter));
  const values = cover.levels[level]!;
  const bin = cover.step * 2 ** level;
  const first = Math.max(0, Math.floor(look.t0 / bin));
  const last = Math.min(values.length - 1, Math.ceil(look.t1 / bin));
  const line = new Path2D();
  for (let b = first; b <= last; b++) {
    const [x0, x1, at] = [xOf(look, b * bin), xOf(look, (b + 1) * bin), y(values[b]!)];
    if (b === first) line.moveTo(x0, at);
    line.lineTo(x0, at);
    line.lineTo(x1, at);
  }
  filled(ctx, line, xOf(look, first * bin), xOf(look, (last + 1) * bin), bottom, fill, stroke);
}

function dashes(ctx: CanvasRenderingContext2D, look: Look, y: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(look.gutter, y);
  ctx.lineTo(look.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

function faults(ctx: CanvasRenderingContext2D, track: Track, look: Look, colours: Colours): void {
  const width = (look.t1 - look.t0) / (look.width - look.gutter);
  const level = levelFor(track.faults, 3 * width);
  const values = track.faults.levels[level]!;
  const bin = track.faults.step * 2 ** level;
  const first = Math.max(0, Math.floor(look.t0 / bin));
  const last = Math.min(values.length - 1, Math.ceil(look.t1 / bin));
  let most = 1;
  for (let b = first; b <= last; b++) most = Math.max(most, values[b]!);
  ctx.fillStyle = track.kind === "pool" ? colours.bad : colours.late;
  for (let b = first; b <= last; b++) {
    if (values[b] === 0) continue;
    const x = xOf(look, b * bin);
    const h = 1.5 + 14 * (values[b]! / most);
    ctx.globalAlpha = 0.8;
    ctx.fillRect(x, track.top - 1, Math.max(1.5, xOf(look, (b + 1) * bin) - x - 0.5), h);
  }
  ctx.globalAlpha = 1;
}

/** Room for a frame's bars of each colour: x, y and width. */
const batches = [0, 1, 2, 3, 4].map(() => new Float32Array(3 * (MOST_BARS + 1)));
const sizes = new Int32Array(5);

function bars(ctx: CanvasRenderingContext2D, track: Track, run: Run, look: Look, colours: Colours): void {
  const lanes = track.laneFirst.length - 1;
  const each = laneHeight(track);
  const h = each > 4 ? each - 1.5 : Math.max(1, each - 0.5);
  const scale = (look.width - look.gutter) / (look.t1 - look.t0);
  sizes.fill(0);
  const names: [text: string, x: number, y: number, w: number][] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const [first, last] = visible(track, lane, look.t0, look.t1);
    const y = track.top + lane * each;
    // Bars thinner than a pixel that meet in one are drawn once.
    let [reach, toneThere] = [-1, -1];
    for (let place = first; place < last; place++) {
      const x0 = look.gutter + (track.from[place]! - look.t0) * scale;
      const x1 = look.gutter + (track.until[place]! - look.t0) * scale;
      const tone = track.shows(place) ? track.tone(place) : 4;
      if (x1 < reach && tone === toneThere) continue;
      const w = Math.max(1, x1 - x0 - (x1 - x0 > 3 ? 1 : 0));
      const batch = batches[tone]!;
      const at = 3 * sizes[tone]!++;
      batch[at] = x0;
      batch[at + 1] = y;
      batch[at + 2] = w;
      reach = x0 + 1;
      toneThere = tone;
      if (w > 46 && h > 9 && tone !== 4 && names.length < MOST_NAMES) {
        names.push([
          nameOf(run, track, place),
          Math.max(look.gutter, x0),
          y,
          Math.min(w, x0 + w - look.gutter),
        ]);
      }
    }
  }
  const fills = [colours.accent, colours.bad, colours.neutral, colours.late, colours.line];
  for (let tone = 4; tone >= 0; tone--) {
    ctx.fillStyle = fills[tone]!;
    const batch = batches[tone]!;
    for (let at = 0; at < 3 * sizes[tone]!; at += 3)
      ctx.fillRect(batch[at]!, batch[at + 1]!, batch[at + 2]!, h);
  }
  ctx.font = SMALL;
  ctx.fillStyle = colours.paper;
  ctx.textBaseline = "middle";
  for (const [text, x, y, w] of names) {
    const fitting = fitted(ctx, text, w - 8);
    if (fitting !== "") ctx.fillText(fitting, x + 4, y + h / 2 + 0.5);
  }
}

function nameOf(run: Run, track: Track, place: number): string {
  const row = track.row(place);
  const w = track.kind === "workflows" ? row : run.attempts.workflow[row]!;
  const number = w < 0 ? "" : String(run.flows.serial[w]!);
  if (track.kind === "workflows") return number;
  return `${number} ${taskName(run, w, run.attempts.task[row]!, run.attempts.instance[row]!)}`;
}

/** Characters are about as wide as each other here; the last one that fits is found without measuring each. */
function fitted(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  const all = ctx.measureText(text).width;
  if (all <= width) return text;
  const keep = Math.floor((text.length * width) / all) - 1;
  return keep < 3 ? "" : `${text.slice(0, keep)}…`;
}

/** When spans begin and when they end, each in order: how many there are at an instant is a difference of two ranks. */
interface Ranks {
  readonly from: Float64Array;
  readonly until: Float64Array;
}
const ranks = new Map<string, Ranks>();

/** @param name of what is counted; the sorting is done once */
function ranksOf(name: string, track: Track, from: Float64Array, until: Float64Array): Ranks {
  let found = ranks.get(name);
  if (found === undefined) {
    const [first, last] = [track.laneFirst[0]!, track.laneFirst[track.laneFirst.length - 1]!];
    found = { from: from.slice(first, last).sort(), until: until.slice(first, last).sort() };
    ranks.set(name, found);
  }
  return found;
}

/** How many there were, exactly, at each pixel: for a view that is finer than the bins. */
function exactly(
  ctx: CanvasRenderingContext2D,
  { from, until }: Ranks,
  look: Look,
  y: (count: number) => number,
  bottom: number,
  fill: string,
  stroke: string,
): void {
  const line = new Path2D();
  let [f, u] = [0, 0];
  for (let x = look.gutter; x <= look.width; x++) {
    const time = look.t0 + ((x - look.gutter) / (look.width - look.gutter)) * (look.t1 - look.t0);
    f = after(from, time, f);
    u = after(until, time, u);
    if (x === look.gutter) line.moveTo(x, y(f - u));
    else line.lineTo(x, y(f - u));
  }
  filled(ctx, line, look.gutter, look.width, bottom, fill, stroke);
}

function filled(
  ctx: CanvasRenderingContext2D,
  line: Path2D,
  left: number,
  right: number,
  bottom: number,
  fill: string,
  stroke: string,
): void {
  const under = new Path2D(line);
  under.lineTo(right, bottom);
  under.lineTo(left, bottom);
  under.closePath();
  ctx.fillStyle = fill;
  ctx.fill(under);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.25;
  ctx.stroke(line);
}

/** Sorts ahead of need, a track at a time: no frame then waits for it. */
export function* prepare({ run, tracks }: Scene): Generator<void> {
  for (const track of tracks) {
    ranksOf(`${track.kind} ${track.pool}`, track, track.from, track.until);
    yield;
    if (track.queue !== null) ranksOf(`queue ${track.pool}`, track, run.attempts.ready, run.attempts.start);
    yield;
  }
}

/** Whether a pixel is finer than the bins, and all is shown, so that counting exactly is possible and worth it. */
const isNear = (cover: Coverage, look: Look, all: boolean): boolean =>
  all && (look.t1 - look.t0) / (look.width - look.gutter) < cover.step / 2;

/** Tasks that wait, growing downwards: by bins from afar, exactly from near by. */
function queue(
  ctx: CanvasRenderingContext2D,
  track: Track,
  scene: Scene,
  look: Look,
  colours: Colours,
): void {
  if (track.queue === null) return;
  const top = Math.max(1, highest(track.queue));
  const y = (count: number) => track.queueTop + Math.min(1.15, count / top) * (track.queueHeight - 6);
  if (isNear(track.queue, look, showsAll(scene.filter))) {
    const { ready, start } = scene.run.attempts;
    const waiting = ranksOf(`queue ${track.pool}`, track, ready, start);
    exactly(ctx, waiting, look, y, track.queueTop, colours.queueSoft, colours.queue);
  } else steps(ctx, track.queue, look, y, track.queueTop, colours.queueSoft, colours.queue);
}

/** Diamonds where a pool was decided on, once few enough are in sight. */
function decisions(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  for (const mark of marks(scene, look)) {
    const r = 3.5;
    ctx.fillStyle = mark.flow === look.flow && look.flow >= 0 ? colours.ink : colours.muted;
    ctx.beginPath();
    ctx.moveTo(mark.x, mark.y - r);
    ctx.lineTo(mark.x + r, mark.y);
    ctx.lineTo(mark.x, mark.y + r);
    ctx.lineTo(mark.x - r, mark.y);
    ctx.fill();
  }
}

export interface Mark {
  readonly decision: number;
  readonly flow: number;
  readonly x: number;
  readonly y: number;
}

/** Decisions in sight, where they are drawn. None where there are too many to tell apart. */
export function marks({ run, tracks, filter }: Scene, look: Look): Mark[] {
  const { time, pool, workflow } = run.decisions;
  const [first, last] = [after(time, look.t0), after(time, look.t1)];
  const found: Mark[] = [];
  if (last - first > MOST_DECISIONS || (look.width - look.gutter) / Math.max(1, last - first) < 5)
    return found;
  const flows = tracks[0]!;
  for (let d = first; d < last; d++) {
    const track = pool[d]! < 0 ? flows : tracks.find((one) => one.pool === pool[d]);
    if (track === undefined) continue;
    if (filter.source >= 0 && (workflow[d]! < 0 || run.flows.source[workflow[d]!] !== filter.source))
      continue;
    const y = track.queueHeight > 0 ? track.queueTop - 2 : track.top - 4;
    found.push({ decision: d, flow: workflow[d]!, x: xOf(look, time[d]!), y });
  }
  return found;
}

/** The attempts of the selected workflow, and the way from one to the next. */
function selection(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  if (look.flow < 0) return;
  const { run, tracks } = scene;
  const rows = [...rowsOf(run.attemptsOf, look.flow)].filter((i) => begun(run, i));
  rows.sort((a, b) => run.attempts.start[a]! - run.attempts.start[b]!);
  let from: [number, number] | null = null;
  for (const i of rows) {
    const track = tracks.find((one) => one.kind === "pool" && one.pool === run.attempts.pool[i]);
    if (track === undefined) continue;
    const lane = after(track.laneFirst as unknown as Float64Array, i) - 1;
    const each = laneHeight(track);
    const y = track.top + lane * each;
    const h = Math.max(4, each - 1.5);
    const [x0, x1] = [xOf(look, run.attempts.start[i]!), xOf(look, run.attempts.end[i]!)];
    const w = Math.max(3, x1 - x0 - 1);
    if (from !== null) {
      ctx.strokeStyle = colours.ink;
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = 1.25;
      ctx.beginPath();
      ctx.moveTo(...from);
      const bend = Math.max(12, (x0 - from[0]) / 2);
      ctx.bezierCurveTo(from[0] + bend, from[1], x0 - bend, y + h / 2, x0, y + h / 2);
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = i === look.attempt ? 2.5 : 1.5;
    ctx.strokeRect(x0, y, w, h);
    from = [x1, y + h / 2];
  }
}

function labels(ctx: CanvasRenderingContext2D, scene: Scene, look: Look, colours: Colours): void {
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, look.gutter - 8, look.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, RULER, look.gutter - 8, look.height);
  ctx.clip();
  ctx.translate(0, -look.scroll);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "right";
  const right = look.gutter - 16;
  const put = (text: string, y: number, font: string, colour: string) => {
    ctx.font = font;
    ctx.fillStyle = colour;
    ctx.fillText(fitted(ctx, text, right - 6), right, y);
  };
  scene.weather.forEach((name, row) => {
    put(name, weatherTop(row) + WEATHER_HEIGHT - 3, FONT, colours.sky);
  });
  for (const track of scene.tracks) {
    const lanes = track.laneFirst.length - 1;
    const servers =
      track.servers === null || track.servers >= 1e6 ? `at most ${lanes}` : `${track.servers} servers`;
    const label = track.kind === "workflows" ? "in the system" : track.label;
    put(label, track.top + 13, `600 ${FONT}`, colours.ink);
    put(track.kind === "workflows" ? `at most ${lanes}` : servers, track.top + 29, SMALL, colours.muted);
    if (track.queue !== null) {
      put("waiting", track.queueTop + 12, SMALL, colours.queue);
      const most = Math.max(1, highest(track.queue));
      put(`to ${most < 10 ? most.toFixed(1) : Math.round(most)}`, track.queueTop + 25, SMALL, colours.muted);
    }
  }
  ctx.restore();
  ctx.textAlign = "left";
}

function ruler(ctx: CanvasRenderingContext2D, look: Look, colours: Colours): void {
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, look.width, RULER);
  const { step, first } = ticksOf(look);
  ctx.font = SMALL;
  ctx.textBaseline = "middle";
  for (let time = first; time <= look.t1; time += step) {
    const x = Math.round(xOf(look, time));
    ctx.fillStyle = colours.line;
    ctx.fillRect(x, RULER - 6, 1, 6);
    ctx.fillStyle = colours.muted;
    ctx.fillText(clockText(time, step), x + 5, RULER / 2 + 1);
  }
  ctx.fillStyle = colours.line;
  ctx.fillRect(0, RULER - 1, look.width, 1);
}

/** All of the run in a strip: how much there was, what went wrong, and what is in sight. */
export function drawOverview(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  look: Look,
  size: { readonly width: number; readonly height: number },
  colours: Colours,
): void {
  const { width, height } = size;
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, width, height);
  const whole: Look = { ...look, t0: 0, t1: scene.run.legend.end, width };
  const flows = scene.tracks[0]!;
  const top = Math.max(1e-9, highest(flows.cover));
  for (const { from, until } of scene.run.legend.spells) {
    ctx.fillStyle = colours.sky;
    ctx.globalAlpha = 0.16;
    const x = xOf(whole, from);
    ctx.fillRect(x, 0, Math.max(2, xOf(whole, until) - x), height);
    ctx.globalAlpha = 1;
  }
  const y = (count: number) => height - Math.min(1, count / top) * (height - 10);
  steps(ctx, flows.cover, whole, y, height, colours.accentSoft, colours.accent);
  faults(ctx, { ...flows, top: 1 }, whole, colours);
  const [x0, x1] = [xOf(whole, look.t0), Math.max(xOf(whole, look.t0) + 3, xOf(whole, look.t1))];
  ctx.fillStyle = colours.paper;
  ctx.globalAlpha = 0.72;
  ctx.fillRect(look.gutter, 0, x0 - look.gutter, height);
  ctx.fillRect(x1, 0, width - x1, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(x0 + 0.75, 0.75, x1 - x0 - 1.5, height - 1.5);
}
