import { parseArgs } from "node:util";
import { InputError, suggest } from "../../src/kit/errors.js";
import { count } from "../support/count.js";

export interface LeaderboardOptions {
  readonly seeds: number;
  readonly threads: number;
  /** Problems to measure anew; all of them where null. */
  readonly only: readonly string[] | null;
}

const USAGE = `npm run leaderboard -- [--seeds N] [--threads N] [--only NAME]...

Policies beside exact optima, and beside the best that is known in every scenario of the library. Writes
bench/results/leaderboard.json and docs/leaderboard.md; runs are kept in out/leaderboard, so that it may be
stopped at any time and started again.

  --seeds N     runs of each policy in each scenario (20)
  --threads N   worker threads (2); results do not depend on it
  --only NAME   this problem only, the others stay as they were; may be given several times:
`;

/**
 * What the leaderboard is asked for; the text of the help where it is that.
 * @throws {InputError} where an argument is not one
 */
export function leaderboardOptions(
  args: readonly string[],
  problems: readonly string[],
): LeaderboardOptions | string {
  const { values } = parse(args);
  if (values.help === true)
    return `${USAGE}${problems.map((name) => `                  ${name}\n`).join("")}`;
  const only = values.only ?? null;
  for (const name of only ?? []) {
    if (problems.includes(name)) continue;
    throw new InputError("USAGE", {
      what: `no problem is called ${name}`,
      where: "--only",
      mend: suggest("problems", name, problems),
    });
  }
  return { seeds: count("seeds", values.seeds), threads: count("threads", values.threads), only };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean" },
        seeds: { type: "string", default: "20" },
        threads: { type: "string", default: "2" },
        only: { type: "string", multiple: true },
      },
    });
  } catch (cause) {
    throw new InputError("USAGE", { what: (cause as Error).message, mend: "see --help" }, { cause });
  }
}
