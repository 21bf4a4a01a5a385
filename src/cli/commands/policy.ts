import type { CommandModule } from "yargs";
import { DECISION_KINDS, type DecisionKind } from "../../model/scenario.js";

interface Arguments {
  json: boolean | undefined;
  quiet: boolean | undefined;
}

interface ExportArguments extends Arguments {
  run: string;
  version: string;
  name: string | undefined;
  out: string;
  bench: string | undefined;
  owner: string;
  commit: string | undefined;
  learned: boolean;
}

interface RunArguments extends Arguments {
  package: string;
  scenario: string;
  seed: number;
}

const exportCommand: CommandModule<object, ExportArguments> = {
  command: "export <run>",
  describe: "make a versioned package of a training run's best policy",
  builder: (yargs) =>
    yargs
      .version(false)
      .positional("run", { type: "string", demandOption: true, describe: "folder that `train` wrote" })
      .option("version", {
        type: "string",
        demandOption: true,
        describe: "of the package: semantic, e.g. 1.0.0",
      })
      .option("name", { type: "string", describe: "of the package; the scenario's by default" })
      .option("out", { type: "string", alias: "o", default: "policies", describe: "packages live here" })
      .option("bench", { type: "string", describe: "results of `bench --out` to state in the package" })
      .option("owner", { type: "string", default: "unstated", describe: "who answers for it" })
      .option("commit", { type: "string", describe: "of the code that trained it" })
      .option("learned", {
        type: "boolean",
        default: false,
        describe: "package what was learned although the run found a heuristic to be better",
      })
      .example("$0 policy export out/train/payment-routing --version 1.0.0", "policies/payment-routing/1.0.0")
      .strict() as never,
  handler: async (argv) => {
    const { exportPolicy } = await import("../actions/policy.js");
    await exportPolicy({ ...argv, json: argv.json === true });
  },
};

const showCommand: CommandModule<object, Arguments & { package: string }> = {
  command: "show <package>",
  describe: "verify a package and say what is in it",
  builder: (yargs) =>
    yargs
      .positional("package", { type: "string", demandOption: true, describe: "folder of a policy package" })
      .example("$0 policy show policies/payment-routing/1.0.0", "digests are checked first")
      .strict() as never,
  handler: async (argv) => {
    const { showPolicy } = await import("../actions/policy.js");
    await showPolicy(argv.package, argv.json === true);
  },
};

const runCommand: CommandModule<object, RunArguments> = {
  command: "run <package> <scenario>",
  describe: "run a scenario under a packaged policy",
  builder: (yargs) =>
    yargs
      .positional("package", { type: "string", demandOption: true, describe: "folder of a policy package" })
      .positional("scenario", { type: "string", demandOption: true, describe: "scenario file (YAML)" })
      .option("seed", { type: "number", alias: "s", default: 1, describe: "determines every draw" })
      .example("$0 policy run policies/payment-routing/1.0.0 scenarios/payment-routing.yaml", "one run")
      .strict() as never,
  handler: async (argv) => {
    const { runPolicy } = await import("../actions/policy.js");
    await runPolicy(argv.package, argv.scenario, argv.seed, argv.json === true, argv.quiet === true);
  },
};

const listCommand: CommandModule<object, Arguments & { kind: DecisionKind | undefined }> = {
  command: "list",
  describe: "the heuristics that ship, with their knobs",
  builder: (yargs) =>
    yargs
      .option("kind", { choices: DECISION_KINDS, alias: "k", describe: "only those that make this decision" })
      .example("$0 policy list --kind dispatch", "what a free server may take up")
      .strict() as never,
  handler: async ({ kind, json }) => {
    const { listPolicies } = await import("../actions/policy-list.js");
    listPolicies(kind, json === true);
  },
};

export const policyCommand: CommandModule = {
  command: "policy <command>",
  describe: "heuristics: list; policy packages: export, show, run",
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(exportCommand)
      .command(showCommand)
      .command(runCommand)
      .demandCommand(1, "Say what to do with policies: list, export, show or run.")
      .strict(),
  handler: () => {},
};
