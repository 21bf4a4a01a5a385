// Compiles FOLDER/assembly/*.ts with AssemblyScript and writes FOLDER/kernels.generated.ts, which embeds the module as base64 so
// that a package ships without a binary file beside it; with --shared a second one, over a memory that threads share. With
// --print it writes to standard output instead (the tests that hold the committed files to their sources). The output is the
// same, byte for byte, on every machine.
import { renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";

const [folder, ...options] = process.argv.slice(2);

async function compiled(features, ...more) {
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
      features,
      "--use",
      "abort=",
      "--optimizeLevel",
      "3",
      "--shrinkLevel",
      "0",
      "--noAssert",
      "--initialMemory",
      "1",
      ...more,
    ],
    { writeFile: (_name, contents) => void (module = contents) },
  );
  if (error || module === undefined) {
    console.error(stderr.toString());
    console.error(`the kernels do not compile: ${error?.message ?? "no module was written"}`);
    process.exit(1);
  }
  return module;
}

function constant(name, meaning, module) {
  const lines = Buffer.from(module)
    .toString("base64")
    .match(/.{1,100}/g);
  return [
    `/** ${meaning}, ${module.length} bytes, base64. */`,
    `export const ${name} =`,
    `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
  ];
}

const own = await compiled("simd,bulk-memory");
const text = ["// Written by `npm run kernels` from kernels/assembly; do not edit."];
text.push(...constant("KERNELS_BASE64", "The WebAssembly module of the kernels", own));
if (options.includes("--shared")) {
  const memory = ["--importMemory", "--sharedMemory", "--maximumMemory", "32768"];
  const shared = await compiled("simd,bulk-memory,threads", ...memory);
  const meaning = "The same over a memory that is given to it, and that threads share";
  text.push(...constant("SHARED_KERNELS_BASE64", meaning, shared));
}
text.push("");

if (options.includes("--print")) {
  process.stdout.write(text.join("\n"));
} else {
  const target = join(folder, "kernels.generated.ts");
  writeFileSync(`${target}.new`, text.join("\n"));
  renameSync(`${target}.new`, target);
  console.log(`${target}: ${own.length} bytes of WebAssembly`);
}
