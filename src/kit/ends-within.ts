import { url } from "node:inspector";
import { Script } from "node:vm";

/** Where a script finds what it runs: it knows the globals alone. */
const WORK = Symbol.for("switchyard.endsWithin");
const CALL = new Script(`globalThis[Symbol.for("${WORK.description}")]()`, { filename: "ends-within" });

const slot = globalThis as { [WORK]?: () => void };

/**
 * Does some work, which is stopped once it takes longer, whatever it does: it is not asked, and can catch nothing. What it had in hand
 * is then half done. Work within such work has the limit of the whole; under a debugger, where people stop to look, there is none.
 * A call costs some 0.1 ms, for the thread that watches.
 * @returns whether it came to its end
 */
export function endsWithin(seconds: number, work: () => void): boolean {
  if (seconds === Number.POSITIVE_INFINITY || slot[WORK] !== undefined || url() !== undefined) {
    work();
    return true;
  }
  let ended = false;
  slot[WORK] = () => {
    try {
      work();
    } finally {
      // Not reached by work that is stopped.
      ended = true;
    }
  };
  try {
    CALL.runInThisContext({ timeout: Math.ceil(seconds * 1000) });
  } catch (error) {
    if (ended) throw error;
  } finally {
    delete slot[WORK];
  }
  return ended;
}
