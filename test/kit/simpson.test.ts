import { expect, test } from "vitest";
import { simpson } from "../../src/kit/simpson.js";

test("Simpson's rule is exact for cubics, in two panels as in twenty", () => {
  const cubic = (x: number) => 4 * x ** 3 - 3 * x ** 2 + 2 * x - 1;
  const whole = (x: number) => x ** 4 - x ** 3 + x ** 2 - x;
  for (const panels of [2, 20]) expect(simpson(cubic, -1, 3, panels)).toBeCloseTo(whole(3) - whole(-1), 12);
});

test("its error falls with the fourth power of the panels", () => {
  const error = (panels: number) => simpson(Math.exp, 0, 1, panels) - (Math.E - 1);
  expect(error(8) / error(16)).toBeCloseTo(16, 0);
});
