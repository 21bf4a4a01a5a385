import type { CommandModule } from "yargs";

interface Arguments {
  run: string;
  page: string | boolean | undefined;
  perfetto: string | undefined;
  workflow: string | undefined;
  decision: number | undefined;
  slowest: number;
  json: boolean | undefined;
  quiet: boolean | undefined;
}

export const inspectCommand: CommandModule<object, Arguments> = {
  command: "inspect <run>",
  describe: "see a run: timeline, pools, queues, and why each decision came out as it did",
  builder: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: "folder of telemetry (simulate --out), or a trace with recorded times",
      })
      .option("page", {
        type: "string",
        describe: "write the page here; beside the run by default, --no-page for none",
      })
      .option("workflow", { type: "string", alias: "w", describe: "tell one workflow: 17, or 'order 17'" })
      .option("decision", { type: "number", alias: "d", describe: "explain one decision, by its number" })
      .option("perfetto", { type: "string", describe: "also write it for ui.perfetto.dev (.json)" })
      .option("slowest", { type: "number", default: 10, describe: "workflows that are named" })
      .example("$0 simulate scenarios/outage-drill.yaml -o out/run --features", "record a run first")
      .example("$0 inspect out/run", "a summary, and a page to look around in")
      .example("$0 inspect out/run --workflow 17", "what befell one workflow, decision by decision")
      .example("$0 inspect out/run --decision 412", "why here? candidates, scores and features")
      .epilogue("What the page can do: docs/inspect.md.")
      .strict() as never,
  handler: async ({ run, page, perfetto, workflow, decision, slowest, json, quiet }) => {
    const { inspect } = await import("../actions/inspect.js");
    await inspect({
      run,
      page: page === false || page === "false" ? false : (page as string | undefined),
      perfetto,
      workflow,
      decision,
      slowest,
      json: json === true,
      quiet: quiet === true,
    });
  },
};
