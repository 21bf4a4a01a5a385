import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelPlaces } from "../../src/report/label-places.js";
import { textWidth } from "../../src/report/text-width.js";

const AREA = { width: 540, height: 320 };
const box = (
  x: number,
  y: number,
  label: string,
  place: NonNullable<ReturnType<typeof labelPlaces>[number]>,
) => {
  const width = textWidth(label, 12);
  const from = x + place.dx - { left: 0, center: width / 2, right: width }[place.align];
  return { from, to: from + width, baseline: y + place.dy };
};

describe("the names of points in a chart", () => {
  test("lie neither on one another nor beyond the chart, whatever the points", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            x: fc.double({ min: 10, max: 530, noNaN: true }),
            y: fc.double({ min: 10, max: 310, noNaN: true }),
            label: fc.constantFrom("jsq", "least-work-left", "sed(price=0,failure=4)"),
          }),
          { maxLength: 12 },
        ),
        (points) => {
          const boxes = labelPlaces(points, AREA).flatMap((place, i) =>
            place === null ? [] : [box(points[i]!.x, points[i]!.y, points[i]!.label, place)],
          );
          for (const [i, a] of boxes.entries()) {
            expect(a.from).toBeGreaterThanOrEqual(0);
            expect(a.to).toBeLessThanOrEqual(AREA.width);
            for (const b of boxes.slice(i + 1)) {
              // Twelve pixels high, with descenders: baselines of lines one above the other are that far apart.
              const apart = a.to <= b.from || b.to <= a.from || Math.abs(a.baseline - b.baseline) >= 12;
              expect(apart, JSON.stringify({ a, b })).toBe(true);
            }
          }
        },
      ),
    ));

  test("stand beside a point that is alone, and towards the middle where it is near an end", () => {
    expect(labelPlaces([{ x: 20, y: 160, label: "jsq" }], AREA)).toEqual([{ dx: 10, dy: -9, align: "left" }]);
    expect(labelPlaces([{ x: 530, y: 160, label: "jsq" }], AREA)).toEqual([
      { dx: -10, dy: -9, align: "right" },
    ]);
  });

  test("of four points in one place are all written, and of forty as many as there is room for, the first ones first", () => {
    const heap = (n: number) =>
      Array.from({ length: n }, () => ({ x: 270, y: 160, label: "least-work-left" }));
    expect(labelPlaces(heap(4), AREA)).not.toContain(null);
    const forty = labelPlaces(heap(40), AREA);
    const written = forty.filter((place) => place !== null).length;
    expect(written).toBeGreaterThan(6);
    expect(forty.indexOf(null)).toBe(written);
  });

  test("are none where a point has none", () => {
    expect(labelPlaces([{ x: 20, y: 20, label: "" }], AREA)).toEqual([null]);
  });
});
