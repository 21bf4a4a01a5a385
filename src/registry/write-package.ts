import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { assert } from "../kit/assert.js";
import { FailureError, InputError } from "../kit/errors.js";
import { sha256 } from "../kit/sha256.js";
import {
  type DecisionTable,
  featureSchema,
  type Head,
  loadPackage,
  MANIFEST_FILE,
  type Manifest,
  manifestDigest,
  NAME,
  TABLE_FILE,
  TABLE_KEY,
  type Tensor,
  VERSION,
  WEIGHTS_FILE,
  writeSafetensors,
  writeTable,
} from "../policy/runtime/index.js";
import { parameterTable } from "../policy/runtime/network/index.js";
import { renderModelCard } from "./model-card.js";
import { onnxModel } from "./onnx.js";

/** What goes into a package; the rest follows from it. */
export interface PackageContent
  extends Pick<Manifest, "name" | "version" | "owner" | "purpose" | "lineage" | "benchmark"> {
  /** Networks; none where a table decides. */
  readonly heads: readonly Head[];
  readonly table?: {
    readonly table: DecisionTable;
    /** The heuristic that decides where the table is silent. */
    readonly otherwise: string;
  };
}

/** The files of a package, by name: equal contents give equal bytes. */
export function packageFiles(content: PackageContent): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const stated = content.table === undefined ? networksInto(files, content) : tableInto(files, content);
  const text = (value: string) => new TextEncoder().encode(value);
  files.set("MODEL_CARD.md", text(renderModelCard(stated)));
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const listed = Object.fromEntries(
    entries.map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.length }]),
  );
  const manifest = { ...stated, files: listed };
  const signed: Manifest = { ...manifest, digest: manifestDigest(manifest) };
  files.set(MANIFEST_FILE, text(`${JSON.stringify(signed, null, 2)}\n`));
  return files;
}

type Stated = Omit<Manifest, "files" | "digest">;

function networksInto(files: Map<string, Uint8Array>, { heads, table: _, ...rest }: PackageContent): Stated {
  files.set(WEIGHTS_FILE, writeSafetensors(heads.flatMap(tensors), { format: "switchyard.policy/1" }));
  for (const head of heads) {
    files.set(heads.length === 1 ? "model.onnx" : `model.${head.kind}.onnx`, onnxModel(head));
  }
  return {
    format: "switchyard.policy/1",
    ...rest,
    heads: heads.map(({ kind, network, normalisation }) => ({
      kind,
      features: featureSchema(kind),
      network,
      normalisation,
    })),
    decision: "argmax",
  };
}

function tableInto(files: Map<string, Uint8Array>, { heads, table, ...rest }: PackageContent): Stated {
  assert(heads.length === 0, "a package has networks or a table");
  const { table: decisions, otherwise } = table!;
  files.set(TABLE_FILE, writeTable(decisions));
  return {
    format: "switchyard.policy/2",
    ...rest,
    heads: [],
    table: { kinds: decisions.kinds, key: TABLE_KEY, otherwise, states: decisions.entries.length },
    decision: "lookup",
  };
}

function tensors({ kind, network, parameters }: Head): Tensor[] {
  return parameterTable(network).map(({ name, shape, offset }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return { name: `${kind}.${name}`, shape, data: parameters.subarray(offset, offset + size) };
  });
}

/**
 * Writes a package to `<root>/<name>/<version>`, whole or not at all. A version is never overwritten.
 * @returns its folder and manifest
 * @throws {InputError} BAD_PACKAGE_NAME, PACKAGE_EXISTS; {FailureError} CANNOT_WRITE
 */
export async function writePackage(
  root: string,
  content: PackageContent,
): Promise<{ folder: string; manifest: Manifest }> {
  const { name, version } = content;
  if (!NAME.test(name)) {
    throw new InputError("BAD_PACKAGE_NAME", {
      what: `"${name}" is no package name`,
      mend: "use lower-case letters, digits and dashes",
    });
  }
  if (!VERSION.test(version)) {
    throw new InputError("BAD_PACKAGE_NAME", {
      what: `"${version}" is no semantic version`,
      mend: "e.g. 1.0.0",
    });
  }
  const folder = join(root, name, version);
  if (existsSync(folder)) {
    throw new InputError("PACKAGE_EXISTS", {
      what: "this version is there already, and a version is never changed",
      where: folder,
      mend: "give another version",
    });
  }
  const files = packageFiles(content);
  // Read back as anyone would: what could not be loaded is not written.
  const { manifest } = loadPackage(files);
  const temporary = join(dirname(folder), `.${version}.${randomBytes(6).toString("hex")}.tmp`);
  let made: string | undefined;
  try {
    made = await mkdir(dirname(temporary), { recursive: true });
    await mkdir(temporary);
    for (const [file, bytes] of files)
      await writeFile(join(temporary, file), bytes, { flag: "wx", flush: true });
    await rename(temporary, folder);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    if (made !== undefined) await removeEmpty(dirname(temporary), made);
    throw new FailureError(
      "CANNOT_WRITE",
      {
        what: `the package cannot be written: ${(cause as Error).message}`,
        where: folder,
        mend: "check the folder's permissions and the space left",
      },
      { cause },
    );
  }
  return { folder, manifest };
}

/** Takes away the folders from `inner` out to `outer`, as far as they are empty: another may have begun to use them. */
async function removeEmpty(inner: string, outer: string): Promise<void> {
  const last = resolve(outer);
  for (let folder = resolve(inner); folder.length >= last.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}
