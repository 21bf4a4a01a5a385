/** The official file cuts names here. */
const CUT = 50;

/** What the name of a task of Alibaba's 2018 trace tells of the DAG: `J4_2_3` is task 4, after tasks 2 and 3. */
export interface TaskName {
  /** Its number in the job; null where the task is independent of all others. */
  readonly number: string | null;
  /** `J`: Alibaba's own classes of tasks; `task` for all that are independent. */
  readonly letters: string;
  /** Numbers of its parents as they stand, not always distinct. */
  readonly parents: readonly string[];
  /** The name was cut, so that some of its parents may be missing. */
  readonly cut: boolean;
}

const DEPENDENT = /^([A-Za-z]+?)(\d+)((?:_\d+)*)(?:_Stg\d+)?_?$/;

/**
 * @param literal takes a cut name as it stands. Otherwise its last number is left out, for digits of it may be missing:
 * `M5_14_17_…_1` may have been `…_112`. Read as it stands, such a name can even close a circle
 */
export function parseTaskName(name: string, literal = false): TaskName {
  const match = DEPENDENT.exec(name);
  const cut = name.length >= CUT;
  if (match === null) return { number: null, letters: "task", parents: [], cut: false };
  const parents = match[3] === "" ? [] : match[3]!.slice(1).split("_");
  if (cut && !literal && !name.endsWith("_")) parents.pop();
  return {
    number: bare(match[2]!),
    letters: match[1]!,
    parents: parents.map(bare),
    cut,
  };
}

const bare = (digits: string): string => digits.replace(/^0+(?=\d)/, "");
