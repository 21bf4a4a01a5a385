import { defineConfig } from "vitest/config";

export default defineConfig({
  // Examples import the package by its name, as its users do.
  resolve: { alias: { switchyard: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests read plain text: continuous integration has colours turned on, by its variable.
    env: { NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
});
