import type { JsonObject } from "../../kit/json.js";
import type { TraceWorkflow } from "../trace/index.js";
import { type Transform, transform } from "./transform.js";

/** What a workflow must be to stay; all that is asked must hold. */
export interface Criteria {
  /** Its template; `*` stands for anything. */
  readonly template?: string;
  /** A type that one of its tasks has; `*` stands for anything. */
  readonly type?: string;
  /** Outcome that one of its tasks has. */
  readonly outcome?: string;
  /** Fewest and most tasks. */
  readonly minTasks?: number;
  readonly maxTasks?: number;
  /** Least and most total work, seconds. */
  readonly minWork?: number;
  readonly maxWork?: number;
  /** Whether the work of all its tasks is known, as a replay wants it. */
  readonly known?: boolean;
  /** Keep those that the rest does not describe. */
  readonly not?: boolean;
}

export function filter(criteria: Criteria): Transform {
  const matches = matcher(criteria);
  return transform("filter", { ...criteria } as JsonObject, async function* (flows) {
    for await (const flow of flows) if (matches(flow) !== (criteria.not === true)) yield flow;
  });
}

function matcher(criteria: Criteria): (flow: TraceWorkflow) => boolean {
  const { outcome, known } = criteria;
  const { minTasks = 0, maxTasks = Number.POSITIVE_INFINITY } = criteria;
  const { minWork = 0, maxWork = Number.POSITIVE_INFINITY } = criteria;
  const template = criteria.template === undefined ? null : pattern(criteria.template);
  const type = criteria.type === undefined ? null : pattern(criteria.type);
  return (flow) => {
    if (flow.count < minTasks || flow.count > maxTasks) return false;
    if (template !== null && !template(flow.template)) return false;
    if (type !== null && !flow.type.some(type)) return false;
    if (outcome !== undefined && flow.outcome?.includes(outcome) !== true) return false;
    if (known === true && flow.work.some(Number.isNaN)) return false;
    const work = flow.work.reduce((sum, w) => sum + (Number.isNaN(w) ? 0 : w), 0);
    return work >= minWork && work <= maxWork;
  };
}

/** Parts between stars are looked for one after another: never more than the length of the text times that of the pattern. */
function pattern(glob: string): (text: string) => boolean {
  const parts = glob.split("*");
  if (parts.length === 1) return (text) => text === glob;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const middle = parts.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}
