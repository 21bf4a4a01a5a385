import { textWidth } from "./text-width.js";

/** A point that a label belongs to, in pixels from the left and the top of a chart. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Nothing where the point has none. */
  readonly label: string;
}

/** Where a label stands: from its point to the end of the text that is nearer to it. */
export interface LabelPlace {
  readonly dx: number;
  readonly dy: number;
  readonly align: "left" | "center" | "right";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const FONT = 12;
/** From a text's baseline upwards and downwards. */
const ASCENT = 10;
const DESCENT = 3;
const LINE = 15;
/** A point's mark, with some air. */
const MARK = 7;

/** Beside a point, above or below it, then a line or two further away. */
const CANDIDATES: readonly LabelPlace[] = [
  ...[-9, 18].flatMap((dy) => beside(dy)),
  ...beside(4),
  ...[-13, 22].map((dy) => ({ dx: 0, dy, align: "center" }) as const),
  ...[-9 - LINE, 18 + LINE, -9 - 2 * LINE, 18 + 2 * LINE].flatMap((dy) => beside(dy)),
];

function beside(dy: number): LabelPlace[] {
  return [
    { dx: 10, dy, align: "left" },
    { dx: -10, dy, align: "right" },
  ];
}

/**
 * Places for labels such that none lies on another, on a mark, or beyond the chart: each takes the first that is free, in the order
 * given. One for which none is free has no place, and its point stays without a name. (A greedy rule, which is enough for a handful;
 * see Christensen, Marks and Shieber 1995, "An empirical study of algorithms for point-feature label placement".)
 */
export function labelPlaces(
  points: readonly LabelledPoint[],
  { width, height }: { readonly width: number; readonly height: number },
): (LabelPlace | null)[] {
  const marks = points.map(
    ({ x, y }): Box => ({ left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK }),
  );
  const taken: Box[] = [];
  const isFree = (box: Box): boolean =>
    box.left >= 0 &&
    box.right <= width &&
    box.top >= 0 &&
    box.bottom <= height &&
    ![...taken, ...marks].some((other) => overlap(box, other));
  return points.map((point) => {
    if (point.label === "") return null;
    const place = CANDIDATES.find((candidate) => isFree(boxOf(point, candidate)));
    if (place === undefined) return null;
    taken.push(boxOf(point, place));
    return place;
  });
}

function boxOf({ x, y, label }: LabelledPoint, { dx, dy, align }: LabelPlace): Box {
  const width = textWidth(label, FONT);
  const left = x + dx - (align === "left" ? 0 : align === "right" ? width : width / 2);
  return { left, right: left + width, top: y + dy - ASCENT, bottom: y + dy + DESCENT };
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
