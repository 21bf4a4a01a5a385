import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, importTrace } from "../../../src/workload/import/index.js";
import { applicationName, taskType } from "../../../src/workload/import/wfformat/task-type.js";
import { encodeTrace } from "../../../src/workload/trace/index.js";

const file = (name: string, value: unknown) =>
  bytesSource(name, new TextEncoder().encode(JSON.stringify(value)));

interface Made {
  name?: string;
  executedAt?: string;
  tasks?: object[];
  records?: object[];
  files?: object[];
  machines?: object[];
}

const v15 = ({ name = "app-7", executedAt, tasks, records, files = [], machines = [] }: Made) => ({
  name,
  schemaVersion: "1.5",
  workflow: {
    specification: { tasks: tasks ?? [{ id: "a", name: "a", parents: [], children: [] }], files },
    execution: {
      makespanInSeconds: 10,
      executedAt,
      tasks:
        records ??
        (tasks ?? [{ id: "a" }]).map((task) => ({ id: (task as { id: string }).id, runtimeInSeconds: 1 })),
      machines,
    },
  },
});

const v14 = (tasks: object[], more: object = {}) => ({
  name: "old",
  schemaVersion: "1.4",
  workflow: { executedAt: "12-19-20T21:31:53Z", makespanInSeconds: 9, tasks, machines: [], ...more },
});

