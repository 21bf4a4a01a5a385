import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import { begin, command, isBuilt } from "./command.js";
import { TINY } from "./training/tiny-scenario.js";

const EXPERIMENT = `
experiment: rules
scenarios: tiny.yaml
overrides:
  as-is:
  busy: { workflows.job.arrivals.poisson: 5 / s }
policies: [jsq, random, sed]
seeds: 12
comparisons: [{ policy: sed, against: jsq }]
stop: { halfWidth: 20%, atMost: 40 }
`;

/** Here sending jobs anywhere costs less than the rule, which queues at the fast pool that fails. */
const GATE = `
gate: release
scenarios: tiny.yaml
candidate: random
champion: sed(failure=4)
require: { nonInferior: 5%, superior: every }
limits: { p99: { atMost: 1 h } }
seeds: 12
`;

/** Files of cells below a folder, with when they were written. */
async function cellsIn(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of await readdir(folder, { recursive: true }).catch(() => [] as string[])) {
    if (name.endsWith(".json")) found.set(name, (await stat(`${folder}/${name}`)).mtimeMs);
  }
  return found;
}

describe.skipIf(!isBuilt("experiments and gates"))("an experiment file", () => {
  const path = temporaryFolder("experiment", {
    "tiny.yaml": TINY,
    "rules.yaml": EXPERIMENT,
    // Runs long enough to be killed amid them.
    "long.yaml": EXPERIMENT.replace("rules", "long")
      .replace("stop:", "# stop:")
      .replace("seeds: 12", "seeds: 60"),
    "long-tiny.yaml": TINY.replace("horizon: 20", "horizon: 2000").replace(
      "scenario: tiny",
      "scenario: long-tiny",
    ),
    "gate.yaml": GATE,
  });
  const bench = (file: string, ...more: readonly string[]) => command("bench", path(file), "-q", ...more);
  const text = (file: string) => readFile(path(file), "utf8");

  test("gives the same bytes on 1, 2 and 4 threads, from the cache, and without one", async () => {
    const ways = [
      ["-t", "1", "--no-cache"],
      ["-t", "2"],
      ["-t", "4", "--cache", path("other")],
      ["-t", "1"],
    ];
    const results: string[] = [];
    for (const [i, way] of ways.entries()) {
      const { code, err } = await bench("rules.yaml", ...way, "-o", path(`${i}.json`));
      expect(code, err).toBe(0);
      results.push(await text(`${i}.json`));
    }
    expect(new Set(results).size).toBe(1);
    const found = JSON.parse(results[0]!);
    expect(found.experiment).toMatchObject({ name: "rules", comparisons: [{ against: "jsq" }] });
    expect(found.scenarios.map(({ name }: { name: string }) => name)).toEqual(["tiny", "tiny.busy"]);
    expect(await cellsIn(path(".switchyard", "cache"))).toHaveProperty("size", found.cells.length);
  }, 120_000);

  test("killed with no warning and started again, runs nothing twice and ends as in one go", async () => {
    await writeFile(path("long.yaml"), (await text("long.yaml")).replace("tiny.yaml", "long-tiny.yaml"));
    const cache = path("killed");
    const { child, ended } = begin("bench", path("long.yaml"), "-q", "-t", "2", "--cache", cache);
    for (let looks = 0; (await cellsIn(cache)).size < 20 && looks < 1000; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGKILL");
    await ended;
    const before = await cellsIn(cache);
    expect(before.size).toBeGreaterThanOrEqual(20);
    expect(before.size).toBeLessThan(360);
    expect((await bench("long.yaml", "-t", "2", "--cache", cache, "-o", path("killed.json"))).code).toBe(0);
    const after = await cellsIn(cache);
    expect(after.size).toBe(360);
    for (const [name, written] of before) expect(after.get(name)).toBe(written);
    expect((await bench("long.yaml", "-t", "1", "--no-cache", "-o", path("whole.json"))).code).toBe(0);
    expect(await text("killed.json")).toBe(await text("whole.json"));
  }, 180_000);

  test("runs a damaged cell anew, with a remark", async () => {
    const cache = path("damaged");
    await bench("rules.yaml", "--cache", cache, "-o", path("a.json"));
    const [name] = await cellsIn(cache);
    await writeFile(`${cache}/${name![0]}`, "{");
    const again = await command("bench", path("rules.yaml"), "--cache", cache, "-o", path("b.json"));
    expect(again.code).toBe(0);
    expect(again.err).toContain("is damaged: the cell is run anew");
    expect(await text("b.json")).toBe(await text("a.json"));
  }, 60_000);

  test.each<[string, string, string[], RegExp]>([
    [
      "a scenario that is not there",
      "scenarios: tiny.yaml|scenarios: tinny.yaml",
      [],
      /:3:12 > scenarios.*tinny.yaml/,
    ],
    [
      "an override that leads nowhere",
      "jobs.arr|",
      [],
      /tiny.yaml has no workflows.jobs.*did you mean "job"/s,
    ],
    [
      "a comparison with nobody",
      "against: jsq|against: lwl",
      [],
      /comparisons\[0\].against.*no policy.*"lwl"/,
    ],
    ["an option that the file says", "|", ["--seeds", "3"], /says itself what --seeds/],
    ["a summary that only gates have", "|", ["--junit", "x.xml"], /only a gate has what --junit/],
  ])(
    "with %s ends with 2 and says where",
    async (name, change, options, says) => {
      const [from, to] = change.split("|");
      const wrong =
        from === "jobs.arr"
          ? EXPERIMENT.replace("workflows.job.", "workflows.jobs.")
          : EXPERIMENT.replace(from!, to!);
      const file = `${name.replaceAll(" ", "-")}.yaml`;
      await writeFile(path(file), wrong);
      const { code, err } = await bench(file, ...options);
      expect(code).toBe(2);
      expect(err).toMatch(says);
    },
    60_000,
  );

  describe("a gate", () => {
    const gate = (file: string, ...more: readonly string[]) =>
      command("bench", "--gate", path(file), "-q", ...more);

    test("lets a better candidate pass, with 0 and files that CI servers read", async () => {
      const { code, out } = await gate(
        "gate.yaml",
        "--junit",
        path("gate.xml"),
        "--markdown",
        path("gate.md"),
      );
      expect(code, out).toBe(0);
      expect(out).toContain("passed");
      const { suites, cases, failures } = junit(await text("gate.xml"));
      expect(suites).toEqual([
        { name: "gate release", tests: "3", failures: "0", errors: "0", skipped: "0" },
      ]);
      expect(cases).toHaveLength(3);
      expect(failures).toEqual([]);
      expect(await text("gate.md")).toContain("## ✅ Gate release: passed");
    }, 60_000);

    test("holds a worse one back, with 1 and the reason", async () => {
      const swapped = GATE.replace("candidate: random", "candidate: sed(failure=4)").replace(
        "champion: sed(failure=4)",
        "champion: random",
      );
      await writeFile(path("worse.yaml"), swapped);
      const { code, out } = await gate("worse.yaml", "--json", "--junit", path("worse.xml"));
      expect(code).toBe(1);
      const verdict = JSON.parse(out);
      expect(verdict.passed).toBe(false);
      expect(verdict.reason).toMatch(/^it is not so that the candidate costs at most 5.0 % more than random/);
      expect(junit(await text("worse.xml")).failures).toHaveLength(2);
    }, 60_000);

    test("holds back what is not shown, unless it says otherwise", async () => {
      const open = GATE.replace("candidate: random", "candidate: sed(failure=5)")
        .replace("seeds: 12", "seeds: 2")
        .replace(", superior: every", "");
      await writeFile(path("open.yaml"), open);
      const { code, out } = await gate("open.yaml");
      expect(code, out).toBe(1);
      expect(out).toContain("run more seeds");
      await writeFile(path("lenient.yaml"), `${open}undecided: pass\n`);
      const lenient = await gate("lenient.yaml", "--junit", path("lenient.xml"));
      expect(lenient.code, lenient.out).toBe(0);
      expect(junit(await text("lenient.xml")).skipped).toBe(1);
    }, 60_000);
  });
});

function junit(text: string) {
  const suites: Record<string, string>[] = [];
  const cases: string[] = [];
  const failures: string[] = [];
  let skipped = 0;
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const has = attributes as Record<string, string>;
    if (name === "testsuite") suites.push({ ...has });
    if (name === "testcase") cases.push(has["name"]!);
    if (name === "failure") failures.push(has["message"]!);
    if (name === "skipped") skipped++;
  });
  parser.write(text).close();
  return { suites, cases, failures, skipped };
}
