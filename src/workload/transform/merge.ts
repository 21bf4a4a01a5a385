import type { TraceWorkflow } from "../trace/index.js";
import { moved } from "./transform.js";

/** A trace among those that are merged. */
export interface Stream {
  readonly flows: AsyncIterable<TraceWorkflow>;
  /** Seconds by which its workflows come later than they say: how its time 0 lies behind that of the merged trace. */
  readonly offset: number;
}

/** The workflows of several traces, by when they come; of those that come together, the earlier trace's first. */
export async function* merged(streams: readonly Stream[]): AsyncGenerator<TraceWorkflow> {
  const cursors = streams.map(({ flows, offset }) => ({ next: flows[Symbol.asyncIterator](), offset }));
  const heads = await Promise.all(cursors.map(({ next }) => next.next()));
  try {
    for (;;) {
      let earliest = -1;
      let at = Number.POSITIVE_INFINITY;
      heads.forEach((head, i) => {
        if (head.done === true) return;
        const comes = head.value.submitted + cursors[i]!.offset;
        if (comes < at) [earliest, at] = [i, comes];
      });
      if (earliest < 0) return;
      yield moved(heads[earliest]!.value, at);
      heads[earliest] = await cursors[earliest]!.next.next();
    }
  } finally {
    for (const { next } of cursors) await next.return?.();
  }
}
