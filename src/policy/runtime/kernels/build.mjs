// Compiles assembly/*.ts with AssemblyScript and writes kernels.generated.ts, which embeds the module as base64 so
// that the runtime ships without a binary file beside it. With --print it writes to standard output instead (the
// test that holds the committed file to its source). The output is the same, byte for byte, on every machine.
import { renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = dirname(fileURLToPath(import.meta.url));
let module;
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    "--baseDir",
    here,
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

if (process.argv.includes("--print")) {
  process.stdout.write(text);
} else {
  const target = join(here, "kernels.generated.ts");
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
  console.log(`kernels.generated.ts: ${module.length} bytes of WebAssembly`);
}
