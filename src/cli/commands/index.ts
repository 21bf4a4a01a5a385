import type { CommandModule, Options } from "yargs";
import { benchCommand } from "./bench.js";
import { demoCommand } from "./demo.js";
import { doctorCommand } from "./doctor.js";
import { inspectCommand } from "./inspect.js";
import { policyCommand } from "./policy.js";
import { queryCommand } from "./query.js";
import { reportCommand } from "./report.js";
import { schemaCommand } from "./schema.js";
import { simulateCommand } from "./simulate.js";
import { sweepCommand } from "./sweep.js";
import { traceCommand } from "./trace.js";
import { trainCommand } from "./train.js";
import { validateCommand } from "./validate.js";
import { verifyCommand } from "./verify.js";

/** All commands, in the order in which `--help` and docs/cli.md tell them. They load nothing before they run. */
export const COMMANDS = [
  validateCommand,
  simulateCommand,
  trainCommand,
  sweepCommand,
  benchCommand,
  reportCommand,
  inspectCommand,
  traceCommand,
  queryCommand,
  policyCommand,
  verifyCommand,
  schemaCommand,
  doctorCommand,
  demoCommand,
] as readonly CommandModule[];

export const GLOBAL_OPTIONS = {
  json: { type: "boolean", describe: "print the result as JSON, and nothing else, to stdout" },
  quiet: { type: "boolean", alias: "q", describe: "no progress and no remarks" },
} as const satisfies Record<string, Options>;
