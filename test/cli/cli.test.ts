import { existsSync } from "node:fs";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.js";
import { begin, isBuilt, command as run } from "./command.js";

describe.skipIf(!isBuilt("the command line"))("the command line", () => {
  const path = temporaryFolder("cli", {
    "tiny.yaml": [
      "scenario: tiny",
      "horizon: 5 min",
      "warmup: 10 s",
      "pools: { fast: { servers: 2, speed: 2, attemptFailure: 20% }, safe: { servers: 3 } }",
      "workflows:",
      "  job:",
      "    arrivals: { poisson: 1.5 / s }",
      "    tasks: { a: { work: exponential(1 s), retry: { attempts: 3 } } }",
      "objective: { minimize: flowTime + 20 * failures }",
    ].join("\n"),
  });

  test.each([
    ["--help"],
    ["simulate", "--help"],
    ["train", "--help"],
    ["bench", "--help"],
    ["trace", "import", "--help"],
    ["trace", "stats", "--help"],
    ["trace", "transform", "--help"],
    ["trace", "export", "--help"],
    ["policy", "export", "--help"],
    ["policy", "list", "--help"],
    ["validate", "--help"],
    ["doctor", "--help"],
    ["demo", "--help"],
  ])("%s %s teaches by examples", async (...args) => {
    const { code, out } = await run(...args);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}switchyard/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no command", [], /Say which command/],
    ["an unknown command", ["simulat"], /Did you mean simulate/],
    ["an unknown option", ["simulate", "x.yaml", "--sead", "3"], /Unknown argument: sead/],
    ["a missing file", ["simulate", "nowhere.yaml"], /nowhere\.yaml: there is no such file/],
    ["an unknown policy", ["simulate", "scenarios/mm1.yaml", "-p", "jsqq"], /did you mean "jsq"/],
    ["a knob out of range", ["simulate", "scenarios/mm1.yaml", "-p", "power-of-d(d=0)"], /an integer from 1/],
    ["a seed that is none", ["simulate", "scenarios/mm1.yaml", "-s", "1.5"], /whole number/],
    [
      "an option that only a precision has",
      ["simulate", "scenarios/mm1.yaml", "--most-runs", "3"],
      /--precision/,
    ],
    ["a precision that is none", ["simulate", "scenarios/mm1.yaml", "--precision", "0"], /e\.g\. 1%/],
    [
      "a figure that is none",
      ["simulate", "scenarios/mm1.yaml", "--precision", "1%", "--figure", "flowtime"],
      /did you mean "flowTime"/,
    ],
    [
      "seeds that training keeps",
      ["bench", "scenarios/mm1.yaml", "--first-seed", String(2 ** 36)],
      /kept for training/,
    ],
    [
      "a figure to weigh that is none",
      ["bench", "scenarios/mm1.yaml", "--axes", "cost,p98"],
      /no figure is called "p98".*did you mean/s,
    ],
    ["an indifference that is none", ["bench", "scenarios/mm1.yaml", "--indifference", "150%"], /e\.g\. 1%/],
    ["a trace that is none", ["trace", "show", "scenarios/mm1.yaml"], /not an Arrow IPC file/],
    ["a kind of decision that is none", ["policy", "list", "-k", "dispatsh"], /route.*dispatch/s],
    ["a package that is none", ["policy", "show", "scenarios"], /no manifest|plain files/],
    ["a training run that is none", ["policy", "export", "scenarios", "--version", "1.0.0"], /no such file/],
  ])("%s ends with 2 and says why", async (_, args, why) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(out).toBe("");
  });

  test("lists the heuristics of a kind of decision, with what can be set", async () => {
    const { code, out } = await run("policy", "list", "--kind", "dispatch");
    expect(code).toBe(0);
    expect(out).toMatch(/^dispatch\n/);
    expect(out).toMatch(/ {2}cmu {2,}largest holding cost/);
    expect(out).toMatch(/theta\.<task type>=1/);
    expect(out).not.toMatch(/jsq/);
    const listed = JSON.parse((await run("policy", "list", "--json")).out) as {
      name: string;
      kinds: string[];
    }[];
    expect(listed.find(({ name }) => name === "sed")).toMatchObject({
      kinds: ["route"],
      knobs: [{ name: "price", default: 0 }, { name: "failure" }],
    });
  });

  test("with --json an error is an object on stdout", async () => {
    const { code, out, err } = await run("simulate", "nowhere.yaml", "--json");
    expect([code, err]).toEqual([2, ""]);
    expect(JSON.parse(out).error).toMatchObject({ code: "NO_FILE", where: "nowhere.yaml" });
  });

  test("a file of two gigabytes is refused at once", async () => {
    await writeFile(path("huge.yaml"), "");
    await truncate(path("huge.yaml"), 2 * 1024 ** 3);
    expect(await run("simulate", path("huge.yaml"))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/at most/),
    });
  });

  test("validate tells of every file, and of everything in it", async () => {
    await writeFile(path("wrong.yaml"), "scenario: x\nhorizonn: 3\npools: { a: { servers: -1 } }\n");
    const { code, out } = await run("validate", "scenarios/mm1.yaml", path("wrong.yaml"), "--json");
    expect(code).toBe(2);
    const [right, wrong] = JSON.parse(out);
    expect(right).toMatchObject({ valid: true, complaints: [] });
    expect(wrong.complaints.length).toBeGreaterThanOrEqual(3);
  });

  test("simulate --precision tells the steady state, the warm-up and the runs it took", async () => {
    // M/M/1 at load 0.5: 1 s in system.
    await writeFile(
      path("half.yaml"),
      [
        "scenario: half",
        "horizon: 1000",
        "pools: { server: }",
        "workflows: { job: { arrivals: { poisson: 1 / s }, tasks: { serve: { work: exponential(0.5 s) } } } }",
        "objective: { minimize: flowTime }",
      ].join("\n"),
    );
    const args = [
      "simulate",
      path("half.yaml"),
      "--precision",
      "5%",
      "--figure",
      "flowTime",
      "--level",
      "0.9999",
    ];
    const json = await run(...args, "--antithetic", "--json");
    expect(json.code).toBe(0);
    const { low, high, warmUp, ...rest } = JSON.parse(json.out);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    expect(warmUp.seconds).toBe(100);
    expect(rest).toMatchObject({ figure: "flowTime", reached: true, antithetic: true });
    const text = await run(...args, "--method", "batch-means", "--quiet");
    expect(text.out).toMatch(/flowTime {2}\d.*±.*warm-up.*runs +one of/s);
    const few = await run(...args, "--most-runs", "2", "--quiet");
    expect([few.code, few.out]).toEqual([1, expect.stringMatching(/not reached/)]);
  });

  test("simulate --antithetic runs the twin of a seed", async () => {
    const twin = ["simulate", path("tiny.yaml"), "--json", "--antithetic"];
    const [first, second] = [await run(...twin), await run(...twin)];
    expect(second.out).toBe(first.out);
    expect(first.out).not.toBe((await run("simulate", path("tiny.yaml"), "--json")).out);
  });

  test("simulate gives the same telemetry again", async () => {
    const args = [
      "simulate",
      path("tiny.yaml"),
      "-p",
      "sed(failure=2)",
      "-s",
      "7",
      "--json",
      "-o",
      path("run"),
    ];
    const [first, second] = [await run(...args), await run(...args)];
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out).telemetryDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(second.out).toBe(first.out);
    expect((await readdir(path("run"))).sort()).toEqual([
      "attempts.arrow",
      "decisions.arrow",
      "outcome.json",
      "workflows.arrow",
    ]);
  });

  test("bench gives the same results on one thread and on two", async () => {
    const args = ["bench", path("tiny.yaml"), "-p", "jsq", "-p", "sed", "-n", "4", "--json"];
    const [one, two] = [await run(...args, "-t", "1"), await run(...args, "-t", "2")];
    expect(one.code).toBe(0);
    expect(two.out).toBe(one.out);
  });

  test("train, resume, export, show and run", async () => {
    const train = (out: string, ...more: string[]) =>
      run(
        "train",
        path("tiny.yaml"),
        "-n",
        "12000",
        "--environments",
        "4",
        "--rollout",
        "128",
        "--validate-every",
        "2048",
        "--final-seeds",
        "3",
        "--validation-seeds",
        "2",
        "-o",
        path(out),
        "--json",
        ...more,
      );
    const whole = await train("whole");
    expect(whole.code, whole.err).toBe(0);
    expect(JSON.parse(whole.out)).toMatchObject({ finished: true, backend: expect.any(String) });
    // Stopped by the clock after its first iteration, then resumed: the same bits.
    const part = await train("parts", "--max-minutes", "0");
    expect(JSON.parse(part.out)).toMatchObject({ finished: false });
    expect(await train("parts")).toMatchObject({ code: 2 });
    expect((await train("parts", "--resume")).code).toBe(0);
    const weights = async (out: string) => JSON.parse(await readFile(path(out, "run.json"), "utf8")).learned;
    expect(await weights("parts")).toEqual(await weights("whole"));

    const exported = await run(
      "policy",
      "export",
      path("whole"),
      "--version",
      "1.0.0",
      "-o",
      path("policies"),
      // So few decisions need not beat every heuristic.
      "--learned",
      "--json",
    );
    const { folder: made } = JSON.parse(exported.out);
    expect(made).toBe(path("policies", "tiny", "1.0.0"));
    expect(
      await run("policy", "export", path("whole"), "--version", "1.0.0", "-o", path("policies"), "--learned"),
    ).toMatchObject({ code: 2 });
    expect((await run("policy", "show", made)).out).toMatch(/tiny 1\.0\.0\n {2}digest/);
    const ran = await run("policy", "run", made, path("tiny.yaml"), "--json");
    expect(JSON.parse(ran.out)).toMatchObject({ policy: "tiny@1.0.0", scenario: "tiny" });
    const benched = await run(
      "bench",
      path("tiny.yaml"),
      "-p",
      "jsq",
      "-p",
      made,
      "-n",
      "3",
      "-r",
      path("report.html"),
      "-q",
    );
    expect(benched.code, benched.err).toBe(0);
    expect(await readFile(path("report.html"), "utf8")).toContain("tiny@1.0.0");
  }, 120_000);

  test("trace import and show", async () => {
    const sample = "scenarios/traces/order-pipeline.wfformat.json";
    const { code, out } = await run("trace", "import", sample, "-o", path("t.arrow"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ workflows: 1 });
    expect((await run("trace", "show", path("t.arrow"))).out).toMatch(/workflows +1/);
    await writeFile(path("cut.json"), (await readFile(sample, "utf8")).slice(0, 500));
    const cut = await run("trace", "import", path("cut.json"), "-o", path("cut.arrow"));
    expect(cut.code).toBe(2);
    expect(existsSync(path("cut.arrow"))).toBe(false);
  });

  test("trace import reads any table by a mapping, and reports by cause", async () => {
    await writeFile(path("jobs.csv"), "at,run\n5,1\n6,\n7,2\n");
    await writeFile(path("columns.yaml"), "columns: { submitted: at, work: run }\n");
    const args = [
      "trace",
      "import",
      path("jobs.csv"),
      "--map",
      path("columns.yaml"),
      "-o",
      path("jobs.arrow"),
    ];
    const { code, out } = await run(...args);
    expect(code).toBe(0);
    expect(out).toContain("3 workflows, 3 tasks, 0 edges from 1 file");
    expect(out).toMatch(/warnings\n +1 {2}WORK_UNKNOWN: .*\n +first at .*jobs\.csv:3\n/);
    expect(JSON.parse((await run(...args, "--limit", "1", "--json")).out)).toMatchObject({ workflows: 1 });
    expect((await run(...args, "--strict")).code).toBe(2);
    await writeFile(path("columns.yaml"), "columns: { submited: at, work: run }\n");
    const bad = await run(...args);
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining('did you mean "submitted"?')]);
  });

  test("an import that is interrupted leaves nothing behind", async () => {
    const home = path("interrupted");
    await writeFile(path("long.csv"), `at,run\n${"1,2\n".repeat(6_000_000)}`);
    await writeFile(path("plain.yaml"), "columns: { submitted: at, work: run }\n");
    const args = [path("long.csv"), "--map", path("plain.yaml"), "-o", path("interrupted", "t.arrow")];
    const { child, ended } = begin("trace", "import", ...args);
    // Its folder is made when it begins to write.
    while (!existsSync(home)) await sleep(5);
    await sleep(100);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(await readdir(home)).toEqual([]);
  });

  test("trace show makes a page", async () => {
    expect((await run("trace", "show", "scenarios/traces/small.arrow", "--page", path("t.html"))).code).toBe(
      0,
    );
    expect(await readFile(path("t.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  test("trace transform and export", async () => {
    const sample = "scenarios/traces/small.arrow";
    const { out } = await run(
      "trace",
      "transform",
      sample,
      "-s",
      "slice(until=5 min)",
      "-s",
      "anonymize",
      "-o",
      path("cut5.arrow"),
    );
    expect(out).toMatch(/cut5\.arrow: \d+ workflows, \d+ tasks/);
    expect((await run("trace", "steps")).out).toMatch(/sample\(share=10%, seed=1\)/);
    const bad = await run("trace", "transform", sample, "-s", "slice(from=soon)", "-o", path("bad.arrow"));
    expect([bad.code, existsSync(path("bad.arrow"))]).toEqual([2, false]);
    expect((await run("trace", "export", path("cut5.arrow"), "-o", path("cut5.csv"))).code).toBe(0);
    expect(await readFile(path("cut5.csv"), "utf8")).toMatch(/^workflow,submitted,template,/);
    expect(
      (await run("trace", "export", path("cut5.arrow"), "--to", "perfetto", "-o", path("x.json"))).err,
    ).toMatch(/no task of the trace has a recorded start/);
    await run("simulate", path("tiny.yaml"), "--out", path("telemetry"), "--pools-every", "10", "-q");
    expect((await run("trace", "export", path("telemetry"), "-o", path("run.json"))).code).toBe(0);
    const { traceEvents } = JSON.parse(await readFile(path("run.json"), "utf8")) as {
      traceEvents: { ph: string }[];
    };
    // Names, attempts, counters, spans of workflows, their flows and instants.
    expect([...new Set(traceEvents.map(({ ph }) => ph))].sort().join("")).toBe("CMXbefist");
  });

  test("doctor names the gradient backend", async () => {
    const { code, out } = await run("doctor", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out).findings.map(({ name }: { name: string }) => name)).toContain("gradient backend");
  });
});
