import type { Family } from "../families/index.js";
import { admission } from "./admission.js";
import { autoscaling } from "./autoscaling.js";
import { dispatching } from "./dispatching.js";
import { failingRoutes } from "./failing-routes.js";
import { hedging } from "./hedging.js";
import { singleServer } from "./single-server.js";
import { skills } from "./skills.js";
import { slowServer } from "./slow-server.js";

/** Control problems by the names of their families. */
export const CONTROL: Readonly<Record<string, Family>> = {
  B1: slowServer,
  B2: dispatching,
  B3: singleServer,
  B4: skills,
  B6: autoscaling,
  B7: failingRoutes,
  B8: admission,
  B9: hedging,
};
