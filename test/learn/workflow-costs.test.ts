import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { type Actor, Rollout } from "../../src/learn/rollout.js";
import { RunningMoments } from "../../src/learn/running-moments.js";
import { bandit } from "../../src/learn/toys/index.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";
import { whyNoWorkflowCosts } from "../../src/learn/workflow-costs.js";
import type { DecisionView } from "../../src/model/decision-view.js";
import type { Scenario } from "../../src/model/scenario.js";
import { createRuntime, initialParameters, simdPresent } from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";
import { Simulation } from "../../src/sim/simulation.js";
import { objective, poisson, pool, retry, scenario, task, workflow } from "../support/scenarios.js";
import { expectResumes } from "./resumed.js";

const backend = simdPresent() ? simdBackend : plainBackend;

/** Single tasks to two first-in-first-out servers: whoever is placed delays none of those before. */
const routing: Scenario = scenario(
  [pool("one", { price: 0.3 }), pool("other", { speed: 0.7, price: 0.1 })],
  [workflow("job", [task("work", [0, 1])], { arrivals: poisson(1.2), deadline: 4 })],
  {
    decide: ["route"],
    horizon: 500,
    warmup: 0,
    objective: objective({ flowTime: 1, deadlineMisses: 5, cost: 2 }),
  },
);

/** The same where nothing more comes after a while, with failures, retries, two tasks in turn and two side by side. */
const ending: Scenario = scenario(
  [
    pool("one", { price: 0.3, attemptFailure: 0.2 }),
    pool("other", { price: 0.1, servers: 2, startPrice: 0.5 }),
  ],
  [
    workflow(
      "job",
      [
        task("a", [0, 1], { retry: retry(2) }),
        task("b", [0, 1]),
        task("c", [0, 1], { after: [0, 1], join: 2 }),
        task("last", [1], { after: [2], join: 1 }),
      ],
      { arrivals: { kind: "piecewise", rates: [0.4], lengths: [100], repeat: false }, deadline: 6 },
    ),
  ],
  {
    decide: ["route"],
    horizon: 500,
    warmup: 0,
    objective: objective({
      flowTime: 1,
      deadlineMisses: 5,
      failures: 9,
      attemptFailures: 2,
      tardiness: 0.5,
      cost: 2,
    }),
  },
);

/** Charges of a whole episode by decision, beside the rewards of its steps. */
function charged(environment: OrchestrationEnvironment, seed: number, most = Number.POSITIVE_INFINITY) {
  const coin = new SequentialStream(`coin/${seed}`);
  const byStep: number[] = [];
  const byDecision: number[] = [];
  environment.reset(seed);
  for (let over = false; !over && byStep.length < most; ) {
    const step = environment.step(coin.integer(2));
    byStep.push(step.reward);
    byDecision.push(0);
    const { count, decisions, rewards } = environment.charges!;
    for (let k = 0; k < count; k++) byDecision[decisions[k]!]! += rewards[k]!;
    over = step.terminated || step.truncated;
  }
  return { byStep, byDecision };
}

/** What each placement came to cost, as someone sees who follows every job through a run of its own. */
function followed(seed: number, choose: (decision: number) => number, decisions: number) {
  const workflowOf: number[] = [];
  const costs = new Map<number, number>();
  let engine: Engine | null = null;
  const serial = (task: number) => engine!.state.flows.serial[engine!.state.tasks.flow[task]!]!;
  const add = (job: number, cost: number) => costs.set(job, (costs.get(job) ?? 0) + cost);
  const run = new Simulation(
    { ...routing, horizon: 1e6 },
    {
      seed,
      recorder: {
        attach: (attached) => {
          engine = attached;
        },
        decided: (view: DecisionView, candidate: number) => workflowOf.push(serial(view.task(candidate))),
        attemptEnded(at, attempt) {
          const { task: of, pool: where, begunAt } = engine!.attempts;
          add(serial(of[attempt]!), 2 * routing.pools[where[attempt]!]!.price * (at - begunAt[attempt]!));
        },
        workflowEnded(at, flow) {
          const { serial: of, submittedAt } = engine!.state.flows;
          const sojourn = at - submittedAt[flow]!;
          add(of[flow]!, sojourn + (sojourn > 4 ? 5 : 0));
        },
      },
    },
  );
  for (let d = 0; d < decisions + 200; d++) {
    run.advance();
    run.act(choose(d));
  }
  return workflowOf.slice(0, decisions).map((job) => costs.get(job)!);
}

test("an episode that ends has the same total, to the last digits", () => {
  const environment = new OrchestrationEnvironment(ending, { workflowCosts: true });
  for (const seed of [1, 2, 3, 4]) {
    const { byStep, byDecision } = charged(environment, 2 ** 41 + seed);
    const sum = (values: readonly number[]) => values.reduce((total, v) => total + v, 0);
    expect(byStep.length).toBeGreaterThan(50);
    expect(sum(byDecision)).toBeCloseTo(sum(byStep), 8);
    expect(byDecision).not.toEqual(byStep);
  }
});

