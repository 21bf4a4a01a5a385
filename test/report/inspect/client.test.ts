import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const { generated } = (await import("../../../src/report/inspect/client/build.mjs" as string)) as {
  generated(): string;
};

describe("the page's program", () => {
  test("is what its modules make: after a change, npm run inspect-client", () => {
    expect(readFileSync("src/report/inspect/client.generated.ts", "utf8")).toBe(generated());
  });

  test("passes the compiler with a browser's types", async () => {
    const ts = (await import("typescript")).default;
    const path = "src/report/inspect/client/tsconfig.json";
    const { config } = ts.readConfigFile(path, ts.sys.readFile);
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, "src/report/inspect/client");
    const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  });
});
