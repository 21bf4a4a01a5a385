import { after, type Coverage, coverage, tallies } from "../coverage.js";
import { hasFailed, isLate, type Run, toneOf } from "./run.js";

/** Bins at the finest level of a track; fewer where there are many tracks. */
const BINS = 16_384;
const ALL_BINS = 1_000_000;

/** What is shown: of which pool, which workflows, which outcomes. */
export interface Filter {
  /** -1 for all. */
  readonly pool: number;
  readonly source: number;
  readonly outcome: "all" | "fault" | "cancelled" | "retries" | "late" | "failed";
}
/** Whether nothing is left out of the tracks that are shown. */
export const showsAll = ({ source, outcome }: Filter): boolean => source < 0 && outcome === "all";
export const NO_FILTER: Filter = { pool: -1, source: -1, outcome: "all" };

/** A band of lanes: a pool's servers, or the workflows. */
export interface Track {
  readonly kind: "workflows" | "pool";
  readonly label: string;
  /** Number of the pool. */
  readonly pool: number;
  /** Servers where they are known. */
  readonly servers: number | null;
  /** Spans of lane l stand at `laneFirst[l] .. laneFirst[l + 1]`, by start. */
  readonly laneFirst: Int32Array;
  readonly from: Float64Array;
  readonly until: Float64Array;
  /** The attempt or the workflow that stands at a place. */
  row(place: number): number;
  /** Colour: 0 well, 1 wrong, 2 cancelled, 3 late. */
  tone(place: number): number;
  shows(place: number): boolean;
  /** Of what the filter lets pass. */
  cover: Coverage;
  faults: Coverage;
  queue: Coverage | null;
  /** Pixels, set by the layout. */
  top: number;
  height: number;
  queueTop: number;
  queueHeight: number;
}

export interface Scene {
  readonly run: Run;
  readonly filter: Filter;
  readonly tracks: readonly Track[];
  /** Names of disturbances: a row each. */
  readonly weather: readonly string[];
  readonly height: number;
}

export const RULER = 28;
const WEATHER_ROW = 20;
const HEADER = 26;
const GAP = 14;
export const weatherTop = (row: number): number => RULER + 6 + row * WEATHER_ROW;
export const WEATHER_HEIGHT = 14;

/** What stands where, and how much of it there was over time, for a filter. */
export function sceneOf(run: Run, filter: Filter): Scene {
  const { legend, attempts, flows } = run;
  const showsFlow = (w: number): boolean =>
    (filter.source < 0 || flows.source[w] === filter.source) &&
    (filter.outcome !== "late" || isLate(run, w)) &&
    (filter.outcome !== "failed" || hasFailed(run, w));
  const showsAttempt = (i: number): boolean => {
    const w = attempts.workflow[i]!;
    if (w >= 0 && !showsFlow(w)) return false;
    if (filter.outcome === "fault") return toneOf(run, i) === 1;
    if (filter.outcome === "cancelled") return toneOf(run, i) === 2;
    return filter.outcome !== "retries" || attempts.attempt[i]! > 1;
  };
  const pools = legend.pools.map((_, p) => p).filter((p) => filter.pool < 0 || filter.pool === p);
  const bins = Math.max(512, Math.min(BINS, 2 ** Math.floor(Math.log2(ALL_BINS / (3 * (pools.length + 1))))));
  const tracks = [
    workflowTrack(run, bins, showsFlow),
    ...pools.map((p) => poolTrack(run, p, bins, showsAttempt)),
  ];
  const weather = [...new Set(legend.spells.map(({ name }) => name))];
  let y = weatherTop(weather.length) + (weather.length > 0 ? 8 : 0);
  for (const track of tracks) {
    const lanes = track.laneFirst.length - 1;
    track.top = y + HEADER;
    track.height = Math.max(54, Math.min(track.kind === "pool" ? 168 : 120, lanes * 13));
    track.queueTop = track.top + track.height + 5;
    track.queueHeight = track.queue === null ? 0 : 40;
    y = track.queueTop + track.queueHeight + GAP;
  }
  return { run, filter, tracks, weather, height: y };
}