test("a placement pays for its job: sojourn, lateness and the server's time, as followed in a run of its own", () => {
  const seed = 2 ** 41 + 7;
  const environment = new OrchestrationEnvironment(routing, { workflowCosts: true, episode: 1e9 });
  const { byDecision } = charged(environment, seed, 400);
  const coin = new SequentialStream(`coin/${seed}`);
  const expected = followed(seed, () => coin.integer(2), 400);
  // The last ones are not over yet.
  for (let d = 0; d < 300; d++) expect(byDecision[d]!).toBeCloseTo(-expected[d]!, 8);
});

describe("a rollout", () => {
  const environments = (costs: boolean) =>
    [1, 2].map(() => new OrchestrationEnvironment(routing, { workflowCosts: costs, episode: 40 }));
  const rolloutOf = (costs: boolean, length: number) =>
    new Rollout(environments(costs), length, 1, (e, n) => 2 ** 41 + 100 * e + n);
  const [space] = environments(false)[0]!.spaces;
  const network = {
    kind: "candidate-scorer",
    context: space!.context,
    candidate: space!.candidate,
    hidden: [4],
    activation: "tanh",
  } as const;
  const actor = (): Actor => {
    const runtime = createRuntime(network);
    runtime.setParameters(initialParameters(network, new SequentialStream("weights")));
    const plain = (width: number) =>
      new Normaliser({ mean: new Array(width).fill(0), std: new Array(width).fill(1) }, 10);
    return {
      runtime,
      context: plain(network.context),
      candidate: plain(network.candidate),
      seenContext: new RunningMoments(network.context),
      seenCandidate: new RunningMoments(network.candidate),
    };
  };

  test("knows the whole charge of its last decisions too, and of those before a cut; the run goes on as without", () => {
    const length = 64;
    const [plain, told] = [rolloutOf(false, length), rolloutOf(true, length)];
    for (let round = 0; round < 3; round++) {
      plain.collect([actor()]);
      told.collect([actor()]);
      expect(told.stores[0]!.actions.slice(0, 2 * length)).toEqual(
        plain.stores[0]!.actions.slice(0, 2 * length),
      );
      expect(told.columns.elapsed).toEqual(plain.columns.elapsed);
      expect(JSON.stringify(told.save())).toBe(JSON.stringify(plain.save()));
    }
    // The first episode of each environment, up to its cut, in one rollout.
    const first = rolloutOf(true, 200);
    first.collect([actor()]);
    for (const e of [0, 1]) {
      const actions = Array.from({ length: 200 }, (_, t) => {
        const { actions: taken, places, size } = first.stores[0]!;
        const at = places.subarray(0, size).indexOf(e * 200 + t);
        return taken[at]!;
      });
      const cut = first.columns.truncated.subarray(e * 200).indexOf(1) + 1;
      expect(cut).toBeGreaterThan(20);
      const expected = followed(2 ** 41 + 100 * e, (d) => (d < cut ? actions[d]! : d % 2), cut);
      for (let d = 0; d < cut; d++) expect(first.columns.rewards[e * 200 + d]!).toBeCloseTo(-expected[d]!, 6);
    }
  });
});

describe("what would mislead is refused", () => {
  test.each<[string, Partial<Scenario>, RegExp]>([
    ["shared servers", { pools: [pool("one", { discipline: "ps" }), pool("other")] }, /one is ps, not fifo/],
    ["decisions about all that wait", { decide: ["dispatch"] }, /a dispatch decision is about all/],
    [
      "an objective without parts",
      {
        objective: {
          expression: "flowTime ^ 2",
          figures: [{ metric: "flowTime" }],
          weights: null,
          formula: null,
        },
      },
      /no weighted sum/,
    ],
  ])("%s", (_, change, reason) => {
    expect(whyNoWorkflowCosts({ ...routing, ...change })).toMatch(reason);
    expect(() => new OrchestrationEnvironment({ ...routing, ...change }, { workflowCosts: true })).toThrow(
      expect.objectContaining({ code: "BAD_SETTING" }),
    );
  });

  test("and environments that tell of none, by the trainer", () =>
    expect(() => new Trainer(() => bandit(), settings, backend)).toThrow(
      expect.objectContaining({ code: "BAD_SETTING" }),
    ));
});

const settings = {
  ...trainerDefaults,
  seed: 1,
  decisions: 4 * 4 * 64,
  environments: 4,
  rollout: 64,
  horizon: 10,
  hidden: [8],
  workflowCosts: true,
  ppo: { ...trainerDefaults.ppo, minibatch: 64 },
};

test("training stopped and resumed is as in one go", () =>
  expectResumes(
    () =>
      new Trainer(
        () => new OrchestrationEnvironment(routing, { episode: 60, workflowCosts: true }),
        settings,
        backend,
      ),
    (trainer) => trainer.iterate(),
  ));
