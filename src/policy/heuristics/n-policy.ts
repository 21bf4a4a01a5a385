import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { present, serversToCome } from "./delay.js";
import { scalingRule } from "./scaling-rule.js";

/**
 * N-policy (Yadin and Naor 1963; Heyman 1968): the pool goes down to its least size when it is empty, and up to its largest
 * when N tasks are there.
 */
export const nPolicy = ({ n = 2 }: { n?: number } = {}): Policy =>
  scalingRule(label("n-policy", { n }), (view, pool) => {
    let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < view.count; i++) {
      smallest = Math.min(smallest, view.option(i));
      largest = Math.max(largest, view.option(i));
    }
    const tasks = present(view, pool);
    const up = serversToCome(view, pool) > smallest;
    return tasks >= n || (up && tasks > 0) ? largest : smallest;
  });
