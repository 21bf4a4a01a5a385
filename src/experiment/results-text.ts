import type { BenchmarkResults } from "./results.js";

/** Results as the text of their file: JSON with a line a run, since runs are many and each has long lists of figures. */
export function resultsText({ cells, ...others }: BenchmarkResults): string {
  const head = JSON.stringify(others, null, 1).slice(0, -2);
  return `${head},\n "cells": [\n${cells.map((cell) => JSON.stringify(cell)).join(",\n")}\n ]\n}\n`;
}
