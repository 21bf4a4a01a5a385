export { type CompareOptions, compareWorkloads, type Likeness, type Verdict } from "./compare.js";
export { columnsOf, piecesOf } from "./pieces.js";
export { renderLikeness } from "./render.js";
