import pc from "picocolors";
import { SwitchyardError } from "../../kit/errors.js";
import { chooseBackend, loadTensorFlow, type TensorFlowEngine } from "../../learn/backend/index.js";
import { simdPresent } from "../../policy/runtime/network/index.js";
import { thisMachine } from "../machine.js";
import { version } from "../version.js";

interface Finding {
  readonly name: string;
  readonly value: string;
  /** Absent parts that are optional are no fault. */
  readonly state: "good" | "absent" | "bad";
  readonly mend?: string;
}

const OLDEST_NODE = 20;

/** Says what is here. Exit code 1 where something that is needed is missing. */
export async function doctor(json: boolean): Promise<void> {
  const machine = thisMachine();
  const node = Number(process.versions.node.split(".")[0]);
  const simd = simdPresent();
  const auto = await chooseBackend("auto");
  const findings: Finding[] = [
    { name: "switchyard", value: version(), state: "good" },
    node >= OLDEST_NODE
      ? { name: "node", value: process.version, state: "good" }
      : {
          name: "node",
          value: process.version,
          state: "bad",
          mend: `install Node.js ${OLDEST_NODE} or newer`,
        },
    {
      name: "machine",
      value: `${machine.cpu ?? "unknown processor"}, ${machine.cores} cores, ${Math.round((machine.memory ?? 0) / 2 ** 30)} GiB, ${machine.platform} ${machine.architecture}`,
      state: "good",
    },
    simd
      ? { name: "WebAssembly SIMD", value: "present", state: "good" }
      : {
          name: "WebAssembly SIMD",
          value: "absent",
          state: "absent",
          mend: "a plain JavaScript twin takes over; it is slower",
        },
    { name: "gradient backend", value: `${auto.name} (chosen by auto)`, state: "good" },
  ];
  for (const engine of ["node", "wasm", "cpu"] as const) findings.push(await tensorflow(engine));
  findings.push(await duckDb());
  if (json) process.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  else {
    const width = Math.max(...findings.map(({ name }) => name.length));
    for (const { name, value, state, mend } of findings) {
      const mark = state === "good" ? pc.green("ok") : state === "bad" ? pc.red("!!") : pc.yellow("--");
      process.stdout.write(
        `${mark}  ${name.padEnd(width)}  ${value}${mend === undefined ? "" : pc.dim(`  (${mend})`)}\n`,
      );
    }
  }
  if (findings.some(({ state }) => state === "bad")) process.exitCode = 1;
}

async function duckDb(): Promise<Finding> {
  const name = "DuckDB (query)";
  try {
    const duckdb = await import("@duckdb/node-api");
    return { name, value: duckdb.version(), state: "good" };
  } catch {
    return { name, value: "absent, optional", state: "absent", mend: "npm install @duckdb/node-api" };
  }
}

async function tensorflow(engine: TensorFlowEngine): Promise<Finding> {
  const name = `tensorflow-${engine}`;
  try {
    await loadTensorFlow(engine);
    return { name, value: "present", state: "good" };
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error;
    return {
      name,
      value: "absent, optional",
      state: "absent",
      ...(error.mend === undefined ? {} : { mend: error.mend }),
    };
  }
}
