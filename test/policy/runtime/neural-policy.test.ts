import { describe, expect, test } from "vitest";
import { plainBackend, simdBackend } from "../../../src/learn/backend/index.js";
import { DecisionStore } from "../../../src/learn/decision-store.js";
import { OrchestrationEnvironment } from "../../../src/learn/orchestration-environment.js";
import { play } from "../../../src/learn/play.js";
import {
  type TrainedHead,
  Trainer,
  type TrainerSettings,
  trainerDefaults,
} from "../../../src/learn/trainer.js";
import type { DecisionView } from "../../../src/model/decision-view.js";
import type { DecisionKind, Scenario } from "../../../src/model/scenario.js";
import { createRuntime, simdPresent } from "../../../src/policy/runtime/network/index.js";
import { type Head, neuralPolicy } from "../../../src/policy/runtime/neural-policy.js";
import { Normaliser } from "../../../src/policy/runtime/normalisation.js";
import { describePolicy } from "../../support/describe-policy.js";
import { poisson, pool, retry, scenario, task, workflow } from "../../support/scenarios.js";

const of: Scenario = scenario(
  [
    pool("fast", { servers: 2, speed: 3, attemptFailure: 0.3, price: 2 }),
    pool("slow", { servers: 3, price: 1 }),
    pool("slower", { servers: 2, speed: 0.5 }),
  ],
  [
    workflow(
      "job",
      [
        task("a", [0, 1, 2], { retry: retry(3, { first: 0.5 }) }),
        task("b", [0, 1], { after: [0], retry: retry(2) }),
      ],
      { arrivals: poisson(2.5), deadline: 6 },
    ),
  ],
  { horizon: 120 },
);

const settings: TrainerSettings = {
  ...trainerDefaults,
  seed: 5,
  decisions: 6000,
  environments: 4,
  rollout: 128,
  horizon: 10,
  hidden: [24, 24],
  learningRate: 3e-3,
};

/** Heads after some learning: far from uniform, with scales of their own. */
const heads: readonly TrainedHead[] = (() => {
  const trainer = new Trainer(
    () => new OrchestrationEnvironment(of, { episode: 60 }),
    settings,
    simdPresent() ? simdBackend : plainBackend,
  );
  while (!trainer.done) trainer.iterate();
  return trainer.trained();
})();

const exported = (from: readonly TrainedHead[]): Head[] =>
  from.map(({ space, network, parameters, normalisation }) => ({
    kind: space.name as DecisionKind,
    network,
    parameters,
    normalisation,
  }));

const SEEDS = [1, 2, 3];

/** What a policy decided in a run, with what kind of decision it was. */
function decisions(policy: ReturnType<typeof neuralPolicy>, seed: number): string[] {
  const found: string[] = [];
  play(
    of,
    {
      ...policy,
      decide(view: DecisionView) {
        const answer = policy.decide(view);
        found.push(`${view.kind} at ${view.time}: ${answer}`);
        return answer;
      },
    },
    seed,
  );
  return found;
}

/** The same episode as the learner sees it: environment, store, batched forward pass; of the best the first. */
function learnersDecisions(seed: number): string[] {
  const environment = new OrchestrationEnvironment(of);
  const actors = heads.map(({ space, network, parameters, normalisation }) => {
    const runtime = createRuntime(network);
    runtime.setParameters(parameters);
    const { context, candidate, clip } = normalisation;
    return {
      runtime,
      store: new DecisionStore(space),
      context: new Normaliser(context, clip),
      candidate: new Normaliser(candidate, clip),
    };
  });
  const found: string[] = [];
  let observation = environment.reset(seed);
  const clock = timesOf(seed);
  for (;;) {
    const { runtime, store, context, candidate } = actors[observation.head]!;
    store.clear();
    // Among others: a decision's answer does not depend on its batch.
    for (let copy = 0; copy < 3; copy++) store.add(observation);
    context.apply(store.contexts, 0, store.size);
    candidate.apply(store.candidates, 0, store.rows);
    const logits = new Float32Array(store.rows);
    runtime.forward(store, { logits, values: new Float32Array(store.size) });
    const mine = [...logits.slice(store.offsets[1]!, store.offsets[2]!)];
    const action = mine.indexOf(Math.max(...mine));
    found.push(`${environment.spaces[observation.head]!.name} at ${clock(found.length)}: ${action}`);
    const step = environment.step(action);
    if (step.truncated) return found;
    observation = step.observation;
  }
}

/** When the decisions of a run are: an environment tells only what goes by between them. */
function timesOf(seed: number): (n: number) => number {
  const times = decisions(neuralPolicy("times", exported(heads)), seed).map((line) =>
    Number(/at ([^:]+):/.exec(line)![1]),
  );
  return (n) => times[n]!;
}

describe("an exported policy", () => {
  test.each(SEEDS)("decides as the learner's forward pass on every decision of a run (seed %i)", (seed) => {
    const shipped = decisions(neuralPolicy("shipped", exported(heads)), seed);
    expect(shipped.length).toBeGreaterThan(400);
    expect(new Set(shipped.map((line) => line.replace(/at .*:/, ""))).size).toBeGreaterThan(4);
    expect(learnersDecisions(seed)).toEqual(shipped);
  });

  test("planted: a stale scale is seen", () => {
    const stale = exported(heads).map((head) => {
      const { context, candidate } = head.normalisation;
      return {
        ...head,
        normalisation: {
          ...head.normalisation,
          context: { ...context, std: context.std.map(() => 1) },
          candidate: { ...candidate, mean: candidate.mean.map(() => 0) },
        },
      };
    });
    const found = decisions(neuralPolicy("stale", stale), 1);
    expect(found).not.toEqual(learnersDecisions(1));
  });

  test("decides the same after a way through JSON", () => {
    const through = exported(heads).map((head) => ({
      ...(JSON.parse(JSON.stringify(head)) as Head),
      parameters: head.parameters.slice(),
    }));
    expect(decisions(neuralPolicy("json", through), 1)).toEqual(
      decisions(neuralPolicy("shipped", exported(heads)), 1),
    );
  });

  test.skipIf(!simdPresent())(
    "decides with either kernel alike, but where two candidates are equal to rounding",
    () => {
      const [simd, plain] = (["simd", "plain"] as const).map((kernel) =>
        neuralPolicy(kernel, exported(heads), kernel),
      );
      let asked = 0;
      let different = 0;
      for (const seed of SEEDS) {
        play(
          of,
          {
            ...simd!,
            decide(view) {
              const answer = simd!.decide(view);
              asked++;
              if (plain!.decide(view) !== answer) different++;
              return answer;
            },
          },
          seed,
        );
      }
      console.info(`simd and plain kernels differ in ${different} of ${asked} decisions`);
      expect(asked).toBeGreaterThan(1200);
      expect(different / asked).toBeLessThan(1e-3);
    },
  );

  test("refuses a kind of decision that it was not trained for", () => {
    const routes = neuralPolicy("routes", exported(heads).slice(0, 1));
    expect(routes.kinds).toEqual(["route"]);
    expect(() => routes.decide({ kind: "dispatch" } as DecisionView)).toThrow(
      expect.objectContaining({ code: "NO_HEAD" }),
    );
  });
});

describePolicy("neural", () => neuralPolicy("neural", exported(heads)));
