/** Policies that look their decisions up: what is seen as whole numbers (`ViewKey`), and the table over them. */
export { countFigure, probabilityFigure } from "./figures.js";
export { StateIndex } from "./state-index.js";
export { readTable, writeTable } from "./table-file.js";
export { type DecisionTable, tabularPolicy } from "./tabular-policy.js";
export { ViewKey } from "./view-key.js";
