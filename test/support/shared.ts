import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a file of the reference material beside the project, or null, with a printed reason, where it is not there. */
export function sharedFile(path: string): string | null {
  const file = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  if (existsSync(file)) return file;
  console.warn(`skipped: ../shared/${path} is not here`);
  return null;
}

export function sharedJson<T>(path: string): T | null {
  const file = sharedFile(path);
  return file === null ? null : (JSON.parse(readFileSync(file, "utf8")) as T);
}
