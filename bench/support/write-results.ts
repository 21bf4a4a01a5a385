import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import type { Figure } from "./figure.js";

/**
 * Stores figures as bench/results/<bench>.json, with the machine, the commit and the command. Run in the project's root.
 * @param more what the bench found besides, under names of its own
 * @param root folder that the results are written below, in place of the project's
 */
export function writeResults(
  bench: string,
  command: string,
  figures: readonly Figure[],
  more: Readonly<Record<string, unknown>> = {},
  root = ".",
): string {
  const path = join(root, `bench/results/${bench}.json`);
  const results = { bench, command, commit: commit(), machine: machine(), figures, ...more };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
  return path;
}

function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "bench", "scenarios");
  return `${git("rev-parse", "HEAD")}${changed === "" ? "" : " with changes"}`;
}
