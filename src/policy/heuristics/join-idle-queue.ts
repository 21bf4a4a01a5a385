import type { Policy } from "../policy.js";
import { hasIdleServer } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/** Any pool with an idle server, drawn uniformly; where none has one, any pool (Lu et al. 2011, JIQ-Random). */
export const joinIdleQueue = (): Policy =>
  leastPolicy("join-idle-queue", ["route"], (view, i) => (hasIdleServer(view, view.pool(i)) ? 0 : 1));
