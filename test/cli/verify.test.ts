import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BIN = "dist/cli/bin.js";
const built = existsSync(BIN);
if (!built) console.log("skipped: verify on the command line. It is not built: npm run build");

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const verify = (...args: readonly string[]): Promise<Result> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, "verify", ...args],
      { env: { ...process.env, NO_COLOR: "1" } },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, out, err });
      },
    );
  });

/** M/M/1 at load 0.5 as a network: one job in it on average. */
const network = (id: string, published: Readonly<Record<string, number>>) => ({
  id,
  server_pool_size: [1],
  arrival_rate: [0.5],
  service_rate: [[1]],
  holding_cost: [1],
  next_queue: [null],
  horizon_events: 4000,
  published,
});

describe.skipIf(!built)("verify --qgym", { timeout: 120_000 }, () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-verify-"));
    file = join(folder, "networks.json");
    const instances = [
      network("right", { cmu: 1, maxweight: 1, ppo: 7 }),
      network("wrong", { cmu: 3 }),
      { ...network("overloaded", { cmu: 5 }), arrival_rate: [1.5] },
    ];
    await writeFile(file, JSON.stringify({ instances }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("prints a line for each rule that it knows, and ends with 0 where none is missed", async () => {
    const { code, out, err } = await verify(
      "--qgym",
      file,
      "--only",
      "right",
      "--replications",
      "20",
      "-t",
      "1",
    );
    expect(err).toBe("");
    expect(code).toBe(0);
    const [head, ...lines] = out.trimEnd().split("\n");
    expect(head).toMatch(/^network +rule +published +ours +error/);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^right +cmu +1 .* met$/);
    expect(lines[1]).toMatch(/^right +maxweight +1 .* met$/);
  });

  test("ends with 1 where a cost is missed, and says why a network is not run; as JSON too", async () => {
    const names = ["--only", "wrong", "--only", "overloaded"];
    const { code, out } = await verify("--qgym", file, ...names, "--replications", "5", "-t", "1", "--json");
    expect(code).toBe(1);
    const { replications, verdicts } = JSON.parse(out);
    expect(replications).toBe(5);
    expect(verdicts.map((v: { verdict: string }) => v.verdict)).toEqual(["missed", "not run"]);
    expect(Math.abs(verdicts[0].mean - 1)).toBeLessThan(0.3);
    expect(verdicts[1].reason).toMatch(/1\.5|more work|load/);
  });

  test("wrong use is 2, with the mend", async () => {
    const unknown = await verify("--qgym", file, "--only", "rihgt");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(/right/);
    expect((await verify("--qgym", file, "--replications", "1")).code).toBe(2);
    expect((await verify("--qgym", join(folder, "nowhere.json"))).code).toBe(2);
    expect((await verify("--qgym", file, "--cases", file)).code).toBe(2);
    const twice = await verify("--precision", "0.1", "--precision", "0.2");
    expect(twice.code).toBe(2);
    expect(twice.err).toMatch(/--precision is given 2 times: 0.1, 0.2/);
  });
});
