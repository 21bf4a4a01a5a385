import { workerData } from "piscina";
import { type Cell, type CellOutcome, type Matrix, runCell } from "./matrix.js";

/** A worker thread's whole program: one cell of the matrix it was started with. */
export default function run(cell: Cell): CellOutcome {
  return runCell(workerData as Matrix, cell);
}
