/** The type of a task: its name without the number at the end (`blastall_ID000002` and `blastall_3` are `blastall`). */
export function taskType(name: string): string {
  const type = name.replace(/[_-]?(?:ID)?\d+$/, "");
  return type === "" ? name : type;
}

/**
 * The application of a workflow: its name without what tells one run from another, a file's ending, time stamps and
 * numbers at the end (`1000genome-20200401T035039Z-0` is `1000genome`).
 */
export function applicationName(name: string): string {
  let stem = name.replace(/\.json$/i, "");
  for (;;) {
    const shorter = stem.replace(/[-_.](?:\d{8}T\d{4,6}Z?|\d+)$/, "");
    if (shorter === stem || shorter === "") break;
    stem = shorter;
  }
  return stem === "" ? name : stem;
}
