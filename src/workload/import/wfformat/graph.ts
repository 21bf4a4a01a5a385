import { InputErrors } from "../../../kit/errors.js";
import type { GraphShape } from "../../../model/task-graph.js";
import { topologicalOrder } from "../../trace/topological-order.js";
import type { ReportBuilder } from "../report.js";
import { Complaints } from "./complaints.js";
import { type DeclaredEdges, declaredEdges, fileEdges } from "./edges.js";
import type { WfInstance } from "./instance.js";

/** Ids of a cycle that are named; the others are counted. */
const CYCLE_SHOWN = 50;

/**
 * The DAG of an instance: the union of what parents and children lists say, or what files imply where they say nothing.
 * @returns the tasks in the order of the instance, with an order in which parents come first
 * @throws {InputErrors} BAD_WFFORMAT for references to nothing, tasks that are their own parents, and cycles
 */
export function graphOf(
  instance: WfInstance,
  report: ReportBuilder,
): { readonly shape: GraphShape; readonly order: Int32Array } {
  const { tasks, file } = instance;
  const complaints = new Complaints();
  const declared = declaredEdges(instance);
  for (const { task, list, name } of declared.dangling) {
    complaints.add({
      what: `${list === "parents" ? "parent" : "child"} "${name}" of "${task.id}" is not a task`,
      where: task.where(),
      mend: `correct the name, or remove it from ${list}`,
    });
  }
  for (const task of declared.self) {
    complaints.add({
      what: `task "${task.id}" is its own parent (a cycle of length 1)`,
      where: task.where(),
      mend: "remove it from its own parents and children",
    });
  }
  compareDirections(instance, declared, report, complaints);
  complaints.throwIfAny();
  const edges = declared.union.size > 0 ? declared.union : fileEdges(instance);
  if (edges.size > 0 && edges !== declared.union) {
    report.warn(
      "EDGES_FROM_FILES",
      "no task names parents or children; dependencies are taken from the files",
      () => file,
    );
  }
  const shape = edges.shape();
  const found = topologicalOrder(shape);
  if ("order" in found) return { shape, order: found.order };
  const ids = found.cycle.map((t) => tasks[t]!.id);
  const more = ids.length - CYCLE_SHOWN;
  throw new InputErrors("BAD_WFFORMAT", [
    {
      what: `tasks depend on one another in a circle: ${ids.slice(0, CYCLE_SHOWN).join(" → ")}${more > 0 ? ` → … (${more} more)` : ""} → ${ids[0]}`,
      where: tasks[found.cycle[0]!]!.where(),
      mend: "remove one of these dependencies",
    },
  ]);
}

/** Where a file uses both lists, they must say the same. A file may well use only one. */
function compareDirections(
  { tasks }: WfInstance,
  { fromParents, fromChildren, dangling }: DeclaredEdges,
  report: ReportBuilder,
  complaints: Complaints,
): void {
  if (fromParents.size === 0 || fromChildren.size === 0) return;
  const disagree = (holder: number, text: string) => {
    if (dangling.length > 0) {
      complaints.add({ what: text, where: tasks[holder]!.where(), mend: "make both lists say the same" });
    } else {
      report.warn("PARENT_CHILD_DISAGREE", `${text}; a dependency that either list has is kept`, () =>
        tasks[holder]!.where(),
      );
    }
  };
  for (const [parent, child] of fromParents.without(fromChildren)) {
    disagree(
      child,
      `"${tasks[child]!.id}" lists "${tasks[parent]!.id}" as parent, which does not list it as child`,
    );
  }
  for (const [parent, child] of fromChildren.without(fromParents)) {
    disagree(
      parent,
      `"${tasks[parent]!.id}" lists "${tasks[child]!.id}" as child, which does not list it as parent`,
    );
  }
}
