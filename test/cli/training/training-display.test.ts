import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { pictureLines, type TrainingPicture } from "../../../src/cli/training/training-display.js";

const picture: TrainingPicture = {
  title: "ppo",
  done: 300,
  total: 1200,
  unit: "decisions",
  costs: [8, 4, 3, 2.5],
  level: { policy: "sed", cost: 5 },
  figures: { kl: 0.00812, entropy: 0.4, minibatches: 12, explainedVariance: Number.NaN },
};
const lines = (change: Partial<TrainingPicture> = {}, width = 60) =>
  pictureLines({ ...picture, ...change }, { rate: "100 decisions/s", left: "9 s left" }, width).map((line) =>
    stripVTControlCharacters(line).trimEnd(),
  );

test("a picture: how far, the cost as a line against the best heuristic, and the figures that tell", () =>
  expect(lines({}, 80)).toEqual([
    "ppo ██████░░░░░░░░░░░░░░░░░░ 25.0 % | 300 decisions | 100 decisions/s | 9 s left",
    "    8.000 ████",
    "",
    "",
    `          ${"╌".repeat(70)}`,
    "              ▆▆▆▆",
    "    2.500         ▅▅▅▅▁▁▁▁",
    "cost 2.500, best 2.500 | ╌ sed 5.000: best is 50.0 % below",
    "KL 0.00812 | entropy 0.400",
  ]));

test("a learner that is worse is told so", () =>
  expect(lines({ costs: [8, 6] }).at(-2)).toBe("cost 6.000, best 6.000 | ╌ sed 5.000: best is 20.0 % above"));

test("before the first validation there is no chart", () => expect(lines({ costs: [] })).toHaveLength(2));

test("no line is wider than the terminal", () => {
  for (const line of lines({}, 40).slice(0, 7)) expect(line.length).toBeLessThanOrEqual(40);
});
