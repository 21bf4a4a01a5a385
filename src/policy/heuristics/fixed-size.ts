import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { scalingRule } from "./scaling-rule.js";

/** Always so many servers, or as many of them as the pool may have. */
export const fixedSize = ({ n = 1 }: { n?: number } = {}): Policy =>
  scalingRule(label("fixed-size", { n }), () => n);
