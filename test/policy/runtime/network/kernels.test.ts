import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { simdPresent } from "../../../../src/policy/runtime/network/index.js";

const kernels = fileURLToPath(new URL("../../../../src/policy/runtime/kernels/", import.meta.url));

const compilerPresent = existsSync(new URL("../../../../node_modules/assemblyscript", import.meta.url));
if (!compilerPresent) console.log("skipped: assemblyscript is not installed, the kernels cannot be rebuilt");

test.runIf(compilerPresent)("the committed kernels are what their source compiles to, byte for byte", () => {
  const built = execFileSync(process.execPath, ["src/kit/wasm/build.mjs", kernels, "--shared", "--print"], {
    encoding: "utf8",
  });
  expect(built).toBe(readFileSync(`${kernels}kernels.generated.ts`, "utf8"));
});

test("every Node that this package supports has SIMD, so the kernels are what is tested here", () => {
  expect(simdPresent()).toBe(true);
});
