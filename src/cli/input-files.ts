import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { InputError } from "../kit/errors.js";

/**
 * The files that arguments name, each once: files as they are, folders with all that lies in them, and patterns (`*` and `?`
 * within a name, `**` over folders) where a shell has left them. Those of a folder or pattern are sorted by name; hidden
 * ones are left out.
 * @throws {InputError} NO_FILE where a pattern or folder holds none
 */
export async function inputFiles(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) {
    const entry = await stat(name).catch(() => null);
    const files =
      entry?.isDirectory() === true
        ? await filesBelow(name)
        : entry === null && /[*?]/.test(name)
          ? await filesLike(name)
          : [name];
    if (files.length === 0) {
      throw new InputError("NO_FILE", {
        what: entry === null ? "no file is called so" : "the folder has no files",
        where: name,
        mend: "check the path",
      });
    }
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function filesLike(pattern: string): Promise<string[]> {
  const parts = pattern.split(/[\\/]/);
  const fixed = parts.findIndex((part) => /[*?]/.test(part));
  const folder = parts.slice(0, fixed).join(sep) || (pattern.startsWith("/") ? "/" : ".");
  const wanted = new RegExp(`^${parts.slice(fixed).map(partPattern).join("")}$`);
  const files = await filesBelow(folder).catch(() => []);
  const prefix = folder === "." ? 0 : join(folder, "x").length - 1;
  return files.filter((file) => wanted.test(`/${file.slice(prefix).split(sep).join("/")}`));
}

function partPattern(part: string): string {
  if (part === "**") return "(?:/[^/]+)*?";
  const text = part
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return `/${text}`;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}
