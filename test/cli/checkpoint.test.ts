import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import { begin, isBuilt, command as whole } from "./command.js";

/** Starts a long run and ends it by a signal as soon as it has written a checkpoint. @returns its exit code, null where it was killed */
async function interrupted(args: readonly string[], checkpoint: string, signal: NodeJS.Signals) {
  const { child, ended } = begin(...args);
  while (child.exitCode === null && !existsSync(checkpoint)) await sleep(20);
  child.kill(signal);
  return (await ended).code;
}

describe.skipIf(!isBuilt("runs that are killed and resumed"))("a run with a checkpoint", () => {
  const path = temporaryFolder("checkpoint", {
    "long.yaml": [
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
  });

  test.each<[NodeJS.Signals, number | null]>([
    ["SIGKILL", null],
    ["SIGINT", 130],
  ])("that was ended by %s goes on to the same bits, telemetry and all", async (signal, code) => {
    const base = ["simulate", path("long.yaml"), "-p", "random", "--json", "--quiet", "--every", "50"];
    const plain = await whole(...base, "--out", path("plain"));
    expect(plain.code).toBe(0);
    const checkpoint = path(`${signal}.ckpt`);
    const kept = [...base, "--out", path(signal), "--checkpoint", checkpoint, "--checkpoint-every", "0"];
    expect(await interrupted(kept, checkpoint, signal)).toBe(code);
    expect(existsSync(path(`${signal}/outcome.json`))).toBe(false);
    const resumed = await whole(...kept, "--resume");
    expect(resumed.err).toBe("");
    expect(resumed.out).toBe(plain.out);
    expect(await readFile(path(`${signal}/attempts.arrow`))).toEqual(
      await readFile(path("plain/attempts.arrow")),
    );
  });

  test("is refused where the checkpoint is damaged, or of another run", async () => {
    await writeFile(path("damaged.ckpt"), "no checkpoint");
    const args = ["simulate", path("long.yaml"), "--json", "--resume", "--checkpoint"];
    const damaged = await whole(...args, path("damaged.ckpt"));
    expect([damaged.code, JSON.parse(damaged.out).error.code]).toEqual([2, "BAD_CHECKPOINT"]);
    const other = await whole(...args, path("SIGINT.ckpt"), "-p", "jsq");
    expect(other.code).toBe(2);
  });
});
