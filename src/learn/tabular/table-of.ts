import type { DecisionTable } from "../../policy/runtime/table/index.js";
import type { TablePolicy } from "./solve-chain.js";

/**
 * What a solution decides, of views by their numbers; those in which it knows nothing are left out.
 * @param known of the key that read the views
 */
export const tableOf = (
  kinds: DecisionTable["kinds"],
  known: DecisionTable["known"],
  views: readonly (readonly number[])[],
  policy: TablePolicy,
): DecisionTable => ({
  kinds,
  known,
  entries: views.flatMap((figures, v) => {
    const code = policy[v] ?? null;
    return code === null ? [] : [{ figures, code }];
  }),
});
