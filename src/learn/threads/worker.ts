import { workerData } from "node:worker_threads";
import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { createRuntime, type NetworkRuntime } from "../../policy/runtime/network/index.js";
import { Normaliser } from "../../policy/runtime/normalisation.js";
import { adamDefaults, type BackendName, chooseBackend, type Trainable } from "../backend/index.js";
import { DecisionStore } from "../decision-store.js";
import { PpoScratch, ppoUpdate } from "../ppo.js";
import { type Actor, Rollout } from "../rollout.js";
import { RunningMoments } from "../running-moments.js";
import { trainingSeed } from "../trainer.js";
import { Abandoned, SharedCrew } from "./crew.js";
import { environmentsOf } from "./environment-source.js";
import { failureOf } from "./failure.js";
import {
  type Collected,
  type Collecting,
  type EnvironmentTraits,
  type Job,
  type Opening,
  REPLIES,
  type Reply,
  traitsOf,
  type Updating,
  type WorkerData,
} from "./messages.js";

interface Head {
  readonly runtime: NetworkRuntime;
  readonly scratch: PpoScratch;
  /** Null where this thread does not update. */
  readonly trainable: Trainable | null;
}

/** A worker thread's whole program: environments that it plays, and its share of updates. It answers one job after another. */
class Member {
  private constructor(
    private readonly crew: SharedCrew | null,
    private readonly heads: readonly Head[],
    private readonly rollout: Rollout | null,
    readonly traits: readonly EnvironmentTraits[],
  ) {}

  static async open({ member, crew: memory, part, backend: name, heads }: Opening): Promise<Member> {
    const crew = memory === null ? null : new SharedCrew(memory, member);
    const backend = await chooseBackend(name as BackendName);
    const made = heads.map(({ space, network, ground }) => ({
      runtime: createRuntime(network),
      scratch: new PpoScratch(new DecisionStore(space)),
      trainable:
        crew === null || ground === null
          ? null
          : backend.createShared!(network, null, adamDefaults, crew, ground),
    }));
    if (part === null) return new Member(crew, made, null, []);
    const { source, first, count, columns, length, seed } = part;
    const make = await environmentsOf(source);
    const environments = Array.from({ length: count }, (_, i) => make(first + i));
    const rollout = new Rollout(environments, length, seed, (e, n) => trainingSeed(seed, e, n), {
      first,
      columns,
    });
    return new Member(crew, made, rollout, environments.map(traitsOf));
  }

  answer(job: Exclude<Job, Opening>): unknown {
    switch (job.do) {
      case "collect":
        return this.collect(job);
      case "update":
        return this.update(job);
      case "save":
        return this.rollout!.save();
      case "load":
        return this.rollout!.load(job.states);
    }
  }

  /** The others are not to wait for this one. */
  abandon(): void {
    this.crew?.abandon();
  }

  private collect({ actors }: Collecting): Collected {
    const rollout = this.rollout!;
    rollout.play(
      actors.map(({ parameters, normalisation }, h): Actor => {
        const { runtime } = this.heads[h]!;
        const { context, candidate, clip } = normalisation;
        runtime.setParameters(parameters);
        return {
          runtime,
          context: new Normaliser(context, clip),
          candidate: new Normaliser(candidate, clip),
          // Not added to: what is seen goes to whoever has asked.
          seenContext: new RunningMoments(0),
          seenCandidate: new RunningMoments(0),
        };
      }),
    );
    return {
      stores: rollout.stores.map((store) => store.columns()),
      seen: rollout.seen.map((heads) =>
        heads.map(({ context, candidate }) => ({ context: context.save(), candidate: candidate.save() })),
      ),
    };
  }

  private update(job: Updating): void {
    const { trainable, scratch } = this.heads[job.head]!;
    const shuffle = new SequentialStream("");
    shuffle.restore(job.shuffle);
    ppoUpdate(
      trainable!,
      job.store,
      job.advantages,
      job.returns,
      job.learningRate,
      job.settings,
      shuffle,
      scratch,
      this.crew!,
      job.before,
    );
  }
}

const { port, news } = workerData as WorkerData;
let member: Member | null = null;

async function answered(job: Job): Promise<Reply> {
  try {
    if (job.do === "open") {
      member = await Member.open(job);
      return { answer: member.traits };
    }
    assert(member !== null, "a worker opens before it works");
    return { answer: member.answer(job) };
  } catch (error) {
    member?.abandon();
    return { failure: error instanceof Abandoned ? null : failureOf(error) };
  }
}

port.on("message", (job: Job) => {
  void answered(job).then((reply) => {
    port.postMessage(reply);
    Atomics.add(news, REPLIES, 1);
    Atomics.notify(news, REPLIES);
  });
});
