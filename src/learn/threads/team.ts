import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { FailureError } from "../../kit/errors.js";
import { compiled } from "./compiled.js";
import { Abandoned, crewMemory, MOST_MEMBERS, SharedCrew } from "./crew.js";
import { errorOf, type Failure } from "./failure.js";
import {
  DIED,
  type EnvironmentTraits,
  type Job,
  type KeeperData,
  NEWS,
  type Opening,
  REPLIES,
  type Reply,
} from "./messages.js";
import { Pace } from "./pace.js";

/** How long a thread may take to start: what it loads may come from a slow disk. */
const START = 60_000;

/** Threads inherit Node's options; but of a program that was given as a string, not that it is one. */
const STRING_INPUT = process.execArgv.some((option) => option.startsWith("--input-type"))
  ? { execArgv: [] }
  : {};

/**
 * This thread and workers beside it, which it asks and waits for: it works, too, and what it does with them is done when a call
 * returns. Workers hold nothing that would keep the process from ending.
 */
export class Team {
  /** Those who update in step, this thread among them: the first members. */
  readonly crew: SharedCrew;
  private readonly memory;
  private readonly pace: Pace;
  /** To each worker. */
  private readonly ports: readonly MessagePort[];
  private readonly keeper: Worker;
  private readonly deaths: MessagePort;
  private readonly news = new Int32Array(new SharedArrayBuffer(NEWS * Int32Array.BYTES_PER_ELEMENT));
  private asked = 0;
  private death: FailureError | null = null;

  /** @param size threads, this one included: 2 at least */
  constructor(readonly size: number) {
    this.memory = crewMemory(Math.min(size, MOST_MEMBERS));
    this.crew = new SharedCrew(this.memory, 0);
    this.pace = new Pace(this.crew.count);
    const channels = Array.from({ length: size - 1 }, () => new MessageChannel());
    const deaths = new MessageChannel();
    this.ports = channels.map(({ port1 }) => port1);
    this.deaths = deaths.port1;
    const workers = channels.map(({ port2 }) => port2);
    const workerData: KeeperData = {
      workers,
      news: this.news,
      crew: this.memory,
      deaths: deaths.port2,
    };
    this.keeper = new Worker(compiled("learn/threads/keeper.js"), {
      workerData,
      transferList: [...workers, deaths.port2],
      ...STRING_INPUT,
    });
    // Nobody listens while this thread waits: what does not start is seen by its silence.
    this.keeper.on("error", () => {});
    this.keeper.unref();
  }

  /** @returns what workers play, in their order */
  open(of: (member: number) => Omit<Opening, "do" | "member" | "crew">): EnvironmentTraits[] {
    const { count } = this.memory;
    const { answers } = this.ask(
      (member) => ({ do: "open", member, crew: member < count ? this.memory : null, ...of(member) }),
      () => {},
      START,
    );
    return (answers as EnvironmentTraits[][]).flat();
  }

  /**
   * Has workers do something while this thread does its own part.
   * @param job a member's, from 1 on; null where it has none
   * @returns what came of this thread's part, and the answers of those who were asked, in their order
   * @throws what this thread's part throws, or else what a worker threw; then nobody is at work any more
   */
  ask<Mine>(
    job: (member: number) => Job | null,
    mine: () => Mine,
    patience = Number.POSITIVE_INFINITY,
  ): { mine: Mine; answers: unknown[] } {
    const asked = this.ports.filter((port, w) => {
      const one = job(w + 1);
      if (one !== null) port.postMessage(one);
      return one !== null;
    });
    this.asked += asked.length;
    let result: { readonly mine: Mine } | null = null;
    let thrown: unknown = null;
    try {
      result = { mine: mine() };
    } catch (error) {
      thrown = error;
      this.crew.abandon();
    }
    this.waitForReplies(patience);
    const replies = asked.map((port) => receiveMessageOnPort(port)!.message as Reply);
    const failures = replies.flatMap((reply) => ("failure" in reply ? [reply.failure] : []));
    if (result !== null && failures.length === 0) {
      return { mine: result.mine, answers: replies.map((reply) => (reply as { answer: unknown }).answer) };
    }
    this.crew.mend();
    // Who waited in vain is not to blame.
    if (result === null && !(thrown instanceof Abandoned)) throw thrown;
    const reason = failures.find((failure) => failure !== null);
    throw reason == null ? thrown : errorOf(reason);
  }

  /** Has the crew do something in step: as `ask`, of its members. */
  inStep<Mine>(job: Job, mine: () => Mine): Mine {
    const { crew, pace } = this;
    crew.looks = pace.looks;
    return pace.take(() => this.ask((member) => (member < crew.count ? job : null), mine)).mine;
  }

  /** Ends the workers; what they do is lost. */
  close(): void {
    for (const port of [...this.ports, this.deaths]) port.close();
    void this.keeper.terminate();
  }

  private waitForReplies(patience: number): void {
    const { news } = this;
    for (;;) {
      const come = Atomics.load(news, REPLIES);
      if (Atomics.load(news, DIED) === 1) {
        this.death ??= deathOf(receiveMessageOnPort(this.deaths)!.message as Failure);
        throw this.death;
      }
      if (come >= this.asked) return;
      if (Atomics.wait(news, REPLIES, come, patience) !== "timed-out") continue;
      throw new FailureError("THREADS_SILENT", {
        what: `a worker thread has not started within ${patience / 1000} s`,
        mend: "train on one thread: --threads 1",
      });
    }
  }
}

/** Why a worker died. */
function deathOf(failure: Failure): FailureError {
  const cause = errorOf(failure);
  return new FailureError(
    "THREAD_DIED",
    {
      what: `a worker thread died at its work: ${cause.message}`,
      mend: "for want of memory, train on fewer threads or give Node more: NODE_OPTIONS=--max-old-space-size=4096; --resume goes on from the last checkpoint",
    },
    { cause },
  );
}
