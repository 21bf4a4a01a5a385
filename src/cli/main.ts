import yargs, { type MiddlewareFunction } from "yargs";
import { COMMANDS, GLOBAL_OPTIONS } from "./commands/index.js";
import { EXIT_CODES, fail, usageError } from "./exit.js";
import { version } from "./version.js";

/** The command line. Commands load what they need when they run, so that `--help` answers at once. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes("--json");
  try {
    await yargs(argv)
      .scriptName("switchyard")
      .usage("$0 <command>\n\nFinds, proves and ships routing policies for workflow orchestration.")
      .command([...COMMANDS])
      .example("$0 simulate scenarios/mm1.yaml", "run a scenario once, under its default policy")
      .example("$0 train scenarios/payment-routing.yaml", "learn a policy for it")
      .example("$0 bench scenarios/payment-routing.yaml", "compare every heuristic on 30 seeds")
      .epilogue(
        `Exit codes: ${EXIT_CODES.map(([code, meaning]) => `${code} ${meaning}`).join(", ")}.\nDocs: README.md and docs/`,
      )
      .options(GLOBAL_OPTIONS)
      .demandCommand(1, "Say which command to run.")
      .recommendCommands()
      .middleware(refuseTwice as unknown as MiddlewareFunction, true)
      .strict()
      .version(version())
      .alias("h", "help")
      .alias("v", "version")
      .wrap(Math.min(110, process.stdout.columns ?? 110))
      .exitProcess(false)
      // Thrown, because a failure that is only noted would let the command run.
      .fail((message, error) => {
        throw error ?? usageError(message);
      })
      .parseAsync();
  } catch (error) {
    fail(error, json);
  }
}

/** An option of one value that is given several: neither can be meant. */
function refuseTwice(argv: Readonly<Record<string, unknown>>, parser: object): void {
  const { array } = (parser as { getOptions(): { readonly array: readonly string[] } }).getOptions();
  for (const [name, value] of Object.entries(argv)) {
    // Names are told as they are written: not camel-cased, not by their one letter.
    if (!Array.isArray(value) || array.includes(name) || !/^[a-z][a-z-]+$/.test(name)) continue;
    throw usageError(`--${name} is given ${value.length} times: ${value.join(", ")}`);
  }
}
