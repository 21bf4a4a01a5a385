import type { CommandModule } from "yargs";

const KINDS = ["scenario", "experiment", "gate"] as const;

export const schemaCommand: CommandModule<object, { of: (typeof KINDS)[number] }> = {
  command: "schema [of]",
  describe: "print the JSON Schema of scenario, experiment or gate files, for editors",
  builder: (yargs) =>
    yargs
      .positional("of", { choices: KINDS, default: "scenario", describe: "which files" })
      .example(
        "$0 schema > schema.json",
        "then `# yaml-language-server: $schema=./schema.json` in a scenario",
      )
      .example("$0 schema experiment > experiment.schema.json", "of experiment files")
      .strict() as never,
  handler: async ({ of }) => {
    process.stdout.write(`${JSON.stringify(await schemaOf(of), null, 2)}\n`);
  },
};

async function schemaOf(kind: (typeof KINDS)[number]): Promise<object> {
  if (kind === "scenario") return (await import("../../model/index.js")).scenarioJsonSchema();
  const { experimentJsonSchema, gateJsonSchema } = await import("../../experiment/file/schema.js");
  return kind === "experiment" ? experimentJsonSchema() : gateJsonSchema();
}
