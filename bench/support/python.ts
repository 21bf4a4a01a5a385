import { execFileSync } from "node:child_process";

/** The Python that peers are asked through: `PYTHON`, else what is on the path. */
const command = (): string => process.env["PYTHON"] ?? "python3";

export interface PythonModule {
  readonly command: string;
  readonly version: string;
}

/** A module that the Python here imports, with its version; null where it does not. */
export function importable(module: string): PythonModule | null {
  const script = `from importlib.metadata import version; import ${module}; print(version("${module}"))`;
  try {
    const version = execFileSync(command(), ["-c", script], { encoding: "utf8", stdio: "pipe" }).trim();
    return { command: command(), version };
  } catch {
    return null;
  }
}

/** Why a module is not importable, and what to do about it. */
export const whyAbsent = (module: string): string =>
  `${command()} does not import ${module}: pip install ${module}, and set PYTHON to that python`;
