import yargs, { type MiddlewareFunction } from "yargs";
import { benchCommand } from "./commands/bench.js";
import { demoCommand } from "./commands/demo.js";
import { doctorCommand } from "./commands/doctor.js";
import { policyCommand } from "./commands/policy.js";
import { queryCommand } from "./commands/query.js";
import { schemaCommand } from "./commands/schema.js";
import { simulateCommand } from "./commands/simulate.js";
import { sweepCommand } from "./commands/sweep.js";
import { traceCommand } from "./commands/trace.js";
import { trainCommand } from "./commands/train.js";
import { validateCommand } from "./commands/validate.js";
import { verifyCommand } from "./commands/verify.js";
import { fail, usageError } from "./exit.js";
import { version } from "./version.js";

/** The command line. Commands load what they need when they run, so that `--help` answers at once. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes("--json");
  try {
    await yargs(argv)
      .scriptName("switchyard")
      .usage("$0 <command>\n\nFinds, proves and ships routing policies for workflow orchestration.")
      .command(validateCommand)
      .command(simulateCommand)
      .command(trainCommand)
      .command(sweepCommand)
      .command(benchCommand)
      .command(traceCommand)
      .command(queryCommand)
      .command(policyCommand)
      .command(verifyCommand)
      .command(schemaCommand)
      .command(doctorCommand)
      .command(demoCommand)
      .example("$0 simulate scenarios/mm1.yaml", "run a scenario once, under its default policy")
      .example("$0 train scenarios/payment-routing.yaml", "learn a policy for it")
      .example("$0 bench scenarios/payment-routing.yaml", "compare every heuristic on 30 seeds")
      .epilogue(
        "Exit codes: 0 done, 1 failed, 2 wrong input or usage, 130 interrupted.\nDocs: README.md and docs/",
      )
      .option("json", { type: "boolean", describe: "print the result as JSON, and nothing else, to stdout" })
      .option("quiet", { type: "boolean", alias: "q", describe: "no progress and no remarks" })
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
