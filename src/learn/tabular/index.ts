export {
  type LearnedTable,
  learnTable,
  type TableOptions,
  type TableRound,
  type TableState,
  tableDefaults,
  tableOfState,
} from "./learn-table.js";
