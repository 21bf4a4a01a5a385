import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importable, whyAbsent } from "./python.js";
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
  const found = [compiled(folder), importedPeer("SimPy", "simpy"), importedPeer("Ciw", "ciw")];
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

function importedPeer(name: string, module: string): Peer | Absent {
  const python = importable(module);
  if (python === null) return { name, absent: whyAbsent(module) };
  return peer(`${name} ${python.version}`, python.command, [`${FOLDER}/${module}_queues.py`]);
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
