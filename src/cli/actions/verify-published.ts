import pc from "picocolors";
import { readNetworks } from "../../experiment/theory/qgym/network-file.js";
import { PUBLISHED_NETWORKS } from "../../experiment/theory/qgym/published.js";
import { type NetworkVerdict, verifyNetworks } from "../../experiment/theory/qgym/verify-networks.js";
import { InputError, suggest } from "../../kit/errors.js";
import { formatNumber } from "../../kit/format-number.js";
import { readBounded } from "../files.js";
import { defaultThreads } from "../machine.js";
import { requireInteger } from "./simulate.js";

export interface VerifyPublishedOptions {
  /** Empty for the networks that are shipped. */
  readonly file: string;
  readonly only: readonly string[] | undefined;
  readonly replications: number;
  readonly threads: number | undefined;
  readonly json: boolean;
}

const FILE_BYTES = 16 * 1024 * 1024;

/** Exit code 1 where a published cost is missed. */
export async function verifyPublished(options: VerifyPublishedOptions): Promise<void> {
  const { file, only, replications, json } = options;
  requireInteger("replications", replications, 2);
  const all = file === "" ? PUBLISHED_NETWORKS : readNetworks(await readBounded(file, FILE_BYTES), file);
  for (const name of only ?? []) {
    if (all.some((network) => network.name === name)) continue;
    throw new InputError("UNKNOWN_CASE", {
      what: `there is no network "${name}"`,
      where: "--only",
      mend: suggest(
        "here",
        name,
        all.map((network) => network.name),
      ),
    });
  }
  if (!json)
    process.stdout.write(
      pc.dim(`${row(["network", "rule", "published", "ours", "error", "of a run", ""])}\n`),
    );
  const verdicts = await verifyNetworks(
    all.filter(({ name }) => only === undefined || only.includes(name)),
    {
      replications,
      threads: options.threads ?? defaultThreads(),
      onVerdict: (verdict) => {
        if (!json) process.stdout.write(`${render(verdict)}\n`);
      },
    },
  );
  if (json) process.stdout.write(`${JSON.stringify({ replications, verdicts }, null, 1)}\n`);
  if (verdicts.some(({ verdict }) => verdict === "missed")) process.exitCode = 1;
}

const COLUMNS = [16, 13, 13, 10, 9, 10, 0] as const;
const row = (cells: readonly string[]) => cells.map((cell, c) => cell.padEnd(COLUMNS[c]!)).join("");

function render({
  network,
  rule,
  published,
  mean,
  standardError,
  deviation,
  verdict,
  reason,
}: NetworkVerdict): string {
  const figures =
    verdict === "not run" ? ["", "", ""] : [mean, standardError, deviation].map((x) => formatNumber(x, 3));
  const digits = Math.max(0, Math.round(-Math.log10(published.unit)));
  const cells = [
    network,
    rule,
    published.value.toFixed(digits),
    ...figures,
    reason === undefined ? verdict : `${verdict}: ${reason}`,
  ];
  const line = row(cells);
  return verdict === "missed" ? pc.red(line) : verdict === "met" ? line : pc.yellow(line);
}
