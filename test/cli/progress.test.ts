import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";

const BUILT = "dist/cli/progress.js";
const built = existsSync(BUILT);
if (!built) console.log("skipped: progress on a terminal. It is not built: npm run build");

const SHOW_CURSOR = "\u001b[?25h";
const HIDE_CURSOR = "\u001b[?25l";
const WRAP_LINES = "\u001b[?7h";

/** Work in a process of its own that reports progress until a signal comes, on what it takes for a terminal. */
function interrupted(
  terminal: boolean,
  more = "",
): Promise<{ signal: string | null; code: number; err: string }> {
  const script = `
    process.stderr.isTTY = ${terminal};
    const { progress } = await import("./${BUILT}");
    const bar = progress({ label: "work", total: 100, unit: "steps", silent: false });
    ${more}
    let done = 0;
    const timer = setInterval(() => bar.update(++done, { loss: 0.5 }), 20);
    setTimeout(() => process.kill(process.pid, "SIGINT"), 300);
    setTimeout(() => { clearInterval(timer); bar.stop(); }, 900);`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString();
    });
    child.on("close", (code, signal) => resolve({ signal, code: code ?? -1, err }));
  });
}

describe.skipIf(!built)("progress, interrupted", () => {
  test("gives the terminal back as it was, and lets the signal end the process", async () => {
    const { signal, err } = await interrupted(true);
    expect(signal).toBe("SIGINT");
    expect(err).toMatch(/work .*\/100 steps .* \| loss 0\.5/);
    expect(err.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(err.lastIndexOf(HIDE_CURSOR));
    expect(err).toContain(WRAP_LINES);
  });

  test("leaves the signal to who listens for it, and says no more", async () => {
    const { signal, code, err } = await interrupted(
      true,
      'process.on("SIGINT", () => (process.exitCode = 130));',
    );
    expect({ signal, code }).toEqual({ signal: null, code: 130 });
    expect(err.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(err.lastIndexOf("steps"));
  });

  test("is nothing but lines where there is no terminal", async () => {
    const { signal, err } = await interrupted(false);
    expect(signal).toBe("SIGINT");
    expect(err).not.toContain("\u001b");
  });
});
