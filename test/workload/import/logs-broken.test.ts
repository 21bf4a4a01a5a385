import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, type Imported, importTrace } from "../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes, sharedJson } from "../shared-data.js";

const OURS = /^broken\/(swf-|alibaba-|csv-)/;
const broken = hasSharedData
  ? (sharedJson("broken/BROKEN.json") as { files: { file: string; verdict: string }[] }).files.filter(
      ({ file }) => OURS.test(file),
    )
  : [];

const load = (name: string, strict = false): Promise<Imported> =>
  importTrace([bytesSource(name, sharedBytes(`broken/${name}`))], { strict });

/** All parts of what must be answered; the format is told by the files. */
const REFUSED: Record<string, readonly string[]> = {
  "swf-17-fields.swf": ["swf-17-fields.swf:4: the job has 17 fields, 18 wanted"],
  "swf-nan.swf": ['swf-nan.swf:4: field 4 (run time) is "NaN", not a number'],
  "swf-negative-runtime.swf": ["swf-negative-runtime.swf:4: field 4 (run time) is -7", "only -1 marks"],
  "swf-duplicate-job.swf": ["swf-duplicate-job.swf:5: job number 5416 is repeated"],
  "csv-missing-column.csv": ['"duration" is missing from the header', "app, func, end_timestamp"],
  "csv-short-row.csv": ["csv-short-row.csv:11: the row has 3 cells, 4 wanted"],
  "csv-negative-duration.csv": ["csv-negative-duration.csv:6: duration is -0.5"],
  "csv-unclosed-quote.csv": ["csv-unclosed-quote.csv:39: a quoted cell is not closed"],
  "alibaba-dangling-duplicate.csv": ['parent "7" of "2" is not a task', 'task "2" occurs twice', "j_910"],
};

describe.skipIf(!hasSharedData)("a broken log", () => {
  test("is judged as it must be, every one of them", () =>
    expect(
      Object.fromEntries(broken.map(({ file, verdict }) => [file.replace("broken/", ""), verdict])),
    ).toEqual({
      ...Object.fromEntries(Object.keys(REFUSED).map((name) => [name, "refuse"])),
      "alibaba-cycle.csv": "refuse",
      "swf-crlf-no-final-newline.swf": "accept",
    }));

  test.each(Object.entries(REFUSED))("%s is refused", async (name, parts) => {
    const error = await load(name).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(InputError);
    for (const part of [name, ...parts]) expect((error as Error).message).toContain(part);
  });

  test("alibaba-cycle.csv loses the job that goes in a circle, and no other", async () => {
    const { workflows, report } = await load("alibaba-cycle.csv");
    expect(workflows.map(({ count }) => count)).toEqual([1]);
    expect(report.skipped).toMatchObject([{ count: 1 }]);
    expect(report.skipped[0]!.first).toMatch(/^alibaba-cycle\.csv:\d \(job j_900: .* 1 → 2 → 3 → 1\)$/);
    await expect(load("alibaba-cycle.csv", true)).rejects.toThrow(/in a circle/);
  });

  test("swf-crlf-no-final-newline.swf is none: line ends change nothing", async () => {
    const { workflows } = await load("swf-crlf-no-final-newline.swf", true);
    const original = await importTrace([
      bytesSource("original.swf", sharedBytes("open/swf/accasim-workload.excerpt.swf")),
    ]);
    const bare = (flows: Imported["workflows"]) => flows.map((flow) => ({ ...flow, where: null }));
    expect(bare(workflows)).toEqual(bare(original.workflows));
  });
});
