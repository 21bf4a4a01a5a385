import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { learnTable } from "../../src/learn/tabular/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import {
  loadPackage,
  MANIFEST_FILE,
  policyFromPackage,
  readTable,
  TABLE_FILE,
  tabularPolicy,
} from "../../src/policy/runtime/index.js";
import { describePackage, readPackage, writePackage } from "../../src/registry/index.js";
import { type PackageContent, packageFiles } from "../../src/registry/write-package.js";
import { twoPools } from "../learn/two-pools.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const { table } = learnTable(twoPools, heuristic("jsq"), { decisions: 10_000, first: 10_000 });

const content: PackageContent = {
  name: "two-pools",
  version: "1.0.0",
  owner: "tests",
  purpose: "Decides route.",
  heads: [],
  table: { table, otherwise: "jsq" },
  lineage: {
    scenario: { name: "two-pools", digest: "0".repeat(64), objective: "flowTime" },
    trace: null,
    algorithm: "table",
    seed: 1,
    decisions: 10_000,
    settings: {},
    backend: "none",
    switchyard: "0.1.0",
    command: "switchyard train",
    commit: null,
  },
  benchmark: null,
};
const files = packageFiles(content);
const text = (name: string) => new TextDecoder().decode(files.get(name));
const bytes = (value: string) => new TextEncoder().encode(value);
const folder = temporaryFolder("table-package", {});

describe("a package with a table", () => {
  test("has the manifest, the table and a card, and nothing of networks; equal contents are equal bytes", () => {
    expect([...files.keys()].sort()).toEqual(["MODEL_CARD.md", MANIFEST_FILE, TABLE_FILE]);
    expect(packageFiles(content)).toEqual(files);
    expect(text("MODEL_CARD.md")).toMatch(
      /looks up what to do in each of \d+ states.*in others `jsq` decides/,
    );
  });

  test("read back it is the table, and decides as the one in memory in every decision of a run", async () => {
    const written = await writePackage(folder("packages"), content);
    const read = await readPackage(written.folder);
    expect(read.table).toEqual(table);
    expect(read.heads).toEqual([]);
    expect(describePackage(read.manifest)).toMatch(/decides {3}route, by a table of \d+ states/);
    const [packaged, own] = [
      policyFromPackage(files, heuristic),
      tabularPolicy("own", table, heuristic("jsq")),
    ];
    for (const seed of [1, 2, 3]) {
      const asked: [number, number][] = [];
      const both = {
        ...own,
        decide: (view: Parameters<typeof own.decide>[0]) => {
          asked.push([own.decide(view), packaged.decide(view)]);
          return asked.at(-1)![0];
        },
      };
      packaged.reset(seed);
      play(twoPools, both, seed);
      expect(asked.length).toBeGreaterThan(300);
      for (const [mine, theirs] of asked) expect(theirs).toBe(mine);
    }
  });

  test("needs somebody to make its heuristic", () =>
    expect(() => policyFromPackage(files)).toThrow(expect.objectContaining({ code: "NO_HEURISTICS" })));

  test("is refused when any one byte of its table is another", () => {
    const good = files.get(TABLE_FILE)!;
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 50)) {
      const altered = good.slice();
      altered[at]! ^= 1;
      expect(() => loadPackage(new Map([...files, [TABLE_FILE, altered]]))).toThrow(
        expect.objectContaining({ code: "FILE_DIGEST" }),
      );
    }
  });

  test.each<[string, string]>([
    ["a heuristic that is none", "jsqq"],
    ["a heuristic with a knob that is none", "jsq(knob=1)"],
  ])("is refused with %s beside the table", async (_, otherwise) => {
    const changed = { ...content, name: "changed", table: { table, otherwise } };
    const written = await writePackage(folder(otherwise), changed);
    await expect(readPackage(written.folder)).rejects.toThrow(
      expect.objectContaining({ code: expect.stringMatching(/UNKNOWN|KNOB|POLICY/) }),
    );
  });
});

describe("a table's file", () => {
  const read = (value: unknown, states = 1) =>
    readTable(bytes(typeof value === "string" ? value : JSON.stringify(value)), TABLE_FILE, {
      kinds: ["route"],
      states,
    });
  const good = { types: ["work"], candidates: ["one", "other"], states: [[1, 0, 5]] };

  test("is read where it is sound", () =>
    expect(read(good)).toEqual({
      kinds: ["route"],
      known: { types: ["work"], candidates: ["one", "other"] },
      entries: [{ figures: [0, 5], code: 1 }],
    }));

  test.each<[string, unknown, RegExp]>([
    ["no JSON", "{", /table\.json/],
    ["no object", 3, /no list of different names/],
    ["no names", { ...good, candidates: [1] }, /candidates are no list/],
    ["a name twice", { ...good, candidates: ["one", "one"] }, /candidates are no list/],
    ["a name that steers a terminal", { ...good, types: ["\u001b[2J"] }, /types are no list/],
    ["other states than are said", { ...good, states: [] }, /not 1 states/],
    [
      "a figure that is no whole number",
      { ...good, states: [[1, 0.5]] },
      /states\[0\].*no row of whole numbers/,
    ],
    ["a figure of more than 16 bits", { ...good, states: [[1, 65_536]] }, /no row of whole numbers/],
    ["a candidate that is not there", { ...good, states: [[3, 0]] }, /no candidate 3/],
    ["candidate 0, which is nobody", { ...good, states: [[0, 0]] }, /no candidate 0/],
  ])("is refused: %s", (_, value, what) => expect(() => read(value)).toThrow(what));

  test("is refused: a state that stands there twice", () =>
    expect(() =>
      read(
        {
          ...good,
          states: [
            [1, 7],
            [2, 7],
          ],
        },
        2,
      ),
    ).toThrow(/states\[1\].*twice/));
});
