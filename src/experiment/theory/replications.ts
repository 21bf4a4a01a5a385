import { canonicalJson } from "../../kit/canonical-json.js";
import { sha256 } from "../../kit/sha256.js";
import type { ResultStore } from "../result-store.js";
import { openThreads, type Threads } from "../threads.js";
import { type Finding, type Replication, replicate } from "./replicate.js";

/** Where findings are kept, and what tells apart versions of the code that runs. */
export interface FindingStore {
  readonly findings: ResultStore<Finding>;
  readonly engine: string;
}

/** Runs replications, in this thread or in others; those that are kept need not run again. */
export class Replications {
  private readonly pool: Threads<Replication, Finding> | undefined;

  constructor(
    threads: number,
    private readonly store: FindingStore | undefined,
  ) {
    if (threads > 1) this.pool = openThreads("theory/theory-worker.js", threads);
  }

  /** @param onFinding is told of each as it comes, in whatever order */
  async run(jobs: readonly Replication[], onFinding: () => void): Promise<Finding[]> {
    const one = async (job: Replication): Promise<Finding> => {
      const finding = await this.found(job);
      onFinding();
      return finding;
    };
    if (this.pool !== undefined) return Promise.all(jobs.map(one));
    const findings: Finding[] = [];
    for (const job of jobs) findings.push(await one(job));
    return findings;
  }

  async close(): Promise<void> {
    await this.pool?.close();
  }

  private async found(job: Replication): Promise<Finding> {
    const { store } = this;
    if (store === undefined) return this.made(job);
    const digest = sha256(canonicalJson({ engine: store.engine, replication: job }));
    const kept = await store.findings.find(digest);
    if (kept !== undefined) return kept;
    const finding = await this.made(job);
    await store.findings.keep(digest, finding);
    return finding;
  }

  private async made(job: Replication): Promise<Finding> {
    if (this.pool !== undefined) return this.pool.run(job);
    const finding = replicate(job);
    // Let a signal have its turn.
    await new Promise((resolve) => setImmediate(resolve));
    return finding;
  }
}
