import { suggest } from "../../kit/errors.js";
import type { Reader } from "./reader.js";

/** Workflows within workflows within ... */
export const DEEPEST_CALLS = 16;

/** The workflows of a scenario before they are read: what they are called, for calls, and what they may answer. */
export class WorkflowNames {
  private readonly index: ReadonlyMap<string, number>;
  private readonly answered: (readonly string[] | undefined)[] = [];

  constructor(private readonly entries: readonly { readonly key: string; readonly value: Reader }[]) {
    this.index = new Map(entries.map(({ key }, w) => [key, w]));
  }

  /** Index of the workflow that is called; complains, and gives the first, where there is none of the name. */
  find(reader: Reader): number {
    const name = reader.text("");
    const found = this.index.get(name);
    if (found === undefined && name !== "")
      reader.complain(`there is no workflow "${name}"`, suggest("workflows", name, [...this.index.keys()]));
    return found ?? 0;
  }

  /** A workflow answers what the last of its tasks answered: one of these. */
  answers(workflow: number, depth = 0): readonly string[] {
    const before = this.answered[workflow];
    if (before !== undefined) return before;
    // What calls itself, or nests deeper than is allowed, is refused elsewhere and adds nothing here.
    if (depth > DEEPEST_CALLS) return [];
    this.answered[workflow] = [];
    const found = new Set<string>();
    const add = (body: ReadonlyMap<string, Reader>): void => {
      for (const value of body.get("values")?.parts().keys() ?? []) found.add(value);
      const called = this.index.get(String(body.get("workflow")?.scalar));
      if (called !== undefined) for (const value of this.answers(called, depth + 1)) found.add(value);
    };
    const tasks = this.entries[workflow]?.value.parts().get("tasks")?.parts();
    for (const task of tasks?.values() ?? []) {
      const parts = task.parts();
      add(parts);
      for (const alternative of parts.get("oneOf")?.parts().values() ?? []) add(alternative.parts());
    }
    const answers = [...found];
    this.answered[workflow] = answers;
    return answers;
  }
}
