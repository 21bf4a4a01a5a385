import { existsSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../kit/canonical-json.js";
import { InputError } from "../../kit/errors.js";
import { readBounded, writeFileAtomic } from "../files.js";

const CHECKPOINT = "checkpoint.json";
const CHECKPOINT_BYTES = 512 * 1024 * 1024;
const FORMAT = "switchyard.checkpoint/1";

/** What a run must have in common with its checkpoint to go on from it, by the name it is told under. */
export type Identity = Readonly<Record<string, unknown>>;

/** The checkpoints of a training run, in its folder: written whole or not at all, one after another. */
export class TrainingCheckpoint<State> {
  private pending: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private readonly identity: Identity,
    /** Where an earlier run was stopped; null where this one begins. */
    readonly from: State | null,
  ) {}

  /**
   * @throws {InputError} RUN_EXISTS where there is one and it is not to be resumed; NO_CHECKPOINT; BAD_CHECKPOINT; OTHER_RUN with what
   *   differs
   */
  static async open<State>(
    folder: string,
    resume: boolean,
    identity: Identity,
  ): Promise<TrainingCheckpoint<State>> {
    const path = join(folder, CHECKPOINT);
    const exists = existsSync(path);
    if (!resume && exists) {
      throw new InputError("RUN_EXISTS", {
        what: "a training run is here already",
        where: folder,
        mend: "go on with --resume, or give another folder with --out",
      });
    }
    if (resume && !exists) {
      throw new InputError("NO_CHECKPOINT", {
        what: "there is no checkpoint to go on from",
        where: path,
        mend: "begin without --resume, or give the run's folder with --out",
      });
    }
    return new TrainingCheckpoint(path, identity, resume ? await read<State>(path, identity) : null);
  }

  store(state: State): void {
    // JSON here and now: the state may have gone on when its turn to be written comes.
    const text = JSON.stringify({ format: FORMAT, identity: this.identity, state });
    this.pending = this.pending.then(() => writeFileAtomic(this.path, text));
  }

  flush(): Promise<void> {
    return this.pending;
  }
}

async function read<State>(path: string, identity: Identity): Promise<State> {
  const text = new TextDecoder().decode(await readBounded(path, CHECKPOINT_BYTES));
  let saved: { readonly format: string; readonly identity: Identity; readonly state: State };
  try {
    saved = JSON.parse(text) as typeof saved;
    if (saved.format !== FORMAT) throw new Error(`its format is ${String(saved.format)}`);
  } catch (cause) {
    throw new InputError(
      "BAD_CHECKPOINT",
      { what: `the checkpoint cannot be read: ${(cause as Error).message}`, where: path, mend: "start anew" },
      { cause },
    );
  }
  // As JSON has them: what is undefined is not there, and numbers are as they are written.
  const now = JSON.parse(JSON.stringify(identity)) as Identity;
  for (const [name, value] of Object.entries(now)) {
    const difference = firstDifference(saved.identity[name], value);
    if (difference === null) continue;
    throw new InputError("OTHER_RUN", {
      what: `the checkpoint was made with another ${name}${difference}`,
      where: path,
      mend: "resume with the same scenario and options, or start anew in another folder",
    });
  }
  return saved.state;
}

/** Where two JSON values first differ, as words to follow the value's name: `: learning.settings.horizon is 30, and was 20`; null where they do not. */
function firstDifference(was: unknown, is: unknown, path = ""): string | null {
  if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return null;
  if (isRecord(was) && isRecord(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const difference = firstDifference(was[key], is[key], path === "" ? key : `${path}.${key}`);
      if (difference !== null) return difference;
    }
  }
  if (path === "") return "";
  return `: ${path} is ${shown(is)}, and was ${shown(was)}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? "not set" : JSON.stringify(value));
