import { Worker, workerData } from "node:worker_threads";
import { SharedCrew } from "./crew.js";
import { failureOf } from "./failure.js";
import { DIED, type KeeperData, REPLIES, type WorkerData } from "./messages.js";

/**
 * A thread that starts the workers and only listens. Who asks them is blocked while they work, and would never hear that one of them
 * died: of memory, say. Then it is told here, and nobody waits for who will not come.
 */
const { workers, news, crew, deaths } = workerData as KeeperData;

for (const port of workers) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: { port, news } satisfies WorkerData,
    transferList: [port],
  });
  let reason: unknown = null;
  worker.on("error", (error) => {
    reason = error;
  });
  worker.on("exit", (code) => {
    deaths.postMessage(failureOf(reason ?? new Error(`it ended by itself, with code ${code}`)));
    Atomics.store(news, DIED, 1);
    new SharedCrew(crew, 0).abandon();
    // As a reply would: who is about to wait for one sees that there is something new.
    Atomics.add(news, REPLIES, 1);
    Atomics.notify(news, REPLIES);
  });
}
