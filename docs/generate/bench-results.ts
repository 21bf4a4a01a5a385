import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "../../bench/support/figure.js";
import { code, table } from "./markdown.js";

/** A file of bench/results. */
export interface BenchResults {
  readonly bench: string;
  readonly command: string;
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly figures: readonly Figure[];
}

/** What was committed of a bench; null where nothing was. */
export function benchResults<T = BenchResults>(root: string, bench: string): T | null {
  const file = join(root, "bench/results", `${bench}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : null;
}

/** Who measured, where and how, as a line. */
export function measuredBy({ machine, commit, command }: Omit<BenchResults, "figures">): string {
  const [hash, ...rest] = commit.split(" ");
  const at = [code(hash!.slice(0, 12)), ...rest].join(" ");
  return `${code(command)} · ${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node} · commit ${at}`;
}

export function figureTable(figures: readonly Figure[]): string {
  return table(
    ["figure", "value", "beside", "wanted"],
    figures.map(({ name, value, unit, ratios = {}, goals = [] }) => [
      name,
      `${readable(value)} ${unit}`,
      Object.entries(ratios)
        .map(([peer, ratio]) => `${readable(ratio)} × ${peer}`)
        .join("; "),
      goals
        .map(({ what, value, atLeast, atMost, met }) => {
          const bound =
            atLeast === undefined ? `at most ${readable(atMost!)}` : `at least ${readable(atLeast)}`;
          return `${what}: ${readable(value)}, ${bound}: ${met ? "met" : "**missed**"}`;
        })
        .join("; "),
    ]),
  );
}

/** Three digits, whole thousands apart. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) < 1e-4 && rounded !== 0
    ? rounded.toExponential()
    : rounded.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
