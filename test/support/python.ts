import { spawnSync } from "node:child_process";

/** Runs a script in Python with JSON on its standard input, and gives the JSON that it prints. */
export function python<T>(script: string, input: unknown): T {
  const { status, stdout, stderr, error } = spawnSync("python3", ["-c", script], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined || status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Whether Python is here with these modules; says so where it is not. */
export function pythonHas(...modules: readonly string[]): boolean {
  const { status } = spawnSync("python3", ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" });
  if (status !== 0) console.warn(`skipped: python3 with ${modules.join(" and ")} is not here`);
  return status === 0;
}
