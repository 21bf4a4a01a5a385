import type { CommandModule } from "yargs";

interface Arguments {
  files: string[];
  json: boolean | undefined;
}

export const validateCommand: CommandModule<object, Arguments> = {
  command: "validate <files..>",
  describe: "check scenario, experiment and gate files: every complaint with its place and its mend",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "scenario, experiment or gate files (YAML)",
      })
      .example("$0 validate scenarios/*.yaml", "check them all; exit code 2 if any is wrong")
      .strict() as never,
  handler: async ({ files, json }) => {
    const { validate } = await import("../actions/validate.js");
    await validate(files, json === true);
  },
};
