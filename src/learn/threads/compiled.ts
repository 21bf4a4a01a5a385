import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The compiled file of a module, for a thread to load: also where this file itself runs as TypeScript (under the test runner).
 * @param module its path below `src`, e.g. `experiment/matrix-worker.js`
 */
export function compiled(module: string): string {
  const beside = fileURLToPath(new URL(`../../${module}`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../../dist/${module}`, import.meta.url));
}
