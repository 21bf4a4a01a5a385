import { inlineMore } from "../../src/cli/inline-more.js";
import { InputError } from "../../src/kit/errors.js";
import { EXACT, library, makeLeaderboard } from "./make.js";
import { type LeaderboardOptions, leaderboardOptions } from "./options.js";

/**
 * Policies beside exact optima, and beside the best that is known: bench/results/leaderboard.json and docs/leaderboard.md. Run in
 * the project's root; runs are kept in out/leaderboard, so that it can be stopped and started again.
 *
 *     npm run leaderboard -- --help
 */
inlineMore();
const command = `npm run leaderboard -- ${process.argv.slice(2).join(" ")}`.replace(/ -- $/, "");
await makeLeaderboard({ ...asked(), command, root: ".", say: (line) => console.log(line) });

/** What the arguments ask for; ends here where that is the help, or nonsense. */
function asked(): LeaderboardOptions {
  try {
    const options = leaderboardOptions(process.argv.slice(2), [...EXACT, ...library()]);
    if (typeof options !== "string") return options;
    process.stdout.write(options);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
