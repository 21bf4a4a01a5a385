import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueueModel } from "./queue-model.js";

/** Another simulator of the same models, in a process of its own, which times itself. */
export interface Peer {
  readonly name: string;
  run(model: QueueModel, horizon: number, seed: number): PeerRun;
}

export interface PeerRun {
  readonly events: number;
  readonly cpuSeconds: number;
  readonly completed: number;
  /** Mean seconds from arrival to departure from the last station. */
  readonly sojourn: number;
}

/** Why a peer cannot be asked, and what to do about it. */
export interface Absent {
  readonly name: string;
  readonly absent: string;
}

/** The peers' programs: bench/peers, from the project's root. */
const FOLDER = "bench/peers";

/** The peers that this machine has, and those that it has not. Call `remove` when done. */
export function findPeers(): {
  readonly peers: readonly Peer[];
  readonly absent: readonly Absent[];
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-peers-"));
  const python = process.env["PYTHON"] ?? "python3";
  const found = [compiled(folder), importable("SimPy", "simpy", python), importable("Ciw", "ciw", python)];
  return {
    peers: found.filter((peer) => "run" in peer),
    absent: found.filter((peer) => "absent" in peer),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The hand-written loop in C: the least that any simulator of these models does. */
function compiled(folder: string): Peer | Absent {
  const name = "C";
  const program = join(folder, "queues");
  try {
    execFileSync("gcc", ["-O2", "-o", program, `${FOLDER}/queues.c`, "-lm"], { stdio: "pipe" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { name, absent: "there is no gcc here" };
  }
  return peer(name, program, []);
}

function importable(name: string, module: string, python: string): Peer | Absent {
  let version: string;
  try {
    const script = `from importlib.metadata import version; import ${module}; print(version("${module}"))`;
    version = execFileSync(python, ["-c", script], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return {
      name,
      absent: `${python} does not import ${module}: pip install ${module}, and set PYTHON to that python`,
    };
  }
  return peer(`${name} ${version}`, python, [`${FOLDER}/${module}_queues.py`]);
}

function peer(name: string, program: string, before: readonly string[]): Peer {
  return {
    name,
    run: ({ stations, servers, rate }, horizon, seed) => {
      const args = [...before, ...[stations, servers, rate, 1, horizon, seed].map(String)];
      return JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as PeerRun;
    },
  };
}
