import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Examples import the package by its name, as its users do.
  resolve: { alias: { switchyard: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    include: ["test/**/*.test.ts"],
    // By default one core is left alone, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests read plain text: continuous integration has colours turned on, by its variable.
    env: { NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
});
