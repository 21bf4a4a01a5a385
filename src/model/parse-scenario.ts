import { isAbsolute, join as joinPath, normalize, sep } from "node:path";
import { FLOW_TIME, objective } from "./parse/objective.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./parse/quantity.js";
import { type Reader, readYaml } from "./parse/reader.js";
import { ONE_ATTEMPT, poolsOf, retryOf, workflow } from "./parse/workflow.js";
import {
  DECISION_KINDS,
  type DecisionKind,
  DISCIPLINE_NAMES,
  type Pool,
  type Scenario,
  type TraceReplay,
  UNLIMITED,
} from "./scenario.js";

export const SCENARIO_KEYS = [
  "scenario",
  "description",
  "horizon",
  "warmup",
  "sizes",
  "decide",
  "objective",
  "pools",
  "workflows",
  "trace",
] as const;
export const POOL_KEYS = ["servers", "capacity", "speed", "price", "attemptFailure", "discipline"] as const;
export const TRACE_KEYS = [
  "path",
  "timeScale",
  "workScale",
  "repeat",
  "pools",
  "attemptFailure",
  "retry",
  "deadline",
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
  const need = (key: string, mend: string): Reader | undefined => {
    const found = fields.get(key);
    if (found === undefined && root.isMap) root.complain(`a scenario needs \`${key}\``, mend);
    return found;
  };
  const name = need("scenario", "name it, e.g. scenario: checkout");
  const horizon = need("horizon", "say how long to simulate, e.g. horizon: 30 min");
  const warmup = fields.get("warmup");
  fields.get("description")?.text("");
  const poolsAt = need("pools", "give at least one pool");
  const pools = poolsAt === undefined ? [] : poolsOfScenario(poolsAt);
  const poolNames = pools.map((pool) => pool.name);
  const workflowsAt = fields.get("workflows");
  const workflows =
    workflowsAt === undefined
      ? []
      : workflowsAt.entries("workflows").map(({ key, value }) => workflow(key, value, poolNames));
  const traceAt = fields.get("trace");
  const trace = traceAt === undefined ? undefined : traceOf(traceAt, poolNames, folder);
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
    workflows,
    objective: objectiveOf(fields.get("objective")),
    decide: decideOf(fields.get("decide")),
    sizes: fields.get("sizes")?.choice(SIZES, "expected") ?? "expected",
    ...(trace === undefined ? {} : { trace }),
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

function poolsOfScenario(reader: Reader): Pool[] {
  const entries = reader.entries("pools");
  if (reader.isMap && entries.length === 0) reader.complain("there are no pools", "give at least one");
  return entries.map(({ key, value }) => {
    // `fast:` with nothing behind it is a pool of defaults.
    const fields =
      value.node === null || value.scalar === null
        ? new Map<string, Reader>()
        : value.fields("a pool", POOL_KEYS);
    const servers = fields.get("servers");
    const capacity = fields.get("capacity");
    const speed = fields.get("speed");
    const price = fields.get("price");
    const failure = fields.get("attemptFailure");
    return {
      name: key,
      servers:
        servers === undefined
          ? 1
          : servers.scalar === "unlimited"
            ? UNLIMITED
            : servers.integer(1, 1_000_000, 1),
      capacity: capacity === undefined ? Number.POSITIVE_INFINITY : capacity.integer(1, 1_000_000_000, 1),
      speed: speed === undefined ? 1 : quantity(speed, "number", POSITIVE, 1),
      price: price === undefined ? 0 : quantity(price, "per second", NOT_NEGATIVE, 0),
      attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
      discipline: fields.get("discipline")?.choice(DISCIPLINE_NAMES, "fifo") ?? "fifo",
    };
  });
}

function objectiveOf(reader: Reader | undefined) {
  if (reader === undefined) return FLOW_TIME;
  const minimize = reader.fields("objective", ["minimize"]).get("minimize");
  if (minimize !== undefined) return objective(minimize);
  if (reader.isMap) reader.complain("the objective says not what to minimize", "e.g. minimize: flowTime");
  return FLOW_TIME;
}

function decideOf(reader: Reader | undefined): DecisionKind[] {
  if (reader === undefined) return ["route"];
  return [...new Set(reader.items().map((item) => item.choice(DECISION_KINDS, "route")))];
}

function traceOf(reader: Reader, pools: readonly string[], folder: string): TraceReplay {
  const short = !reader.isMap;
  const fields = short ? new Map<string, Reader>() : reader.fields("trace", TRACE_KEYS);
  const path = short ? reader : fields.get("path");
  if (path === undefined) reader.complain("the trace has no path", "e.g. path: traces/small.arrow");
  const [timeScale, workScale, repeat] = [
    fields.get("timeScale"),
    fields.get("workScale"),
    fields.get("repeat"),
  ];
  const [failure, retry, deadline] = [
    fields.get("attemptFailure"),
    fields.get("retry"),
    fields.get("deadline"),
  ];
  return {
    path: path === undefined ? "" : inside(path, folder),
    timeScale: timeScale === undefined ? 1 : quantity(timeScale, "number", POSITIVE, 1),
    workScale: workScale === undefined ? 1 : quantity(workScale, "number", POSITIVE, 1),
    repeat: repeat === undefined ? 1 : repeat.integer(1, 1_000_000, 1),
    pools: poolsOf(fields.get("pools"), pools),
    attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
    retry: retry === undefined ? ONE_ATTEMPT : retryOf(retry),
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : quantity(deadline, "seconds", POSITIVE, 1),
  };
}

/** A path in a scenario names a file in its folder or below: a file from elsewhere must not reach further. */
function inside(reader: Reader, folder: string): string {
  const text = reader.text("");
  const plain = normalize(text);
  if (isAbsolute(plain) || plain === ".." || plain.startsWith(`..${sep}`) || text.includes("\0")) {
    reader.complain(
      `the path ${reader.shown} leaves the scenario's folder`,
      "put the trace beside the scenario or below",
    );
  }
  return joinPath(folder, plain);
}
