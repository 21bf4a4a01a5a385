import { InputError, suggest } from "../../kit/errors.js";
import { headOf } from "./content.js";
import type { Format } from "./format.js";
import { FORMATS } from "./formats.js";
import type { Source } from "./source.js";

/** @throws {InputError} UNKNOWN_FORMAT */
export function formatNamed(name: string): Format {
  const found = FORMATS.find((format) => format.name === name);
  if (found !== undefined) return found;
  throw new InputError("UNKNOWN_FORMAT", {
    what: `no format is called "${name}"`,
    mend: suggest("formats here", name, ["auto", ...FORMATS.map((format) => format.name)]),
  });
}

/**
 * The format of a file, by its first bytes and its name.
 * @throws {InputError} UNKNOWN_FORMAT
 */
export async function formatOf(source: Source): Promise<Format> {
  const head = await headOf(source);
  for (const format of FORMATS) {
    if (!format.sniff(head, source.name)) continue;
    if (format.confirms === undefined || (await format.confirms(source))) return format;
  }
  throw new InputError("UNKNOWN_FORMAT", {
    what: head.length === 0 ? "the file is empty" : "the format of the file is not known",
    where: source.name,
    mend: `give one of these: ${FORMATS.map(({ title }) => title).join(", ")}; or say which it is with --format`,
  });
}

/**
 * The format that all files have.
 * @throws {InputError} NO_FILES, UNKNOWN_FORMAT or MIXED_FORMATS
 */
export async function commonFormat(sources: readonly Source[]): Promise<Format> {
  const [first, ...others] = sources;
  if (first === undefined) throw noFiles();
  const format = await formatOf(first);
  for (const source of others) {
    const other = await formatOf(source);
    if (other === format) continue;
    throw new InputError("MIXED_FORMATS", {
      what: `the file is ${other.title}, and the files before it are ${format.title}`,
      where: source.name,
      mend: "import files of one format at a time",
    });
  }
  return format;
}

export const noFiles = (): InputError =>
  new InputError("NO_FILES", { what: "there is no file to import", mend: "give at least one" });
