import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const src = resolve(dirname(fileURLToPath(import.meta.url)), "../src");

/** Which folders each folder may import, besides itself: the table of the blueprint. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  model: ["kit"],
  workload: ["kit", "model"],
  engine: ["kit", "model"],
  policy: ["kit", "model"],
  sim: ["kit", "model", "workload", "engine"],
  learn: ["kit", "model", "workload", "engine", "policy", "sim"],
  experiment: ["kit", "model", "workload", "engine", "policy", "sim", "learn"],
  registry: ["kit", "model", "policy"],
  report: ["kit", "model", "workload", "experiment"],
  cluster: ["kit", "model", "learn", "experiment"],
  serve: ["kit", "model", "engine", "policy", "registry"],
};
/** The impure edge, and the public door in the root of `src`: they may import everything. */
const EVERYTHING = ["cli", "."];

/** Node's modules that compute and touch nothing outside the process. */
const PURE = ["node:crypto", "node:buffer", "node:path", "node:url", "node:zlib"];
/** Who may touch files, threads and the machine. Readers and writers of traces work on a descriptor; nothing else does. */
const MAY_BE_IMPURE =
  /^(cli|registry|workload|cluster|serve)\/|^experiment\/threads\.ts$|^learn\/(backend|threads)\//;
/** Single uses that have a reason. */
const EXCEPTIONS = [
  // Loads mathjs only when an expression is met: it takes half a second.
  { file: "model/parse/quantity.ts", imports: "node:module" },
  // Stops what does not end by itself, and not under a debugger.
  { file: "kit/ends-within.ts", imports: "node:vm" },
  { file: "kit/ends-within.ts", imports: "node:inspector" },
];

/**
 * Where the wall clock may be read: in the command line, and to tell how long threads look for each other and how long a policy has not
 * answered, which is nothing of what they compute. A `Date` of a given instant is arithmetic and free.
 */
const MAY_READ_THE_CLOCK = /^(cli\/|learn\/(threads\/pace|slice-clock)\.ts$)/;

interface Import {
  readonly file: string;
  /** A path below `src` without suffix, or a package. */
  readonly target: string;
}

function sourceFiles(folder = src): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // AssemblyScript is another language; its files are built into kernels.generated.ts.
    if (entry.isDirectory()) return entry.name === "assembly" ? [] : sourceFiles(path);
    return /\.ts$/.test(entry.name) ? [relative(src, path).split("\\").join("/")] : [];
  });
}

const parse = (file: string, text: string) => ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);

/** Every import of a file: of values and of types, re-exports, `import()` of modules and `typeof import()`. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { text: name } = specifier;
    const local = name.startsWith(".");
    found.push({
      file,
      target: local ? posix.normalize(posix.join(posix.dirname(file), name)).replace(/\.js$/, "") : name,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const requires = ts.isIdentifier(callee) && callee.text === "require";
      if (callee.kind === ts.SyntaxKind.ImportKeyword || requires) add(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

const folderOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : ".");
const isPackage = (target: string): boolean => /^(node:|@?[a-z])/.test(target) && !isOurs(target);
const isOurs = (target: string): boolean =>
  folderOf(target) in MAY_IMPORT || (EVERYTHING.includes(folderOf(target)) && target.includes("/"));

/** What an import breaks, in words; null where it is as it should be. */
function broken({ file, target }: Import): string | null {
  const from = folderOf(file);
  if (target.startsWith("..")) return `${file} imports ${target}, which is outside src`;
  if (!isPackage(target)) {
    if (EVERYTHING.includes(from) || from === folderOf(target)) return null;
    const allowed = MAY_IMPORT[from];
    if (allowed === undefined) return `${file}: the table does not know the folder ${from}`;
    return allowed.includes(folderOf(target)) ? null : `${file} imports ${target}: ${from} may not`;
  }
  if (EXCEPTIONS.some((known) => known.file === file && known.imports === target)) return null;
  if (from === "engine" || from === "policy") return `${file} imports ${target}: ${from} stands alone`;
  if (!target.startsWith("node:") || PURE.includes(target)) return null;
  return MAY_BE_IMPURE.test(file) ? null : `${file} imports ${target}: only the edges touch the machine`;
}

