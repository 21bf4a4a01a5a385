import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ResultStore } from "../experiment/result-store.js";
import { sha256 } from "../kit/sha256.js";
import { cannotWrite, temporaryBeside } from "../workload/atomic-file.js";

/** What kind of results a cache has: the format of its files, and the name of one, which is also the field that it stands in. */
export interface ResultKind {
  readonly format: string;
  readonly field: string;
}

export const CELLS: ResultKind = { format: "switchyard.cell/1", field: "cell" };
export const REPLICATIONS: ResultKind = { format: "switchyard.replication/1", field: "replication" };

/** More remarks on damaged files than these are not made. */
const MOST_REMARKS = 5;

/** Tells the user of the first few files that are not what they should be. */
export function cacheRemarks(silent: boolean): (what: string) => void {
  let remarks = 0;
  return (what) => {
    if (!silent && remarks++ < MOST_REMARKS) process.stderr.write(`warning: ${what}\n`);
  };
}

/** A result on disk (`format`, `key`, the digest of its `content`, and itself), as far as one can know. */
type Entry = Readonly<Record<string, unknown>> | null;

/**
 * Results in a folder, a file each. A file is renamed into place, so that a process that is killed leaves whole files only; it is
 * not flushed to the disk, since one that a power cut damaged fails its check and is made anew. Several processes may share
 * a folder, and whoever wants the space back deletes it.
 */
export class ResultCache<Result extends object> implements ResultStore<Result> {
  /** @param remark is told of each file that is not what it should be */
  constructor(
    private readonly kind: ResultKind,
    private readonly folder: string,
    private readonly remark: (what: string) => void,
  ) {}

  async find(digest: string): Promise<Result | undefined> {
    const path = this.pathOf(digest);
    const again = `the ${this.kind.field} is run anew`;
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        this.remark(`${path} cannot be read (${(error as Error).message}): ${again}`);
      return undefined;
    }
    const result = this.resultIn(text, digest);
    if (result === undefined) this.remark(`${path} is damaged: ${again}`);
    return result;
  }

  /** @throws {FailureError} CANNOT_WRITE */
  async keep(digest: string, result: Result): Promise<void> {
    const { format, field } = this.kind;
    const path = this.pathOf(digest);
    const entry = { format, key: digest, content: contentDigest(result), [field]: result };
    const temporary = temporaryBeside(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, `${JSON.stringify(entry)}\n`, { flag: "wx" });
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw cannotWrite(`the cache of ${field}s`, this.folder, cause as Error);
    }
  }

  /** In folders by the first two digits: no folder should have a hundred thousand files. */
  private pathOf(digest: string): string {
    return join(this.folder, digest.slice(0, 2), `${digest}.json`);
  }

  /** The result that a file holds, if it is whole and the one asked for. */
  private resultIn(text: string, digest: string): Result | undefined {
    let entry: Entry;
    try {
      entry = JSON.parse(text) as Entry;
    } catch {
      return undefined;
    }
    const { format, key, content, [this.kind.field]: result } = entry ?? {};
    if (
      format !== this.kind.format ||
      key !== digest ||
      result === undefined ||
      contentDigest(result) !== content
    )
      return undefined;
    return withoutNulls(result) as Result;
  }
}

const contentDigest = (result: unknown): string => sha256(JSON.stringify(result));

/** JSON writes NaN as null, and a result has no other nulls. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withoutNulls(held)]));
}