const complaint = async (value: unknown): Promise<string> => {
  try {
    await importTrace([file("x.json", value)], { format: "wfformat" });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was complained about");
};

test.each([
  ["split_fasta_ID000001", "split_fasta"],
  ["cpuhog_chain_00000001", "cpuhog_chain"],
  ["bowtie2-build_ID0000001", "bowtie2-build"],
  ["NFCORE.FASTQC", "NFCORE.FASTQC"],
  ["42", "42"],
])("the type of %s is %s", (name, type) => expect(taskType(name)).toBe(type));

test.each([
  ["1000genome-20200401T035039Z-0", "1000genome"],
  ["montage-0", "montage"],
  ["makeflow-blast-small", "makeflow-blast-small"],
  ["chain-5-cascadelake-1-0-1683736566.json", "chain-5-cascadelake"],
  ["7", "7"],
])("the application of %s is %s", (name, application) => expect(applicationName(name)).toBe(application));

describe("a WfFormat instance", () => {
  test("is joined by id, not by position, and comes out in topological order", async () => {
    const { workflows } = await importTrace([
      file(
        "x.json",
        v15({
          tasks: [
            { id: "c_3", name: "c_3", parents: ["b_2"], children: [], inputFiles: ["f"], outputFiles: [] },
            {
              id: "b_2",
              name: "b_2",
              parents: ["a_1"],
              children: ["c_3"],
              inputFiles: ["e"],
              outputFiles: ["f", "f"],
            },
            { id: "a_1", name: "a_1", parents: [], children: ["b_2"] },
          ],
          files: [{ id: "e" }, { id: "f", sizeInBytes: 100 }],
          records: [
            { id: "a_1", runtimeInSeconds: 0, coreCount: 1.5, machines: ["m"] },
            { id: "b_2", runtimeInSeconds: 2, memoryInBytes: 7, priority: 10, machines: ["m", "n"] },
            { id: "c_3", runtimeInSeconds: 3, priority: 1e9 },
          ],
          machines: [{ nodeName: "m" }, { nodeName: "n" }],
        }),
      ),
    ]);
    const [w] = workflows;
    const U = Number.NaN;
    expect(w!.type).toEqual(["a", "b", "c"]);
    expect([...w!.parent]).toEqual([0, 1]);
    expect([...w!.work]).toEqual([0, 2, 3]);
    expect([...w!.cpu!]).toEqual([1.5, U, U]);
    expect([...w!.memory!]).toEqual([U, 7, U]);
    expect([...w!.priority!]).toEqual([U, 10, U]);
    expect([...w!.bytesIn!]).toEqual([U, U, 100]);
    expect([...w!.bytesOut!]).toEqual([U, 100, 0]);
    expect(w!.recordedPool).toEqual(["m", null, null]);
  });

  test("of 1.4 may name its parents by name or, where names repeat, by id; or leave all to its files", async () => {
    const task = (id: string, name: string, rest: object = {}) => ({
      id,
      name,
      runtimeInSeconds: 1,
      ...rest,
    });
    const edges = async (tasks: object[]) => {
      const { workflows, report } = await importTrace([file("x.json", v14(tasks))]);
      return [[...workflows[0]!.parent], report.warnings.map(({ code }) => code)];
    };
    expect(await edges([task("1", "a_1"), task("2", "b_2", { parents: ["a_1"] })])).toEqual([[0], []]);
    expect(await edges([task("1", "a"), task("2", "a", { parents: ["1"] })])).toEqual([[0], []]);
    const link = (direction: string, path: string) => ({ link: direction, name: "f", path, sizeInBytes: 1 });
    expect(
      await edges([
        task("1", "a", { parents: [], files: [link("output", "/x")] }),
        task("2", "a", { parents: [], files: [link("input", "/x")] }),
        task("3", "a", { parents: [], files: [link("input", "/y")] }),
      ]),
    ).toEqual([[0], ["EDGES_FROM_FILES"]]);
  });

  test("is complained about once for all that is wrong with it, each with its line", async () => {
    const message = await complaint(
      v15({
        tasks: [
          { id: "a", name: 7, parents: "b", children: [] },
          { id: "", name: "b", parents: [3], children: [] },
        ],
        records: [{ id: "a", runtimeInSeconds: true, coreCount: -1 }],
      }),
    );
    for (const part of [
      "x.json:1:",
      "workflow.specification.tasks[0].name: name must be a string, got a number",
      "parents must be a list, got a string",
      "id is empty",
      "parents[0] must be a string, got a number",
      "runtimeInSeconds must be a number, got a boolean",
      "coreCount is -1",
    ]) {
      expect(message).toContain(part);
    }
  });

  test.each([
    [[], "the document must be an object, got a list"],
    [{ schemaVersion: "1.5", name: "x" }, '"workflow" is missing'],
    [{ name: "x", workflow: {} }, '"schemaVersion" is missing'],
    [{ ...v15({}), workflow: { specification: [] } }, "specification must be an object, got a list"],
  ])("is refused when it is something else: %j", async (value, message) =>
    expect(await complaint(value)).toContain(message),
  );

  test("without any execution has unknown work throughout, never 0", async () => {
    const { name, schemaVersion, workflow } = v15({});
    const { workflows, report } = await importTrace([
      file("x.json", { name, schemaVersion, workflow: { specification: workflow.specification } }),
    ]);
    expect([...workflows[0]!.work]).toEqual([Number.NaN]);
    expect(report.warnings.map(({ code }) => code)).toEqual(["RUNTIME_UNKNOWN", "SUBMISSION_UNKNOWN"]);
  });

  test("with starts of tasks on record keeps them as an observation", async () => {
    const { workflows } = await importTrace(
      [
        file(
          "x.json",
          v15({
            executedAt: "2024-01-01T00:00:00Z",
            records: [{ id: "a", runtimeInSeconds: 4, executedAt: "2024-01-01T00:00:10Z" }],
          }),
        ),
      ],
      { submit: { every: 100 } },
    );
    expect([workflows[0]!.recordedStart![0], workflows[0]!.recordedEnd![0]]).toEqual([10, 14]);
  });
});

describe("several instances", () => {
  const at = (name: string, executedAt?: string) =>
    file(`${name}.json`, v15({ name, ...(executedAt ? { executedAt } : {}) }));
  const files = [at("b-1", "2024-01-01T00:01:00Z"), at("c-1"), at("a-1", "2024-01-01T00:00:00Z")];
  const come = async (options: Parameters<typeof importTrace>[1]) =>
    (await importTrace(files, options)).workflows.map(
      ({ template, submitted }) => `${template} ${submitted}`,
    );

  test("come as recorded, together, or evenly", async () => {
    expect(await come({})).toEqual(["a 0", "b 60", "c 60"]);
    expect(await come({ submit: "together" })).toEqual(["b 0", "c 0", "a 0"]);
    expect(await come({ submit: { every: 30 } })).toEqual(["b 0", "c 30", "a 60"]);
  });

  test("give the same bytes wherever the files lie, and say where they came from", async () => {
    const moved = files.map((source) => ({ ...source, name: `/elsewhere/${source.name}` }));
    const [here, there] = [await importTrace(files), await importTrace(moved)].map(
      ({ workflows, metadata }) => encodeTrace(workflows, metadata),
    );
    expect(Buffer.compare(here!, there!)).toBe(0);
    expect((await importTrace(files)).metadata).toMatchObject({
      source: "WfCommons WfFormat",
      origin: "2024-01-01T00:00:00.000Z",
      provenance: [
        { step: "import", format: "wfformat", fileCount: 3, files: [{ name: "b-1.json" }, {}, {}] },
      ],
    });
  });

  test("are refused where the format is not known, and strictly where anything is in doubt", async () => {
    await expect(importTrace([file("x.json", { a: 1 })])).rejects.toThrow(
      /x\.json: the format of the file is not known/,
    );
    await expect(importTrace([])).rejects.toThrow(/there is no file/);
    await expect(importTrace(files, { format: "wfformt" })).rejects.toThrow(/did you mean "wfformat"/);
    await expect(importTrace(files, { strict: true })).rejects.toThrow(/c-1\.json: a workflow has no date/);
  });
});
