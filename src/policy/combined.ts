import { InputError } from "../kit/errors.js";
import type { DecisionKind } from "../model/scenario.js";
import type { Policy } from "./policy.js";

/** Several policies as one: each decision goes to the first that makes its kind. Named like `sed+sjf`. */
export function combined(parts: readonly Policy[]): Policy {
  if (parts.length === 1) return parts[0]!;
  const by: Partial<Record<DecisionKind, Policy>> = {};
  for (const part of parts) for (const kind of part.kinds) by[kind] ??= part;
  return {
    name: parts.map((part) => part.name).join("+"),
    kinds: Object.keys(by) as DecisionKind[],
    reset(seed) {
      for (const part of parts) part.reset(seed);
    },
    decide(view) {
      const part = by[view.kind];
      if (part === undefined) {
        throw new InputError("NO_DECISION", {
          what: `policy ${this.name} was asked for a ${view.kind} decision, which it does not make`,
          mend: `add one that does, e.g. ${this.name}+random`,
        });
      }
      return part.decide(view);
    },
    propensity: (view, candidate) => by[view.kind]?.propensity?.(view, candidate) ?? Number.NaN,
    scores: (view, scores) => by[view.kind]?.scores?.(view, scores) ?? null,
    // What remembers nothing has nothing to save, which tells it from what does.
    ...(parts.every(({ save }) => save === undefined) ? {} : saved(parts)),
  };
}

const saved = (parts: readonly Policy[]): Required<Pick<Policy, "save" | "load">> => ({
  save: () => parts.map((part) => part.save?.() ?? null),
  load(state) {
    (state as unknown[]).forEach((one, k) => {
      if (one !== null) parts[k]!.load?.(one);
    });
  },
});