/** Calls by which time or chance would leak into results. */
function impurities(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = ts.isPropertyAccessExpression(node) ? node.getText() : "";
    const now = ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length;
    if (
      ["Math.random", "Date.now", "performance.now", "process.hrtime", "crypto.randomBytes"].includes(name)
    ) {
      found.push(`${file} calls ${name}`);
    }
    if (now) found.push(`${file} asks for the time of day`);
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return MAY_READ_THE_CLOCK.test(file) ? [] : found;
}

const files = sourceFiles();
const textOf = (file: string) => readFileSync(join(src, file), "utf8");
const imports = files.flatMap((file) => importsOf(file, textOf(file)));

/** All packages that a file reaches, through whatever it imports. */
function reaches(entry: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const todo = [entry];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { target } of imports.filter((i) => i.file === file)) {
      if (isPackage(target)) packages.add(target);
      else todo.push(`${target}.ts`);
    }
  }
  return [...packages].sort();
}

describe("the house", () => {
  test("is read whole: every local import leads to a file", () => {
    expect(files.length).toBeGreaterThan(100);
    const local = imports.filter(({ target }) => !isPackage(target));
    expect(local.filter(({ target }) => !files.includes(`${target}.ts`))).toEqual([]);
  });

  test("imports point down the table only, and only the edges touch the machine", () => {
    expect(imports.map(broken).filter((words) => words !== null)).toEqual([]);
  });

  test("no result can hang on the clock or on dice", () => {
    expect(files.flatMap((file) => impurities(file, textOf(file)))).toEqual([]);
  });

  test("the policy runtime depends on no package", () => {
    const packages = reaches("policy/runtime/index.ts");
    expect(packages.filter((name) => !PURE.includes(name))).toEqual([]);
  });

  test("every folder of the house has its line in the table", () => {
    const folders = new Set(files.map(folderOf));
    expect([...folders].filter((f) => !(f in MAY_IMPORT) && !EVERYTHING.includes(f))).toEqual([]);
  });
});

describe("this test sees what it is there to see", () => {
  test.each([
    ["engine/engine.ts", 'import { x } from "../sim/calendar.js";'],
    ["engine/engine.ts", 'import type { Policy } from "../policy/policy.js";'],
    ["kit/heap.ts", 'export { scenario } from "../model/scenario.js";'],
    ["policy/jsq.ts", 'type A = import("../engine/engine.js").Engine;'],
    ["learn/train.ts", 'const m = await import("../cli/main.js");'],
    ["registry/write.ts", 'export * from "../learn/train.js";'],
    ["model/scenario.ts", 'import { readFileSync } from "node:fs";'],
    ["sim/simulation.ts", 'import net from "node:net";'],
    ["sim/simulation.ts", 'const { spawn } = require("node:child_process");'],
    ["experiment/benchmark.ts", 'import { writeFile } from "node:fs/promises";'],
    ["policy/heuristics/jsq.ts", 'import seedrandom from "seedrandom";'],
    ["engine/engine.ts", 'import { createHash } from "node:crypto";'],
    ["model/scenario.ts", 'import { x } from "../../test/support/x.js";'],
    ["attic/old.ts", 'import { x } from "../kit/random.js";'],
  ])("in %s, the planted %s", (file, text) => {
    const [found] = importsOf(file, text);
    expect(found && broken(found)).toBeTypeOf("string");
  });

  test.each([
    "Math.random()",
    "Date.now()",
    "performance.now()",
    "new Date()",
    "new Date",
    "const f = Math.random",
  ])("in sim/simulation.ts, the planted %s", (text) =>
    expect(impurities("sim/simulation.ts", text)).toHaveLength(1),
  );

  test.each([
    ["engine/engine.ts", 'import { assert } from "../kit/assert.js";'],
    ["cli/main.ts", 'import { readFileSync } from "node:fs";'],
    ["index.ts", 'export { train } from "./learn/train.js";'],
    ["learn/backend/tensorflow.ts", 'import * as tf from "@tensorflow/tfjs";'],
  ])("and lets pass in %s the lawful %s", (file, text) => {
    expect(broken(importsOf(file, text)[0]!)).toBeNull();
  });
});
