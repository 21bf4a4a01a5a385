import { createHash } from "node:crypto";
import { InputError, suggest } from "../../kit/errors.js";
import type { Imported, Importer, ImportOptions, SourceFile } from "./importer.js";
import { ReportBuilder } from "./report.js";
import { wfformatImporter } from "./wfformat/importer.js";

/** Every format that can be imported, in the order in which they are tried. */
export const IMPORTERS: readonly Importer[] = [wfformatImporter];

/** Bytes of a file by which its format is told. */
const HEAD_BYTES = 64 * 1024;
/** Files that the provenance lists one by one; a digest covers them all in any case. */
const FILES_LISTED = 200;

/**
 * Workflows, metadata and a report from recorded files, all of one format. Nothing is kept of an input that is refused.
 * @param options.format a name from `IMPORTERS`, or `auto` to tell it by the files
 * @throws {InputError} UNKNOWN_FORMAT, NO_FILES, MIXED_FORMATS, STRICT_IMPORT, and what the importer throws
 */
export function importTrace(
  files: readonly SourceFile[],
  options: Partial<ImportOptions> & { readonly format?: string } = {},
): Imported {
  const { format = "auto", strict = false, submit = "recorded", spacing = 0 } = options;
  const importer = format === "auto" ? detect(files) : named(format);
  const report = new ReportBuilder();
  const { workflows, origin } = importer.import(files, { strict, submit, spacing }, report);
  if (strict) report.requireClean();
  let tasks = 0;
  let edges = 0;
  for (const { count, parent } of workflows) {
    tasks += count;
    edges += parent.length;
  }
  return {
    workflows,
    metadata: {
      source: importer.title,
      provenance: [step(importer, files, { strict, submit, spacing })],
      origin,
    },
    report: {
      format: importer.name,
      files: files.length,
      workflows: workflows.length,
      tasks,
      edges,
      skipped: report.skipped,
      warnings: report.warnings,
    },
  };
}

function named(format: string): Importer {
  const found = IMPORTERS.find(({ name }) => name === format);
  if (found !== undefined) return found;
  throw new InputError("UNKNOWN_FORMAT", {
    what: `no format is called "${format}"`,
    mend: suggest("formats here", format, ["auto", ...IMPORTERS.map(({ name }) => name)]),
  });
}

function detect(files: readonly SourceFile[]): Importer {
  if (files.length === 0)
    throw new InputError("NO_FILES", { what: "there is no file to import", mend: "give at least one" });
  let found: Importer | undefined;
  for (const { name, bytes } of files) {
    const importer = IMPORTERS.find((each) => each.sniff(bytes.subarray(0, HEAD_BYTES), name));
    if (importer === undefined) {
      throw new InputError("UNKNOWN_FORMAT", {
        what: bytes.length === 0 ? "the file is empty" : "the format of the file is not known",
        where: name,
        mend: `give one of these: ${IMPORTERS.map(({ title }) => title).join(", ")}; or say which it is with --format`,
      });
    }
    if (found !== undefined && found !== importer) {
      throw new InputError("MIXED_FORMATS", {
        what: `the file is ${importer.title}, and the files before it are ${found.title}`,
        where: name,
        mend: "import files of one format at a time",
      });
    }
    found = importer;
  }
  return found!;
}

/** Names without folders: where the files lay says nothing about the trace, and differs between machines. */
function step(importer: Importer, files: readonly SourceFile[], options: ImportOptions) {
  const all = createHash("sha256");
  const digests = files.map(({ name, bytes }) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    all.update(sha256);
    return { name: name.split(/[\\/]/).at(-1)!, sha256 };
  });
  const { strict, submit, spacing } = options;
  return {
    step: "import",
    format: importer.name,
    options: { strict, submit: typeof submit === "string" ? submit : { every: submit.every }, spacing },
    files: digests.slice(0, FILES_LISTED),
    fileCount: files.length,
    filesSha256: all.digest("hex"),
  };
}
