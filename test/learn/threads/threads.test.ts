import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type GradientBackend, plainBackend, simdBackend } from "../../../src/learn/backend/index.js";
import type { Environment } from "../../../src/learn/environment.js";
import { compiled } from "../../../src/learn/threads/compiled.js";
import { alone, crewMemory, SharedCrew } from "../../../src/learn/threads/crew.js";
import type { EnvironmentSource } from "../../../src/learn/threads/environment-source.js";
import { partOf } from "../../../src/learn/threads/team-rollout.js";
import { twoKinds } from "../../../src/learn/toys/index.js";
import { type TrainingState, type TrainPlan, trainPolicy } from "../../../src/learn/train.js";
import { Trainer, type TrainerSettings, trainerDefaults } from "../../../src/learn/trainer.js";
import { twoPools } from "../two-pools.js";

const built = existsSync(compiled("learn/threads/worker.js"));
if (!built) console.log("skipped: training over threads. Workers are not built: npm run build");

const small: TrainerSettings = {
  ...trainerDefaults,
  seed: 3,
  decisions: 1500,
  environments: 5,
  rollout: 60,
  horizon: 10,
  hidden: [16, 8],
  ppo: { ...trainerDefaults.ppo, minibatch: 100 },
};

/** Made of plain data by a module that was built. */
const toys = (name: string): EnvironmentSource => ({
  module: pathToFileURL(compiled("learn/toys/index.js")).href,
  name,
  data: {},
});
const failures = (how: string, name = "failing"): EnvironmentSource => ({
  module: new URL("./failing.mjs", import.meta.url).href,
  name,
  data: how,
});
const here: (how: string) => Promise<(number: number) => Environment> = async (how) => {
  const { failing } = (await import("./failing.mjs" as string)) as {
    failing: (how: string, number: number) => Environment;
  };
  return (number) => failing(how, number);
};

/** Runs a program that trains, in a process of its own. */
const runProgram = (program: string, ...options: readonly string[]) =>
  promisify(execFile)(
    process.execPath,
    [
      ...options,
      "--input-type=module",
      "-e",
      `import { simdBackend } from ${JSON.stringify(pathToFileURL(compiled("learn/backend/index.js")).href)};
      import { Trainer } from ${JSON.stringify(pathToFileURL(compiled("learn/trainer.js")).href)};
      ${program}`,
    ],
    { timeout: 60_000 },
  );

test("a crew of one never waits, and a crew that one has left waits for nobody", () => {
  expect(alone().meet()).toBeUndefined();
  const memory = crewMemory(2);
  const [one, other] = [new SharedCrew(memory, 0), new SharedCrew(memory, 1)];
  other.abandon();
  expect(() => one.meet()).toThrow("another thread has failed");
  expect(() => one.meet()).toThrow("another thread has failed");
});

test.each([
  [1, 8],
  [2, 5],
  [3, 8],
  [4, 3],
])("%i threads share %i environments out, in order, each one once", (threads, environments) => {
  const parts = Array.from({ length: threads }, (_, member) => partOf(member, threads, environments));
  const played = parts.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  expect(played).toEqual(Array.from({ length: environments }, (_, e) => e));
  // Whoever asks has something to play itself.
  expect(parts[0]!.count).toBeGreaterThan(0);
});

describe.skipIf(!built)("the same bits for any number of threads", () => {
  const trained = (
    backend: GradientBackend,
    count: number,
    environments?: EnvironmentSource,
    more: Partial<TrainerSettings> = {},
  ) => {
    const trainer = new Trainer(() => twoKinds(), { ...small, ...more }, backend, 1, {
      count,
      ...(environments === undefined ? {} : { environments }),
    });
    const told: unknown[] = [];
    while (!trainer.done) told.push(trainer.iterate());
    const state = JSON.stringify(trainer.save());
    trainer.dispose();
    return { told, state };
  };

  test.each([
    ["simd", simdBackend, {}],
    ["plain", plainBackend, { decisions: 600 }],
    ["simd, with values held near what they were", simdBackend, { ppo: { ...small.ppo, valueClip: 0.1 } }],
    ["simd, in one minibatch", simdBackend, { ppo: { ...small.ppo, epochs: 1, minibatch: 1000 } }],
    ["simd, stopped early by divergence", simdBackend, { ppo: { ...small.ppo, targetKl: 1e-4 } }],
  ] as const)("of two heads, by %s", (_, backend, more) => {
    const one = trained(backend, 1, undefined, more);
    for (const threads of [2, 3, 4, 6]) {
      expect(trained(backend, threads, toys("twoKinds"), more)).toEqual(one);
    }
  });

  test("where the environments are a closure: this thread plays, the others update", () => {
    expect(trained(simdBackend, 3)).toEqual(trained(simdBackend, 1));
  });

  const plan: TrainPlan = {
    algorithm: "ppo",
    scenario: { ...twoPools, decide: ["route", "dispatch"], horizon: 60 },
    settings: { ...small, environments: 4, rollout: 64, decisions: 2000 },
    episode: 25,
    validation: { seeds: 2, every: 768 },
  };
  const policy = async (threads: number, until = Number.POSITIVE_INFINITY, from?: TrainingState) => {
    const hooks = { onIteration: ({ iteration }: { iteration: number }) => iteration < until };
    const result = await trainPolicy({ ...plan, threads }, simdBackend, hooks, from);
    return { state: JSON.stringify(result.state()), curve: result.curve, heads: result.heads };
  };

  test("of a scenario, stopped and resumed with another number each time", async () => {
    const whole = await policy(1);
    let state: TrainingState | undefined;
    for (const [threads, until] of [
      [2, 2],
      [1, 4],
      [4, 6],
    ] as const) {
      state = JSON.parse((await policy(threads, until, state)).state) as TrainingState;
    }
    expect(await policy(3, undefined, state)).toEqual(whole);
    expect(await policy(2)).toEqual(whole);
  });
});

