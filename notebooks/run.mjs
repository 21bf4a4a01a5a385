/**
 * Runs the notebooks on a real Jupyter kernel and stores their outputs, or compares them with what is stored (`--check`).
 * `--install` makes the kernel present: Deno from npm, Jupyter's client from Python's registry, both in a folder of their own.
 * Run it in the project's root, after the build.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { differences, showsLess, stored } from "./outputs.mjs";

const DENO = "2.9.6";
const PYTHON_PACKAGES = ["jupyter_client==8.10.0", "nbformat==5.11.1"];

const home = resolve(process.env["SWITCHYARD_NOTEBOOKS"] ?? join(homedir(), ".cache/switchyard-notebooks"));
const python = join(home, "venv/bin/python");
const deno = join(home, "node_modules/.bin/deno");

export const kernelIsHere = () => existsSync(python) && existsSync(deno);

function install() {
  mkdirSync(home, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (!existsSync(python)) run(process.env["PYTHON"] ?? "python3", "-m", "venv", join(home, "venv"));
  run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PYTHON_PACKAGES);
  run("npm", "install", "--prefix", home, "--no-audit", "--no-fund", "--loglevel", "error", `deno@${DENO}`);
  const kernel = join(home, "venv/share/jupyter/kernels/deno");
  mkdirSync(kernel, { recursive: true });
  const argv = [deno, "jupyter", "--kernel", "--conn", "{connection_file}"];
  writeFileSync(
    join(kernel, "kernel.json"),
    JSON.stringify({ argv, display_name: "Deno", language: "typescript" }),
  );
}

function execute(files) {
  const { status, stdout, stderr } = spawnSync(python, ["notebooks/execute.py", ...files], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", PYDEVD_DISABLE_FILE_VALIDATION: "1" },
  });
  const executed = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { executed, failure: status === 0 ? null : stderr };
}

function main(args) {
  const flags = args.filter((arg) => arg.startsWith("--"));
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = flags.filter((flag) => flag !== "--install" && flag !== "--check");
  const known = readdirSync("notebooks")
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => name.slice(0, -".ipynb".length));
  const absent = names.filter((name) => !known.includes(name));
  if (unknown.length + absent.length > 0) {
    console.error(`usage: npm run notebooks -- [--install] [--check] [${known.join("] [")}]`);
    return 2;
  }
  if (flags.includes("--install")) install();
  if (flags.includes("--install") && !flags.includes("--check") && names.length === 0) return 0;
  if (!kernelIsHere()) {
    console.error(`no kernel in ${home}: npm run notebooks -- --install`);
    return 1;
  }
  let bad = 0;
  for (const name of names.length > 0 ? names : known) {
    const file = `notebooks/${name}.ipynb`;
    const before = JSON.parse(readFileSync(file, "utf8"));
    let { executed, failure } = execute([file]);
    // The kernel drops what it shows while its line is full (ZeroMQ's publishers do), and tells nobody.
    for (let again = 0; again < 2 && failure === null && showsLess(before, stored(executed[0])); again++)
      ({ executed, failure } = execute([file]));
    if (failure !== null) {
      console.error(`${file} fails\n${failure}`);
      bad++;
      continue;
    }
    const now = stored(executed[0]);
    if (!flags.includes("--check")) {
      writeFileSync(file, `${JSON.stringify(now, null, 1)}\n`);
      console.log(`${file} written`);
      continue;
    }
    const found = differences(before, now);
    bad += found.length;
    console.log(
      found.length === 0 ? `${file} as stored` : `${file} differs: npm run notebooks\n${found.join("\n")}`,
    );
  }
  return bad === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));
