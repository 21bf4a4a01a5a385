import type { CommandModule } from "yargs";

export const schemaCommand: CommandModule = {
  command: "schema",
  describe: "print the JSON Schema of scenario files, for editors",
  builder: (yargs) =>
    yargs
      .example(
        "$0 schema > schema.json",
        "then `# yaml-language-server: $schema=./schema.json` in a scenario",
      )
      .strict(),
  handler: async () => {
    const { scenarioJsonSchema } = await import("../../model/index.js");
    process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  },
};
