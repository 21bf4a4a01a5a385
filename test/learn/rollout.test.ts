import { expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import {
  type Environment,
  emptyObservation,
  type Observation,
  type Step,
} from "../../src/learn/environment.js";
import { type Actor, Rollout } from "../../src/learn/rollout.js";
import { RunningMoments } from "../../src/learn/running-moments.js";
import {
  createRuntime,
  initialParameters,
  type NetworkSpec,
} from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";

const SPACES = [
  { name: "a", context: 1, candidate: 2 },
  { name: "b", context: 2, candidate: 1 },
];

/** A copy of an observation, so that it outlives the next step. */
type Seen = Observation;
const copy = ({ head, count, context, candidates, mask }: Observation): Seen => ({
  head,
  count,
  context: context.slice(0, SPACES[head]!.context),
  candidates: candidates.slice(0, count * SPACES[head]!.candidate),
  mask: mask.slice(0, count),
});

interface Happened {
  readonly before: Seen;
  readonly action: number;
  readonly step: Omit<Step, "observation">;
  /** What stood after the step; after an end not the next episode. */
  readonly after: Seen;
}

/** Makes its episodes up from the seed: 1 to 5 steps, ended or cut, heads and candidates as they come. Keeps a diary. */
function scripted(diary: Happened[]): Environment {
  const observation = emptyObservation(SPACES, 5);
  let stream = new SequentialStream("scripted");
  let left = 0;
  const observe = (): void => {
    observation.head = stream.integer(2);
    observation.count = 1 + stream.integer(5);
    for (const features of [observation.context, observation.candidates]) {
      for (let i = 0; i < features.length; i++) features[i] = stream.next() - 0.5;
    }
    observation.mask.forEach((_, i) => {
      observation.mask[i] = stream.next() < 0.5 ? 1 : 0;
    });
    observation.mask[stream.integer(observation.count)] = 1;
  };
  return {
    spaces: SPACES,
    continuing: false,
    reset(seed) {
      stream = new SequentialStream(`scripted/${seed}`);
      left = 1 + stream.integer(5);
      observe();
      return observation;
    },
    step(action) {
      const before = copy(observation);
      expect(before.mask[action]).toBe(1);
      const end = --left === 0 ? stream.integer(2) : -1;
      const step = {
        reward: stream.next() + action,
        elapsed: stream.next(),
        terminated: end === 0,
        truncated: end === 1,
      };
      observe();
      // What stands after a termination must not be read: let it spoil whoever does.
      if (step.terminated) observation.context.fill(Number.NaN);
      diary.push({ before, action, step, after: copy(observation) });
      return { ...step, observation };
    },
  };
}

/** Networks with random weights, which look through a scale that moves every feature. */
function actors(): Actor[] {
  return SPACES.map((space) => {
    const spec: NetworkSpec = {
      kind: "candidate-scorer",
      context: space.context,
      candidate: space.candidate,
      hidden: [8],
      activation: "tanh",
    };
    const runtime = createRuntime(spec);
    const stream = new SequentialStream(`actor/${space.name}`);
    runtime.setParameters(initialParameters(spec, stream).map((p) => p + 0.3 * (stream.next() - 0.5)));
    const scale = (width: number) =>
      new Normaliser({ mean: Array(width).fill(0.1), std: Array(width).fill(0.2) }, 10);
    return {
      runtime,
      context: scale(space.context),
      candidate: scale(space.candidate),
      seenContext: new RunningMoments(space.context),
      seenCandidate: new RunningMoments(space.candidate),
    };
  });
}

/** What the network says of an observation, one decision at a time. */
function answer(all: readonly Actor[], seen: Seen): { value: number; logits: Float32Array } {
  const { runtime, context, candidate } = all[seen.head]!;
  const { count, mask, ...features } = copy(seen);
  context.apply(features.context, 0, 1);
  candidate.apply(features.candidates, 0, count);
  const logits = new Float32Array(count);
  return {
    value: runtime.score(features.context, features.candidates, mask, count, logits, "value"),
    logits,
  };
}

const ENVIRONMENTS = 3;
const LENGTH = 40;

function begun() {
  const diaries: Happened[][] = Array.from({ length: ENVIRONMENTS }, () => []);
  let made = 0;
  const worlds = Array.from({ length: ENVIRONMENTS }, () => scripted(diaries[made++]!));
  const all = actors();
  const rollout = new Rollout(worlds, LENGTH, 7, (e, episode) => 1000 * e + episode);
  return { diaries, rollout, columns: rollout.columns, actors: all };
}

test("every column says what happened, and what the network thought of it", () => {
  const { diaries, rollout, columns, actors: all } = begun();
  let ends = 0;
  for (let round = 0; round < 3; round++) {
    rollout.collect(all);
    for (let e = 0; e < ENVIRONMENTS; e++) {
      for (let t = 0; t < LENGTH; t++) {
        const place = e * LENGTH + t;
        const { before, step, after } = diaries[e]![round * LENGTH + t]!;
        expect(columns.rewards[place]).toBe(step.reward);
        expect(columns.elapsed[place]).toBe(step.elapsed);
        expect(columns.terminated[place]).toBe(step.terminated ? 1 : 0);
        expect(columns.truncated[place]).toBe(step.truncated ? 1 : 0);
        expect(columns.values[place]).toBe(answer(all, before).value);
        // No future after an end; after a cut, and at the rollout's own end, the value of what stood there.
        expect(columns.nextValues[place]).toBe(step.terminated ? 0 : answer(all, after).value);
        if (step.terminated || step.truncated) ends++;
      }
    }
  }
  expect(ends).toBeGreaterThan(50);
});

test("values chain: the next value of a step that goes on is the value of the next step", () => {
  const { rollout, columns, actors: all } = begun();
  const goesOn = (i: number) => !columns.terminated[i] && !columns.truncated[i];
  let across = 0;
  let last: (number | null)[] = [];
  for (let round = 0; round < 6; round++) {
    rollout.collect(all);
    for (let e = 0; e < ENVIRONMENTS; e++) {
      const from = e * LENGTH;
      // From rollout to rollout too.
      const before = last[e] ?? null;
      if (before !== null) {
        expect(columns.values[from]).toBe(before);
        across++;
      }
      for (let i = from; i < from + LENGTH - 1; i++) {
        if (goesOn(i)) expect(columns.nextValues[i]).toBe(columns.values[i + 1]);
      }
    }
    last = Array.from({ length: ENVIRONMENTS }, (_, e) => {
      const end = (e + 1) * LENGTH - 1;
      return goesOn(end) ? columns.nextValues[end]! : null;
    });
  }
  expect(across).toBeGreaterThan(3);
});

test("the stores hold each decision once, as the network saw it, with its place and its log-probability", () => {
  const { diaries, rollout, actors: all } = begun();
  rollout.collect(all);
  const places = new Set<number>();
  rollout.stores.forEach((store, head) => {
    const space = SPACES[head]!;
    for (let b = 0; b < store.size; b++) {
      const place = store.places[b]!;
      places.add(place);
      const { before, action } = diaries[Math.floor(place / LENGTH)]![place % LENGTH]!;
      expect(before.head).toBe(head);
      expect(store.actions[b]).toBe(action);
      const from = store.offsets[b]!;
      expect(store.offsets[b + 1]! - from).toBe(before.count);
      expect(store.mask.slice(from, from + before.count)).toEqual(before.mask);
      const scaled = copy(before);
      all[head]!.context.apply(scaled.context, 0, 1);
      all[head]!.candidate.apply(scaled.candidates, 0, before.count);
      expect(store.contexts.slice(b * space.context, (b + 1) * space.context)).toEqual(scaled.context);
      const rows = store.candidates.slice(from * space.candidate, (from + before.count) * space.candidate);
      expect(rows).toEqual(scaled.candidates);
      const logits = [...answer(all, before).logits];
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
      expect(store.logProbs[b]).toBeCloseTo(logits[action]! - Math.log(sum), 9);
    }
  });
  expect(places.size).toBe(ENVIRONMENTS * LENGTH);
});

test("the scales take in each decision once, raw", () => {
  const { diaries, rollout, actors: all } = begun();
  for (let round = 0; round < 2; round++) rollout.collect(all);
  const decisions = diaries.flat().map(({ before }) => before);
  all.forEach(({ seenContext, seenCandidate }, head) => {
    const mine = decisions.filter((seen) => seen.head === head);
    expect(seenContext.count).toBe(mine.length);
    expect(seenCandidate.count).toBe(mine.reduce((sum, { count }) => sum + count, 0));
    const mean = mine.reduce((sum, { context }) => sum + context[0]!, 0) / mine.length;
    expect(seenContext.mean[0]).toBeCloseTo(mean, 9);
  });
});

test("actions are drawn with the probabilities that are written down", () => {
  const { diaries, rollout, actors: all } = begun();
  let expected = 0;
  let variance = 0;
  let first = 0;
  for (let round = 0; round < 60; round++) {
    rollout.collect(all);
    for (const { before, action } of diaries.flatMap((diary) => diary.splice(0))) {
      const allowed = [...before.mask.keys()].find((i) => before.mask[i] === 1)!;
      const logits = [...answer(all, before).logits];
      const p = Math.exp(logits[allowed]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      expected += p;
      variance += p * (1 - p);
      if (action === allowed) first++;
    }
  }
  // How often the first allowed one was taken: beyond 4 deviations in one choice of seeds in 16,000.
  expect(Math.abs(first - expected)).toBeLessThan(4 * Math.sqrt(variance));
});

test("goes on from its saved state to the bit, through JSON", () => {
  const whole = begun();
  whole.rollout.collect(whole.actors);
  const saved = JSON.parse(JSON.stringify(whole.rollout.save()));
  whole.rollout.collect(whole.actors);
  const resumed = begun();
  resumed.rollout.load(saved);
  resumed.rollout.collect(resumed.actors);
  for (const column of ["rewards", "elapsed", "values", "nextValues", "terminated", "truncated"] as const) {
    expect(resumed.columns[column]).toEqual(whole.columns[column]);
  }
  resumed.rollout.stores.forEach((store, h) => {
    const { size } = whole.rollout.stores[h]!;
    expect(store.size).toBe(size);
    expect(store.actions.slice(0, size)).toEqual(whole.rollout.stores[h]!.actions.slice(0, size));
    expect(store.logProbs.slice(0, size)).toEqual(whole.rollout.stores[h]!.logProbs.slice(0, size));
  });
  expect(resumed.rollout.save()).toEqual(whole.rollout.save());
});