function workflowTrack(run: Run, bins: number, shows: (w: number) => boolean): Track {
  const { flows, legend } = run;
  const laneFirst = new Int32Array(legend.workflowLanes + 1);
  for (let w = 0; w < flows.count; w++) laneFirst[flows.lane[w]! + 1]!++;
  for (let l = 0; l < legend.workflowLanes; l++) laneFirst[l + 1]! += laneFirst[l]!;
  const next = laneFirst.slice();
  const rows = new Int32Array(flows.count);
  const [from, until] = [new Float64Array(flows.count), new Float64Array(flows.count)];
  for (let w = 0; w < flows.count; w++) {
    const place = next[flows.lane[w]!]!++;
    rows[place] = w;
    from[place] = flows.submitted[w]!;
    until[place] = flows.end[w]!;
  }
  const showsPlace = (place: number) => shows(rows[place]!);
  return {
    kind: "workflows",
    label: "Workflows in the system",
    pool: -1,
    servers: null,
    laneFirst,
    from,
    until,
    row: (place) => rows[place]!,
    tone: (place) => (hasFailed(run, rows[place]!) ? 1 : isLate(run, rows[place]!) ? 3 : 0),
    shows: showsPlace,
    cover: coverage(from, until, 0, flows.count, legend.end, bins, showsPlace),
    faults: tallies(
      until,
      0,
      flows.count,
      legend.end,
      bins,
      (place) => showsPlace(place) && (hasFailed(run, rows[place]!) || isLate(run, rows[place]!)),
    ),
    queue: null,
    ...UNPLACED,
  };
}

function poolTrack(run: Run, pool: number, bins: number, shows: (i: number) => boolean): Track {
  const { attempts, legend, laneFirst, poolLanes } = run;
  const lanes = laneFirst.subarray(poolLanes[pool]!, poolLanes[pool + 1]! + 1);
  const first = lanes[0]!;
  const last = lanes[lanes.length - 1]!;
  const { start, end, ready } = attempts;
  return {
    kind: "pool",
    label: legend.pools[pool]!.name,
    pool,
    servers: legend.pools[pool]!.servers,
    laneFirst: lanes,
    from: start,
    until: end,
    row: (place) => place,
    tone: (place) => toneOf(run, place),
    shows,
    cover: coverage(start, end, first, last, legend.end, bins, shows),
    faults: tallies(end, first, last, legend.end, bins, (i) => toneOf(run, i) === 1 && shows(i)),
    queue: coverage(ready, start, first, last, legend.end, bins, shows),
    ...UNPLACED,
  };
}

const UNPLACED = { top: 0, height: 0, queueTop: 0, queueHeight: 0 };

/** Places of a lane that reach into [t0, t1): those of a lane do not overlap, so both ends are found by bisection. */
export function visible(track: Track, lane: number, t0: number, t1: number): [first: number, last: number] {
  const [low, high] = [track.laneFirst[lane]!, track.laneFirst[lane + 1]!];
  return [after(track.until, t0, low, high), after(track.from, t1, low, high)];
}

/** How many spans of a track reach into [t0, t1), as far as `most`. */
export function countVisible(track: Track, t0: number, t1: number, most: number): number {
  let count = 0;
  for (let lane = 0; lane < track.laneFirst.length - 1 && count <= most; lane++) {
    const [first, last] = visible(track, lane, t0, t1);
    count += Math.max(0, last - first);
  }
  return count;
}

export const laneHeight = (track: Track): number => track.height / Math.max(1, track.laneFirst.length - 1);

/** What stands at a point: a place of a track. */
export function placeAt(track: Track, y: number, time: number, reach: number): number {
  const lanes = track.laneFirst.length - 1;
  const lane = Math.min(lanes - 1, Math.floor((y - track.top) / laneHeight(track)));
  // Where lanes are thinner than a pointer, the nearest that has something there.
  const spread = Math.ceil(3 / laneHeight(track));
  for (let d = 0; d <= spread; d++) {
    for (const near of d === 0 ? [lane] : [lane - d, lane + d]) {
      if (near < 0 || near >= lanes) continue;
      const [first, last] = visible(track, near, time - reach, time + reach);
      for (let place = first; place < last; place++) if (track.shows(place)) return place;
    }
  }
  return -1;
}
