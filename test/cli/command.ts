import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

const BIN = "dist/cli/bin.js";

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Whether the command line is built; where it is not, says what is therefore skipped. */
export function isBuilt(tested: string): boolean {
  const built = existsSync(BIN);
  if (!built) console.log(`skipped: ${tested}. It is not built: npm run build`);
  return built;
}

/** Starts the command line as a user meets it: the built program, in a process of its own. */
export function begin(...args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: "1" } });
  const ended = new Promise<Ended>((resolve, reject) => {
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

export const command = (...args: readonly string[]): Promise<Ended> => begin(...args).ended;
