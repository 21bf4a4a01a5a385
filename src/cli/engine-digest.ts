import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** All that has a say in the outcome of a run, or in what is kept of it. */
const LAYERS = ["kit", "model", "workload", "engine", "policy", "sim", "learn", "experiment"];

/**
 * SHA-256, hex, of the code that runs simulations, with the versions of the packages that it uses and of Node, whose mathematical
 * functions differ in the last digit. It changes whenever an outcome might, also between releases.
 * @param packageFile package.json, where it does not lie beside this build
 */
export function engineDigest(
  packageFile: string | URL = new URL("../../package.json", import.meta.url),
): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const hash = createHash("sha256").update(process.version);
  const { dependencies } = JSON.parse(readFileSync(packageFile, "utf8"));
  hash.update(JSON.stringify(dependencies));
  for (const layer of LAYERS) {
    for (const file of codeFiles(join(root, layer))) {
      hash.update(`\0${relative(root, file).split(sep).join("/")}\0`);
      hash.update(readFileSync(file));
    }
  }
  return hash.digest("hex");
}

/** The program's files below a folder, compiled or not, in the order of their names. */
function codeFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return codeFiles(path);
      return /(?<!\.d)\.[jt]s$/.test(entry.name) ? [path] : [];
    });
}
