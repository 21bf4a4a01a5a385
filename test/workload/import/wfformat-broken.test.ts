import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, type Imported, importTrace } from "../../../src/workload/import/index.js";
import { loadTrace } from "../../../src/workload/trace/index.js";
import { hasSharedData, sharedBytes, sharedJson } from "../shared-data.js";

const broken = hasSharedData
  ? (sharedJson("broken/BROKEN.json") as { files: { file: string; verdict: string }[] }).files.filter(
      ({ file }) => file.startsWith("broken/wf-"),
    )
  : [];

const load = (name: string, strict = false): Promise<Imported> =>
  importTrace([bytesSource(name, sharedBytes(`broken/${name}`))], { format: "wfformat", strict });

async function complaint(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was complained about");
}

/** All parts of what must be answered. */
const REFUSED: Record<string, readonly string[]> = {
  "wf-cycle.json": [
    "cpuhog_chain_00000001 → cpuhog_chain_00000002 → cpuhog_chain_00000003 → cpuhog_chain_00000004 → cpuhog_chain_00000005 → cpuhog_chain_00000001",
  ],
  "wf-self-parent.json": ['"cpuhog_chain_00000003" is its own parent', "cycle of length 1"],
  "wf-dangling-parent.json": [
    'parent "no_such_task" of "cpuhog_chain_00000004" is not a task',
    '"cpuhog_chain_00000003" lists "cpuhog_chain_00000004" as child, which does not list it as parent',
  ],
  "wf-duplicate-id.json": [
    'id "cpuhog_chain_00000004" occurs twice in specification',
    'id "cpuhog_chain_00000004" occurs twice in execution',
  ],
  "wf-execution-without-task.json": ['execution record for "ghost"'],
  "wf-negative-runtime.json": ["workflow.execution.tasks[1].runtimeInSeconds", "-3.5"],
  "wf-runtime-as-string.json": ["runtimeInSeconds must be a number, got a string"],
  "wf-nan.json": ['unexpected "NaN"', "wf-nan.json:", "JSON has no NaN"],
  "wf-infinite-number.json": ["not finite"],
  "wf-truncated.json": ["unexpected end of input"],
  "wf-empty.json": ["the file is empty"],
  "wf-wrong-schema-version.json": ['schemaVersion "9.9" is not supported', '"1.4", "1.5"'],
  "wf-schema-version-number.json": ["schemaVersion is the number 1.5, and the schema wants a string"],
  "wf-no-tasks.json": ["tasks is empty"],
  "wf-deep-nesting.json": ["nested more than 64 deep"],
  "wf-non-utf8.json": ["byte 0xE9 at offset"],
  "wf-utf16.json": ["UTF-16"],
};
const WARNED: Record<string, string> = {
  "wf-parent-child-disagree.json": "PARENT_CHILD_DISAGREE",
  "wf-missing-execution-record.json": "RUNTIME_UNKNOWN",
  "wf-duplicate-keys.json": "DUPLICATE_KEY",
};

describe.skipIf(!hasSharedData)("a broken WfFormat file", () => {
  test("is judged as it must be, every one of them", () => {
    const verdicts = Object.fromEntries(
      broken.map(({ file, verdict }) => [file.replace("broken/", ""), verdict]),
    );
    expect(Object.keys(verdicts).sort()).toEqual(
      [...Object.keys(REFUSED), ...Object.keys(WARNED), "wf-utf8-bom.json", "wf-prototype-ids.json"].sort(),
    );
    for (const name of Object.keys(REFUSED)) expect([name, verdicts[name]]).toEqual([name, "refuse"]);
    for (const name of Object.keys(WARNED)) expect([name, verdicts[name]]).toEqual([name, "warn"]);
  });

  test.each(Object.entries(REFUSED))("%s is refused", async (name, parts) => {
    const message = await complaint(() => load(name));
    for (const part of parts) expect(message).toContain(part);
    expect(message).toContain(name);
  });

  test.each(Object.entries(WARNED))(
    "%s is read with a warning, and refused when strict",
    async (name, code) => {
      const { report, workflows } = await load(name);
      expect(report.warnings.map((warning) => warning.code)).toEqual([code]);
      expect(report.warnings[0]!.first).toMatch(new RegExp(`^${name}:\\d+:\\d+ > workflow\\.`));
      expect([workflows[0]!.count, workflows[0]!.parent.length]).toEqual([5, 4]);
      await expect(load(name, true)).rejects.toThrow(InputError);
    },
  );

  test("keeps an unknown run time unknown, and counts the last of duplicate keys", async () => {
    const unknown = [...(await load("wf-missing-execution-record.json")).workflows[0]!.work].map(
      Number.isNaN,
    );
    expect(unknown).toEqual([false, false, true, false, false]);
    expect((await load("wf-duplicate-keys.json")).workflows[0]!.work[1]).toBe(100.12);
  });

  test.each(["wf-utf8-bom.json", "wf-prototype-ids.json"])(
    "%s is no such thing, and is read as it stands",
    async (name) => {
      const { workflows, report } = await load(name, true);
      const [workflow] = workflows;
      expect([workflow!.count, [...workflow!.parent]]).toEqual([5, [0, 1, 2, 3]]);
      expect(workflow!.work.reduce((a, b) => a + b)).toBeCloseTo(501.24, 9);
      expect(report.warnings).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  test("spoils the whole import: nothing of the good files is kept either", async () => {
    const good = bytesSource("good.json", sharedBytes("broken/wf-utf8-bom.json"));
    const bad = bytesSource("bad.json", sharedBytes("broken/wf-cycle.json"));
    expect(await complaint(() => importTrace([good, bad]))).toContain("bad.json");
  });
});

describe.skipIf(!hasSharedData)("a broken Arrow file", () => {
  test.each([
    ["arrow-truncated.arrow", "ARROW1 is missing at the end"],
    ["arrow-stream-truncated.arrows", "this is an Arrow IPC stream"],
  ])("%s is refused as a trace", async (name, message) => {
    expect(await complaint(() => loadTrace(sharedBytes(`broken/${name}`), name))).toContain(message);
  });
});
