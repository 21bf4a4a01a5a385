import { workerData } from "piscina";
import type { Outcome } from "../sim/outcome.js";
import { type Cell, type Matrix, runCell } from "./matrix.js";

/** A worker thread's whole program: one cell of the matrix it was started with. */
export default function run(cell: Cell): Outcome {
  return runCell(workerData as Matrix, cell);
}
