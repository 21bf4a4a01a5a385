import type { TraceWorkflow } from "../trace/index.js";
import { type Transform, transform } from "./transform.js";

/**
 * Takes out what tells whose the trace is: templates, types and pools become numbered words, in the order in which they
 * are met; the instant of time 0, the source and the files it was made of are forgotten. Times, work, shapes and outcomes
 * stay: who knows them may know the trace again.
 */
export function anonymize(): Transform {
  return transform(
    "anonymize",
    {},
    async function* (flows) {
      const template = numbered("workflow");
      const type = numbered("type");
      const pool = numbered("pool");
      for await (const flow of flows) {
        const hidden: TraceWorkflow = {
          ...flow,
          template: template(flow.template),
          type: flow.type.map(type),
        };
        const { recordedPool } = flow;
        yield recordedPool === undefined
          ? hidden
          : { ...hidden, recordedPool: recordedPool.map((name) => (name === null ? null : pool(name))) };
      }
    },
    { anonymous: true },
  );
}

function numbered(word: string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let hidden = known.get(name);
    if (hidden === undefined) known.set(name, (hidden = `${word}-${known.size + 1}`));
    return hidden;
  };
}
