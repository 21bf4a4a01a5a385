import { checkCalls } from "./parse/calls.js";
import { FLOW_TIME, objective, type ScopeNames, scopeNames } from "./parse/objective.js";
import { readPools } from "./parse/pools.js";
import { NOT_NEGATIVE, POSITIVE, quantity } from "./parse/quantity.js";
import { readQueues } from "./parse/queues.js";
import { given, type Reader, readYaml } from "./parse/reader.js";
import { traceOf } from "./parse/trace.js";
import { transfersOf, weatherOf } from "./parse/weather.js";
import { workflow } from "./parse/workflow.js";
import { WorkflowNames } from "./parse/workflow-names.js";
import { DECISION_KINDS, type DecisionKind, type Scenario } from "./scenario.js";

export const SCENARIO_KEYS = [
  "scenario",
  "description",
  "horizon",
  "warmup",
  "sizes",
  "decide",
  "objective",
  "pools",
  "queues",
  "workflows",
  "trace",
  "transfers",
  "weather",
] as const;
export const SIZES = ["expected", "known"] as const;

export interface ParseOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Folder against which the trace's path is resolved; it must stay inside. The current one by default. */
  readonly folder?: string;
}

/**
 * A scenario from the text of its file: see `docs/scenario-format.md`. Everything that is wrong is told at once, each with
 * file, line, column and path, and how to mend it.
 * @throws {InputErrors} BAD_YAML or BAD_SCENARIO
 */
export function parseScenario(text: string, { file, folder = "." }: ParseOptions): Scenario {
  const root = readYaml(text, file);
  const fields = root.fields("a scenario", SCENARIO_KEYS);
  const need = (key: string, mend: string) => root.needed("a scenario", fields, key, mend);
  const name = need("scenario", "name it, e.g. scenario: checkout");
  const horizon = need("horizon", "say how long to simulate, e.g. horizon: 30 min");
  const warmup = fields.get("warmup");
  fields.get("description")?.text("");
  const read = readPools(need("pools", "give at least one pool"));
  const queues = readQueues(fields.get("queues"), read);
  const { pools, names } = read;
  const workflowsAt = fields.get("workflows");
  const entries = workflowsAt?.entries("workflows") ?? [];
  const around = { pools, names, workflows: new WorkflowNames(entries) };
  const workflows = entries.map(({ key, value }) => workflow(key, value, around));
  if (workflowsAt !== undefined) checkCalls(workflows, workflowsAt);
  const traceAt = fields.get("trace");
  const trace = traceAt === undefined ? undefined : traceOf(traceAt, names, folder);
  if (root.isMap && trace === undefined && !workflows.some(({ arrivals }) => arrivals !== undefined)) {
    (workflowsAt ?? root).complain(
      "nothing ever arrives",
      "give a workflow `arrivals`, or the scenario a `trace`",
    );
  }
  if (workflows.some((w) => w.name === "trace") && trace !== undefined) {
    workflowsAt!.complain('no workflow may be called "trace" beside a trace', "rename it");
  }
  const seconds = horizon === undefined ? 1 : quantity(horizon, "seconds", POSITIVE, 1);
  const warm = warmup === undefined ? 0 : quantity(warmup, "seconds", NOT_NEGATIVE, 0);
  if (horizon !== undefined && warm >= seconds) {
    warmup?.complain(
      `the warm-up of ${warm} s leaves nothing of the horizon of ${seconds} s`,
      "make it shorter",
    );
  }
  const scenario: Scenario = {
    name: name === undefined ? "unnamed" : nameOf(name),
    horizon: seconds,
    warmup: warm,
    pools,
    ...(queues.length === 0 ? {} : { queues }),
    workflows,
    objective: objectiveOf(fields.get("objective"), scopeNames({ workflows, pools, trace })),
    decide: decideOf(fields.get("decide")),
    sizes: fields.get("sizes")?.choice(SIZES, "expected") ?? "expected",
    ...(trace === undefined ? {} : { trace }),
    ...given("transfers", fields.get("transfers"), transfersOf),
    ...given("weather", fields.get("weather"), (at) => weatherOf(at, pools, names)),
  };
  root.complaints.settle();
  return scenario;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;

/** Names of scenarios become folders, so they are plain. */
function nameOf(reader: Reader): string {
  const text = reader.text("unnamed");
  if (!NAME.test(text))
    reader.complain(`${reader.shown} is no name`, "use letters, digits, dots, dashes and underscores");
  return text;
}

function objectiveOf(reader: Reader | undefined, names: ScopeNames) {
  if (reader === undefined) return FLOW_TIME;
  const minimize = reader.fields("objective", ["minimize"]).get("minimize");
  if (minimize !== undefined) return objective(minimize, names);
  if (reader.isMap) reader.complain("the objective says not what to minimize", "e.g. minimize: flowTime");
  return FLOW_TIME;
}

function decideOf(reader: Reader | undefined): DecisionKind[] {
  if (reader === undefined) return ["route"];
  return [...new Set(reader.items().map((item) => item.choice(DECISION_KINDS, "route")))];
}
