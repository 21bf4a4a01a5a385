import { inlineMore } from "../../src/cli/inline-more.js";
import { counts, runBench, several } from "../support/bench-options.js";
import { EXACT, library, makeLeaderboard } from "./make.js";

/**
 * Policies beside exact optima, and beside the best that is known: bench/results/leaderboard.json and docs/leaderboard.md. Run in
 * the project's root; runs are kept in out/leaderboard, so that it can be stopped and started again.
 *
 *     npm run leaderboard -- --help
 */
const USAGE = {
  script: "leaderboard",
  about: `Policies beside exact optima, and beside the best that is known in every scenario of the library. Writes
bench/results/leaderboard.json and docs/leaderboard.md; runs are kept in out/leaderboard, so that it may be stopped at any time and
started again.`,
  options: {
    seeds: counts(20, "runs of each policy in each scenario"),
    threads: counts(2, "worker threads; results do not depend on it"),
    only: {
      ...several("problems to measure anew, the others stay as they were; all by default"),
      choices: [...EXACT, ...library()],
    },
  },
} as const;

inlineMore();
await runBench(USAGE, async ({ values: { seeds, threads, only = null } }) => {
  const command = `npm run leaderboard -- ${process.argv.slice(2).join(" ")}`.replace(/ -- $/, "");
  await makeLeaderboard({ seeds, threads, only, command, root: ".", say: (line) => console.log(line) });
});