describe.skipIf(!built)("what goes wrong in a thread", () => {
  const settings = { ...small, environments: 4 };

  test.each([1, 2, 4])("an environment that throws is named, with %i threads", async (count) => {
    const trainer = new Trainer(await here("throws"), settings, simdBackend, 1, {
      count,
      environments: failures("throws"),
    });
    try {
      expect(() => trainer.iterate()).toThrow(
        expect.objectContaining({
          code: "ENVIRONMENT_FAILED",
          message: expect.stringMatching(/^environment 3, episode of seed \d+: .*threw: out of fuel/),
        }) as Error,
      );
    } finally {
      trainer.dispose();
    }
  });

  test.each([1, 2, 4])(
    "what diverges says so, keeps the weights, and fails again: %i threads",
    async (count) => {
      const trainer = new Trainer(await here("not a number"), settings, simdBackend, 1, {
        count,
        environments: failures("not a number"),
      });
      try {
        const before = trainer.trained();
        for (let i = 0; i < 2; i++) {
          expect(() => trainer.iterate()).toThrow(expect.objectContaining({ code: "DIVERGED" }) as Error);
        }
        expect(trainer.trained()[0]!.parameters).toEqual(before[0]!.parameters);
      } finally {
        trainer.dispose();
      }
    },
  );

  test.each([2, 4])("a thread that dies is told of, and not waited for: %i threads", async (count) => {
    const trainer = new Trainer(await here(""), settings, simdBackend, 1, {
      count,
      environments: failures("dies"),
    });
    try {
      for (let i = 0; i < 2; i++) {
        expect(() => trainer.iterate()).toThrow(
          expect.objectContaining({
            code: "THREAD_DIED",
            what: "a worker thread died at its work: it ended by itself, with code 7",
          }) as Error,
        );
      }
    } finally {
      trainer.dispose();
    }
  });

  test("one that dies for want of memory takes nobody with it", async () => {
    const { stdout } = await runProgram(
      `
        import { failing } from ${JSON.stringify(failures("").module)};
        const threads = { count: 2, environments: ${JSON.stringify(failures("dies of memory"))} };
        const trainer = new Trainer((number) => failing("", number), ${JSON.stringify(settings)}, simdBackend, 1, threads);
        try {
          trainer.iterate();
        } catch ({ code, what }) {
          console.log(code, what);
        }
        trainer.dispose();`,
      "--max-old-space-size=100",
    );
    expect(stdout).toMatch(/^THREAD_DIED a worker thread died at its work: .*memory/);
  });

  test("gradients that blow up end all threads' updates alike", () => {
    const blown = (count: number) => {
      const trainer = new Trainer(() => twoKinds(), { ...small, learningRate: 1e30 }, simdBackend, 1, {
        count,
        environments: toys("twoKinds"),
      });
      try {
        for (let i = 0; i < 8; i++) trainer.iterate();
        return "nothing was thrown";
      } catch (error) {
        return { said: String(error), state: JSON.stringify(trainer.save()) };
      } finally {
        trainer.dispose();
      }
    };
    const one = blown(1);
    expect(one).toMatchObject({ said: expect.stringMatching(/training has diverged/) });
    expect(blown(2)).toEqual(one);
    expect(blown(4)).toEqual(one);
  });

  test("environments of other spaces elsewhere are refused", async () => {
    const make = await here("other spaces");
    const threads = { count: 2, environments: failures("other spaces") };
    expect(() => new Trainer(make, settings, simdBackend, 1, threads)).toThrow(/other spaces/);
  });

  test.each([
    [{ ...failures(""), module: "file:///nowhere/environment.mjs" }, /does not load/],
    [failures("", "notAFunction"), /exports no function notAFunction/],
  ])("a source that gives no environments is refused: %o", async (environments, words) => {
    const make = await here("");
    expect(() => new Trainer(make, settings, simdBackend, 1, { count: 2, environments })).toThrow(
      expect.objectContaining({
        code: "BAD_ENVIRONMENT_SOURCE",
        message: expect.stringMatching(words),
      }) as Error,
    );
  });
});

describe.skipIf(!built)("threads that have helped", () => {
  const program = (end: string) => `
    import { twoKinds } from ${JSON.stringify(toys("").module)};
    const threads = { count: 3, environments: ${JSON.stringify(toys("twoKinds"))} };
    const trainer = new Trainer(twoKinds, ${JSON.stringify(small)}, simdBackend, 1, threads);
    trainer.iterate();
    ${end}
    console.log("over");`;
  const run = (end: string) => runProgram(program(end));

  test.each([
    ["are ended with the trainer", "trainer.dispose();"],
    ["keep no process from ending whose trainer was forgotten", ""],
  ])("%s", async (_, end) => {
    expect((await run(end)).stdout).toBe("over\n");
  });

  test.skipIf(!existsSync("/proc/self/task"))("are gone after its end", async () => {
    const { stdout } = await run(`
      const { readdirSync } = await import("node:fs");
      const before = readdirSync("/proc/self/task").length;
      trainer.dispose();
      let now = before;
      for (let i = 0; i < 100 && now !== before - 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        now = readdirSync("/proc/self/task").length;
      }
      console.log(before - now);`);
    // Two workers, and who keeps them.
    expect(stdout).toBe("3\nover\n");
  });
});
