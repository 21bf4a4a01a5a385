import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FailureError } from "../kit/errors.js";
import type { ReportLibraries } from "../report/index.js";

/** Reads the browser builds of the chart libraries from the installed packages, for `benchmarkReport`. */
export async function reportLibraries(): Promise<ReportLibraries> {
  const [vega, vegaLite, vegaEmbed] = await Promise.all([
    browserBuild("vega", "vega.min.js"),
    browserBuild("vega-lite", "vega-lite.min.js"),
    browserBuild("vega-embed", "vega-embed.min.js"),
  ]);
  return { vega, vegaLite, vegaEmbed };
}

/** The minified build lies beside the module that the package exports, but is not itself exported. */
async function browserBuild(name: string, file: string): Promise<string> {
  try {
    return await readFile(fileURLToPath(new URL(file, import.meta.resolve(name))), "utf8");
  } catch (cause) {
    throw new FailureError(
      "MISSING_LIBRARY",
      { what: `the chart library ${name} (${file}) cannot be read`, mend: "install again: npm ci" },
      { cause },
    );
  }
}
