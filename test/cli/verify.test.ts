import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import { begin, command, isBuilt } from "./command.js";

const verify = (...args: readonly string[]) => command("verify", ...args);

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

const INSTANCES = [
  network("right", { cmu: 1, maxweight: 1, ppo: 7 }),
  network("wrong", { cmu: 3 }),
  { ...network("overloaded", { cmu: 5 }), arrival_rate: [1.5] },
];

describe.skipIf(!isBuilt("verify on the command line"))("verify --qgym", { timeout: 120_000 }, () => {
  const path = temporaryFolder("verify", { "networks.json": JSON.stringify({ instances: INSTANCES }) });
  const qgym = (...more: readonly string[]) => verify("--qgym", path("networks.json"), ...more);

  test("prints a line for each rule that it knows, and ends with 0 where none is missed", async () => {
    const { code, out, err } = await qgym("--only", "right", "--replications", "20", "-t", "1");
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
    const { code, out } = await qgym(...names, "--replications", "5", "-t", "1", "--json");
    expect(code).toBe(1);
    const { replications, verdicts } = JSON.parse(out);
    expect(replications).toBe(5);
    expect(verdicts.map((v: { verdict: string }) => v.verdict)).toEqual(["missed", "not run"]);
    expect(Math.abs(verdicts[0].mean - 1)).toBeLessThan(0.3);
    expect(verdicts[1].reason).toMatch(/1\.5|more work|load/);
  });

  test("wrong use is 2, with the mend", async () => {
    const unknown = await qgym("--only", "rihgt");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(/right/);
    expect((await qgym("--replications", "1")).code).toBe(2);
    expect((await verify("--qgym", path("nowhere.json"))).code).toBe(2);
    expect((await qgym("--cases", path("networks.json"))).code).toBe(2);
    const twice = await verify("--precision", "0.1", "--precision", "0.2");
    expect(twice.code).toBe(2);
    expect(twice.err).toMatch(/--precision is given 2 times: 0.1, 0.2/);
  });
});

describe.skipIf(!isBuilt("verify --cache"))("verify --cache", { timeout: 120_000 }, () => {
  const MM1 = { id: "a", family: "mm1", parameters: { lambda: 0.5, mu: 1 }, expected: { mean_wait: 1 } };
  const path = temporaryFolder("verify-cache", { "cases.json": JSON.stringify({ simulator: [MM1] }) });
  const args = () => ["--cases", path("cases.json"), "--precision", "0.01", "-t", "1", "--json"];
  const verdicts = ({ out }: { out: string }) => JSON.parse(out).verdicts;
  /** Files of the cache, by when they were written. */
  const kept = () =>
    !existsSync(path("kept"))
      ? []
      : readdirSync(path("kept"), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".json"))
          .map((name) => [name, statSync(join(path("kept"), name)).mtimeMs] as const);

  test("killed on the way and started again, it goes on where it was", async () => {
    const whole = await verify(...args());
    expect(whole.code).toBe(0);
    const { child, ended } = begin("verify", ...args(), "--cache", path("kept"));
    while (child.exitCode === null && kept().length < 5) await sleep(10);
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    const before = kept();
    const resumed = await verify(...args(), "--cache", path("kept"));
    expect(resumed.code).toBe(0);
    expect(verdicts(resumed)).toEqual(verdicts(whole));
    expect(kept().length).toBeGreaterThan(before.length);
    expect(kept()).toEqual(expect.arrayContaining(before));
  });
});
