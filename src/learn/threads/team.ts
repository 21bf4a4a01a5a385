import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { FailureError } from "../../kit/errors.js";
import { compiled } from "./compiled.js";
import { Abandoned, crewMemory, MOST_MEMBERS, SharedCrew } from "./crew.js";
import { errorOf } from "./failure.js";
import type { EnvironmentTraits, Job, Opening, Reply, WorkerData } from "./messages.js";
import { Pace } from "./pace.js";

/** How long a thread may take to start: what it loads may come from a slow disk. */
const START = 60_000;

/** A worker inherits Node's options; but of a program that was given as a string, not that it is one. */
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
  private readonly workers: readonly { readonly worker: Worker; readonly port: MessagePort }[];
  private readonly replies = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private asked = 0;

  /** @param size threads, this one included: 2 at least */
  constructor(readonly size: number) {
    this.memory = crewMemory(Math.min(size, MOST_MEMBERS));
    this.crew = new SharedCrew(this.memory, 0);
    this.pace = new Pace(this.crew.count);
    this.workers = Array.from({ length: size - 1 }, () => {
      const { port1, port2 } = new MessageChannel();
      const workerData: WorkerData = { port: port2, replies: this.replies };
      const worker = new Worker(compiled("learn/threads/worker.js"), {
        workerData,
        transferList: [port2],
        ...STRING_INPUT,
      });
      // Nobody listens while this thread waits: what does not start is seen by its silence.
      worker.on("error", () => {});
      worker.unref();
      return { worker, port: port1 };
    });
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
    const asked = this.workers.filter(({ port }, w) => {
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
    const replies = asked.map(({ port }) => receiveMessageOnPort(port)!.message as Reply);
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
    for (const { worker, port } of this.workers) {
      port.close();
      void worker.terminate();
    }
  }

  private waitForReplies(patience: number): void {
    const { replies } = this;
    for (let come = Atomics.load(replies, 0); come < this.asked; come = Atomics.load(replies, 0)) {
      if (Atomics.wait(replies, 0, come, patience) !== "timed-out") continue;
      throw new FailureError("THREADS_SILENT", {
        what: `a worker thread has not started within ${patience / 1000} s`,
        mend: "train on one thread: --threads 1",
      });
    }
  }
}
