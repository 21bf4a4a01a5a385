import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A long run, killed for real while it lasts. */
const BIN = "dist/cli/bin.js";
const built = existsSync(BIN);
if (!built)
  console.log("skipped: runs that are killed and resumed. The command line is not built: npm run build");

const whole = (args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { maxBuffer: 1e8 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

/** Starts a run and ends it by a signal as soon as it has written a checkpoint. @returns its exit code, null where it was killed */
async function interrupted(args: readonly string[], checkpoint: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
  while (child.exitCode === null && !existsSync(checkpoint)) await sleep(20);
  child.kill(signal);
  return ended;
}

describe.skipIf(!built)("a run with a checkpoint", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-checkpoint-"));
    await writeFile(
      path("long.yaml"),
      [
        "scenario: long",
        "horizon: 120000 s",
        "pools: { a: { servers: 2, discipline: srpt }, b: { servers: 2, attemptFailure: 10% } }",
        "workflows:",
        "  job:",
        "    arrivals: { mmpp: { rates: [0.5 / s, 3 / s], leave: [0.1 / s, 0.1 / s] } }",
        "    tasks:",
        "      one: { work: exponential(1 s), pools: [a, b], retry: { attempts: 3, backoff: exponential(1 s) } }",
        "      two: { after: one, work: 500 ms }",
      ].join("\n"),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each<[NodeJS.Signals, number | null]>([
    ["SIGKILL", null],
    ["SIGINT", 130],
  ])("that was ended by %s goes on to the same bits, telemetry and all", async (signal, code) => {
    const base = ["simulate", path("long.yaml"), "-p", "random", "--json", "--quiet", "--every", "50"];
    const plain = await whole([...base, "--out", path("plain")]);
    expect(plain.code).toBe(0);
    const checkpoint = path(`${signal}.ckpt`);
    const kept = [...base, "--out", path(signal), "--checkpoint", checkpoint, "--checkpoint-every", "0"];
    expect(await interrupted(kept, checkpoint, signal)).toBe(code);
    expect(existsSync(path(`${signal}/outcome.json`))).toBe(false);
    const resumed = await whole([...kept, "--resume"]);
    expect(resumed.err).toBe("");
    expect(resumed.out).toBe(plain.out);
    expect(await readFile(path(`${signal}/attempts.arrow`))).toEqual(
      await readFile(path("plain/attempts.arrow")),
    );
  });

  test("is refused where the checkpoint is damaged, or of another run", async () => {
    await writeFile(path("damaged.ckpt"), "no checkpoint");
    const args = ["simulate", path("long.yaml"), "--json", "--resume", "--checkpoint"];
    const damaged = await whole([...args, path("damaged.ckpt")]);
    expect([damaged.code, JSON.parse(damaged.out).error.code]).toEqual([2, "BAD_CHECKPOINT"]);
    const other = await whole([...args, path("SIGINT.ckpt"), "-p", "jsq"]);
    expect(other.code).toBe(2);
  });
});
