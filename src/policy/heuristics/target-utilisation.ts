import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { scalingRule, wholeServers } from "./scaling-rule.js";

/**
 * As many servers as make what runs now their target share: busy / share, the rule of the usual reactive autoscalers. With
 * every server busy it grows by 1 / share a decision. A task that waits keeps at least one server.
 */
export const targetUtilisation = ({ share = 0.7 }: { share?: number } = {}): Policy =>
  scalingRule(label("target-utilisation", { share }), ({ pools }, pool) =>
    Math.max(wholeServers(pools.running(pool) / share), pools.waiting(pool) > 0 ? 1 : 0),
  );
