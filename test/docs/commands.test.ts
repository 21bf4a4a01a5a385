import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { optionsOf } from "../../docs/generate/cli-reference.js";
import { isBuilt } from "../cli/command.js";

/*
 * Blocks of `sh` in README.md and docs/*.md are run as they stand, those of a page one after another in one fresh folder that
 * holds scenarios/ and policies/. A block that is too heavy says so in its fence: `sh no-run: <reason>`; one that is to fail
 * says how: `sh exit: 1`. Pages are run side by side: most of what a command takes is its start, on one core.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
/** Blocks that are not run, at most: each has a reason, and more of them need a better one. */
const MOST_NOT_RUN = 11;

interface Block {
  readonly page: string;
  readonly line: number;
  readonly info: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | null = null;
  for (const [at, line] of readFileSync(join(ROOT, page), "utf8").split("\n").entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === null) open = { line: at + 1, info: fence[1]!, lines: [] };
    else {
      blocks.push({ page, line: open.line, info: open.info, text: open.lines.join("\n") });
      open = null;
    }
  }
  return blocks;
}

const all = PAGES.flatMap(blocksOf);
const shells = all.filter(({ info }) => info === "sh" || info.startsWith("sh "));
const isRun = ({ info }: Block): boolean => !info.startsWith("sh no-run: ");

describe.runIf(isBuilt("the commands of the docs"))("the commands of the docs", () => {
  const pages = PAGES.filter((page) => shells.some((block) => block.page === page && isRun(block)));
  test.concurrent.each(pages)("%s", { timeout: 600_000 }, async (page) => {
    const home = mkdtempSync(join(tmpdir(), "switchyard-docs-"));
    try {
      const path = prepare(home);
      for (const { info, text } of all.filter((block) => block.page === page)) {
        const name = /^(?:csv|ndjson|yaml) ([\w-]+\.\w+)$/.exec(info)?.[1];
        if (name !== undefined) writeFileSync(join(home, name), `${text}\n`);
      }
      for (const block of shells.filter((each) => each.page === page && isRun(each))) {
        const { code, out } = await run(block.text, home, path);
        const wanted = Number(/^sh exit: (\d+)$/.exec(block.info)?.[1] ?? 0);
        expect(code, `${page}:${block.line}\n${block.text}\n${out}`).toBe(wanted);
      }
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe("what the docs say of the command line", () => {
  const lines = all.flatMap(({ page, line, info, text }) =>
    text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((each) => /^(npx )?switchyard /.test(each))
      .map((each) => ({ at: `${page}:${line}`, info, command: each.replace(/^npx /, "") })),
  );

  test("commands and options are there, also where a block is not run", () => {
    expect(lines.length).toBeGreaterThan(50);
    for (const { at, command } of lines) {
      const words = command.split(/\s+/).slice(1);
      const name = words.filter((word) => /^[a-z]+$/.test(word));
      const known = optionsOf(name[0]!, name[1]);
      for (const [, option] of command.matchAll(/ --([a-z-]+)/g)) {
        expect(known, `${at}: ${command}`).toContain(option);
      }
    }
  });

  test("no command escapes: each stands in a block that is run, or that says why not", () => {
    // The examples of cli.md are those of `--help`, on files that a reader has.
    const escaped = lines.filter(({ at, info }) => !at.startsWith("docs/cli.md") && !/^sh($| )/.test(info));
    expect(escaped).toEqual([]);
    for (const page of PAGES.filter((each) => each !== "docs/cli.md")) {
      const indented =
        readFileSync(join(ROOT, page), "utf8").match(/^ {4}(npx |npm |switchyard ).*$/gm) ?? [];
      expect(indented, page).toEqual([]);
    }
  });

  test("few blocks are not run, and each says why", () => {
    const idle = shells.filter((block) => !isRun(block));
    for (const { page, line, info } of idle)
      expect(info.length, `${page}:${line}`).toBeGreaterThan("sh no-run: ".length + 10);
    expect(idle.length).toBeLessThanOrEqual(MOST_NOT_RUN);
  });
});

/** A fresh folder as a reader has it in a clone; answers where `switchyard` and `npx` are found. */
function prepare(home: string): string {
  for (const folder of ["scenarios", "policies"])
    cpSync(join(ROOT, folder), join(home, folder), { recursive: true });
  const path = mkdtempSync(join(home, ".bin-"));
  const script = (name: string, text: string) => {
    writeFileSync(join(path, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(path, name), 0o755);
  };
  const bin = `exec "${process.execPath}" "${join(ROOT, "dist/cli/bin.js")}"`;
  script("switchyard", `${bin} "$@"`);
  script("npx", `test "$1" = switchyard || exit 127; shift; ${bin} "$@"`);
  return path;
}

const execute = promisify(execFile);

async function run(text: string, home: string, path: string): Promise<{ code: number; out: string }> {
  const env = { ...process.env, PATH: `${path}:${process.env["PATH"]}`, NO_COLOR: "1" };
  try {
    const { stdout } = await execute("bash", ["-euo", "pipefail", "-c", text], {
      cwd: home,
      env,
      maxBuffer: 2 ** 26,
    });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number | null; stdout: string; stderr: string };
    return { code: code ?? -1, out: `${stdout}\n${stderr}` };
  }
}
