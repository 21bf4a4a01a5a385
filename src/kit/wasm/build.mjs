// Compiles FOLDER/assembly/*.ts with AssemblyScript and writes FOLDER/kernels.generated.ts, which embeds the module as base64 so
// that a package ships without a binary file beside it. With --print it writes to standard output instead (the tests that
// hold the committed files to their sources). The output is the same, byte for byte, on every machine.
import { renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";

const [folder, ...options] = process.argv.slice(2);
let module;
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    "--baseDir",
    resolve(folder),
    "--outFile",
    "kernels.wasm",
    "--runtime",
    "stub",
    "--enable",
    "simd,bulk-memory",
    "--use",
    "abort=",
    "--optimizeLevel",
    "3",
    "--shrinkLevel",
    "0",
    "--noAssert",
    "--initialMemory",
    "1",
  ],
  { writeFile: (_name, contents) => void (module = contents) },
);
if (error || module === undefined) {
  console.error(stderr.toString());
  console.error(`the kernels do not compile: ${error?.message ?? "no module was written"}`);
  process.exit(1);
}

const lines = Buffer.from(module)
  .toString("base64")
  .match(/.{1,100}/g);
const text = [
  "// Written by `npm run kernels` from kernels/assembly; do not edit.",
  `/** The WebAssembly module of the kernels, ${module.length} bytes, base64. */`,
  "export const KERNELS_BASE64 =",
  `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
  "",
].join("\n");

if (options.includes("--print")) {
  process.stdout.write(text);
} else {
  const target = join(folder, "kernels.generated.ts");
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
  console.log(`${target}: ${module.length} bytes of WebAssembly`);
}
