import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CellStore } from "../experiment/cell-store.js";
import type { BenchmarkCell } from "../experiment/results.js";
import { sha256 } from "../kit/sha256.js";
import { cannotWrite, temporaryBeside } from "../workload/atomic-file.js";

/** A cell on disk: its own digest, and that of its content. */
interface Entry {
  readonly format: "switchyard.cell/1";
  readonly key: string;
  readonly content: string;
  readonly cell: BenchmarkCell;
}

/**
 * Cells in a folder, a file each. A file is renamed into place, so that a process that is killed leaves whole files only; it is
 * not flushed to the disk, since one that a power cut damaged fails its check and is made anew. Several processes may share
 * a folder, and whoever wants the space back deletes it.
 */
export class CellCache implements CellStore {
  /** @param remark is told of each file that is not what it should be */
  constructor(
    private readonly folder: string,
    private readonly remark: (what: string) => void,
  ) {}

  async find(digest: string): Promise<BenchmarkCell | undefined> {
    const path = this.pathOf(digest);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        this.remark(`${path} cannot be read (${(error as Error).message}): the cell is run anew`);
      return undefined;
    }
    const cell = cellIn(text, digest);
    if (cell === undefined) this.remark(`${path} is damaged: the cell is run anew`);
    return cell;
  }

  /** @throws {FailureError} CANNOT_WRITE */
  async keep(digest: string, cell: BenchmarkCell): Promise<void> {
    const path = this.pathOf(digest);
    const entry: Entry = { format: "switchyard.cell/1", key: digest, content: contentDigest(cell), cell };
    const temporary = temporaryBeside(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, `${JSON.stringify(entry)}\n`, { flag: "wx" });
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw cannotWrite("the cache of cells", this.folder, cause as Error);
    }
  }

  /** In folders by the first two digits: no folder should have a hundred thousand files. */
  private pathOf(digest: string): string {
    return join(this.folder, digest.slice(0, 2), `${digest}.json`);
  }
}

const contentDigest = (cell: BenchmarkCell): string => sha256(JSON.stringify(cell));

/** The cell that a file holds, if it is whole and the one asked for. */
function cellIn(text: string, digest: string): BenchmarkCell | undefined {
  let entry: Partial<Entry> | null;
  try {
    entry = JSON.parse(text) as Partial<Entry> | null;
  } catch {
    return undefined;
  }
  const { format, key, content, cell } = entry ?? {};
  if (
    format !== "switchyard.cell/1" ||
    key !== digest ||
    cell === undefined ||
    contentDigest(cell) !== content
  )
    return undefined;
  return withoutNulls(cell) as BenchmarkCell;
}

/** JSON writes NaN as null, and a cell has no other nulls. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withoutNulls(held)]));
}
