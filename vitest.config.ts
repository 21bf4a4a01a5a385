import { defineConfig } from "vitest/config";

export default defineConfig({
  // Examples import the package by its name, as its users do.
  resolve: { alias: { switchyard: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
});
