import { timesOf } from "../trace/index.js";
import { type Transform, transform } from "./transform.js";

/**
 * Time and work in other proportions: times `time` between submissions (2: half the rate), times `work` of work.
 * A recorded time keeps its distance from its workflow's submission, stretched as the work is; so is a deadline.
 */
export function scale(time: number, work: number): Transform {
  return transform(
    "scale",
    { time, work },
    async function* (flows) {
      for await (const flow of flows) {
        const submitted = flow.submitted * time;
        yield {
          ...flow,
          ...timesOf(flow, (t) => submitted + (t - flow.submitted) * work),
          submitted,
          work: flow.work.map((seconds) => seconds * work),
          deadline: flow.deadline * work,
        };
      }
    },
    { originShift: time === 1 ? 0 : null },
  );
}
