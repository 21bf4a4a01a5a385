import type { CommandModule } from "yargs";

export const doctorCommand: CommandModule<object, { json: boolean | undefined }> = {
  command: "doctor",
  describe: "what this machine has: versions, cores, SIMD, gradient backends, optional parts",
  builder: (yargs) =>
    yargs
      .example("$0 doctor", "say what is here and what is missing")
      .example("$0 doctor --json", "the same for a script")
      .strict() as never,
  handler: async ({ json }) => {
    const { doctor } = await import("../actions/doctor.js");
    await doctor(json === true);
  },
};
