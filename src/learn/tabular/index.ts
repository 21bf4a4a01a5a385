export { learnTable, type TableOptions, type TableRound, tableDefaults } from "./learn-table.js";
export { type DecisionTable, tabularPolicy } from "./tabular-policy.js";
