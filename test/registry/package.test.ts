import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError, SwitchyardError } from "../../src/kit/errors.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { featureSpec } from "../../src/model/features.js";
import type { DecisionKind } from "../../src/model/scenario.js";
import {
  featureSchema,
  type Head,
  loadPackage,
  type Manifest,
  manifestDigest,
  policyFromPackage,
  schemaDigest,
} from "../../src/policy/runtime/index.js";
import { initialParameters } from "../../src/policy/runtime/network/index.js";
import {
  describePackage,
  type PackageContent,
  packageFiles,
  readPackage,
  writePackage,
} from "../../src/registry/index.js";

function head(kind: DecisionKind): Head {
  const spec = featureSpec(kind);
  const [context, candidate] = [spec.context.length, spec.candidate.length];
  const network = {
    kind: "candidate-scorer",
    context,
    candidate,
    hidden: [8, 4],
    activation: "tanh",
  } as const;
  const ones = (width: number) => ({
    mean: new Array<number>(width).fill(0.5),
    std: new Array<number>(width).fill(2),
  });
  return {
    kind,
    network,
    parameters: initialParameters(network, new SequentialStream(kind)),
    normalisation: { context: ones(context), candidate: ones(candidate), clip: 10 },
  };
}

const content = (kinds: readonly DecisionKind[] = ["route"]): PackageContent => ({
  name: "checkout",
  version: "1.0.0",
  owner: "somebody",
  purpose: "A policy for tests.",
  heads: kinds.map(head),
  lineage: {
    scenario: { name: "checkout", digest: "ab".repeat(32), objective: "flowTime" },
    trace: null,
    algorithm: "ppo",
    seed: 1,
    decisions: 1000,
    settings: { learningRate: 0.001 },
    backend: "simd",
    switchyard: "0.1.0",
    command: "switchyard train checkout.yaml",
    commit: null,
  },
  benchmark: {
    scenario: "checkout",
    digest: "cd".repeat(32),
    seeds: 30,
    level: 0.95,
    policies: [{ policy: "jsq", mean: 2, low: 1.9, high: 2.1 }],
    against: { policy: "jsq", change: -0.1, low: -0.12, high: -0.08 },
  },
});

/** The code of the error that a call ends with. */
async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof SwitchyardError) return `${error.code} ${error.exitCode}`;
    throw error;
  }
  return "none";
}

describe("a policy package", () => {
  test.each<[readonly DecisionKind[]]>([[["route"]], [["route", "dispatch"]]])(
    "for %o gives back, to the bit, what was put in",
    (kinds) => {
      const { heads, manifest } = loadPackage(packageFiles(content(kinds)));
      expect(heads).toEqual(content(kinds).heads);
      expect(manifest).toMatchObject({ name: "checkout", version: "1.0.0", decision: "argmax" });
      expect(policyFromPackage(packageFiles(content(kinds)))).toMatchObject({
        name: "checkout@1.0.0",
        kinds,
      });
    },
  );

  test("is the same bytes again for the same content", () => {
    expect(packageFiles(content())).toEqual(packageFiles(content()));
  });

  test("says what it is, with intervals", () => {
    const files = packageFiles(content());
    const card = new TextDecoder().decode(files.get("MODEL_CARD.md"));
    for (const text of [card, describePackage(loadPackage(files).manifest)]) {
      expect(text).toContain("jsq");
      expect(text).toContain("-10.0 % [-12.0 %, -8.0 %]");
    }
    expect(card).toContain("## Limits");
  });

  test("is refused when any byte of any file is another", () => {
    const files = packageFiles(content());
    const names = [...files.keys()];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), (name, at, by) => {
        const bytes = Uint8Array.from(files.get(name)!);
        const place = at % bytes.length;
        bytes[place] = bytes[place]! ^ by;
        // White space around the manifest's values carries no meaning, and is not part of its digest.
        const blank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
        fc.pre(!(name === "policy.json" && blank(bytes[place]!) && blank(files.get(name)![place]!)));
        expect(() => loadPackage(new Map(files).set(name, bytes))).toThrow(SwitchyardError);
      }),
      { numRuns: 400 },
    );
  });

  test("is refused when any one byte of its weights is another", () => {
    const files = packageFiles(content());
    const weights = files.get("weights.safetensors")!;
    const complained = new Set<string>();
    for (let at = 0; at < weights.length; at++) {
      const bytes = weights.slice();
      bytes[at] = bytes[at]! ^ (1 << (at % 8));
      try {
        loadPackage(new Map(files).set("weights.safetensors", bytes));
        complained.add(`nothing at ${at}`);
      } catch (error) {
        complained.add(error instanceof InputError ? error.code : String(error));
      }
    }
    expect([...complained]).toEqual(["FILE_DIGEST"]);
  });

  test("is refused with two of its files swapped", async () => {
    const files = packageFiles(content());
    const [a, b] = [files.get("model.onnx")!, files.get("weights.safetensors")!];
    files.set("model.onnx", b).set("weights.safetensors", a);
    expect(await codeOf(() => loadPackage(files))).toBe("FILE_DIGEST 2");
  });

  test("is refused with any of its files missing", async () => {
    for (const name of packageFiles(content()).keys()) {
      const files = packageFiles(content());
      files.delete(name);
      expect(await codeOf(() => loadPackage(files))).toBe(
        name === "policy.json" ? "NO_MANIFEST 2" : "FILE_MISSING 2",
      );
    }
  });

  test("is refused cut short anywhere", () => {
    const files = packageFiles(content());
    for (const [name, bytes] of files) {
      for (const share of [0, 0.3, 0.99]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        expect(() => loadPackage(new Map(files).set(name, cut))).toThrow(SwitchyardError);
      }
    }
  });

  /** The package with its manifest edited, and its digest made to fit again: what a forger would do. */
  function forged(edit: (manifest: Manifest) => void): Map<string, Uint8Array> {
    const files = packageFiles(content());
    const manifest = JSON.parse(new TextDecoder().decode(files.get("policy.json"))) as Manifest;
    edit(manifest);
    const digest = manifestDigest(manifest);
    return files.set("policy.json", new TextEncoder().encode(JSON.stringify({ ...manifest, digest })));
  }
  type Loose = { -readonly [K in keyof Manifest]: Manifest[K] } & Record<string, unknown>;

  test.each<[string, (manifest: Loose) => void, string]>([
    ["an unknown format", (m) => Object.assign(m, { format: "switchyard.policy/9" }), "BAD_MANIFEST 2"],
    ["an unknown key", (m) => Object.assign(m, { autorun: "rm" }), "BAD_MANIFEST 2"],
    [
      "a file outside the package",
      (m) => Object.assign(m, { files: { "../x": { sha256: "ab".repeat(32), bytes: 1 } } }),
      "BAD_MANIFEST 2",
    ],
    [
      "a missing file",
      (m) => Object.assign(m, { files: { ...m.files, "more.txt": { sha256: "ab".repeat(32), bytes: 1 } } }),
      "FILE_MISSING 2",
    ],
    ["a version that is none", (m) => Object.assign(m, { version: "1.0" }), "BAD_MANIFEST 2"],
    ["another network", (m) => Object.assign(m.heads[0]!.network, { hidden: [8, 8] }), "WEIGHTS_DIFFER 2"],
    [
      "a network too large to be true",
      (m) => Object.assign(m.heads[0]!.network, { hidden: [1e9] }),
      "NETWORK_SPEC 2",
    ],
    [
      "normalisation of another width",
      (m) => Object.assign(m.heads[0]!.normalisation.context, { mean: [] }),
      "BAD_MANIFEST 2",
    ],
    [
      "a kind of decision that is no text",
      (m) => Object.assign(m.heads[0]!, { kind: { toString: 1 } }),
      "BAD_MANIFEST 2",
    ],
    [
      "an activation that is no text",
      (m) => Object.assign(m.heads[0]!.network, { activation: { toString: 1 } }),
      "BAD_MANIFEST 2",
    ],
    [
      "features kept within nothing",
      (m) => Object.assign(m.heads[0]!.normalisation, { clip: 0 }),
      "BAD_MANIFEST 2",
    ],
    [
      "a deviation below zero",
      (m) => Object.assign(m.heads[0]!.normalisation.context.std, { 0: -1 }),
      "BAD_MANIFEST 2",
    ],
    [
      "an owner that steers the terminal",
      (m) => Object.assign(m, { owner: "\u001b[2Jnobody" }),
      "BAD_MANIFEST 2",
    ],
    [
      "a comparison that is none",
      (m) => Object.assign(m, { benchmark: { ...m.benchmark, against: "better" } }),
      "BAD_MANIFEST 2",
    ],
    [
      "an interval that is none",
      (m) =>
        Object.assign(m, {
          benchmark: { ...m.benchmark, policies: [{ policy: "x", mean: 1, low: "0", high: 2 }] },
        }),
      "BAD_MANIFEST 2",
    ],
  ])("is refused with %s, even where every digest fits", async (_, edit, code) => {
    expect(await codeOf(() => loadPackage(forged(edit as (manifest: Manifest) => void)))).toBe(code);
  });

  // What has no canonical form, or more readings than one, cannot be held to a digest.
  test.each([
    ["a text that is half a character", '"\\ud800"'],
    ["a number that is infinite", "1e400"],
    ["values nested without bound", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["a key twice", '1, "x": 2'],
  ])("is refused with %s in its settings", async (_, value) => {
    const files = packageFiles(content());
    const text = new TextDecoder().decode(files.get("policy.json"));
    const edited = text.replace('"learningRate": 0.001', `"x": ${value}`);
    expect(edited).not.toBe(text);
    files.set("policy.json", new TextEncoder().encode(edited));
    expect(await codeOf(() => loadPackage(files))).toBe("BAD_MANIFEST 2");
  });

  test("is refused where this build computes other features, and just those are named", () => {
    const files = forged((manifest) => {
      const features = manifest.heads[0]!.features as unknown as {
        context: { meaning: string }[];
        digest: string;
      };
      features.context[1]!.meaning = "something else";
      const { digest: _, ...stated } = features;
      Object.assign(features, { digest: featureDigest(stated) });
    });
    expect(() => loadPackage(files)).toThrow(
      expect.objectContaining({
        code: "FEATURE_SCHEMA_DIFFERS",
        what: expect.stringMatching(/ computes \(route\/1\): task\.attempts$/),
      }),
    );
  });

  test("is refused where a weight is not a number", async () => {
    const { heads, ...rest } = content();
    const parameters = heads[0]!.parameters.slice();
    parameters[3] = Number.NaN;
    expect(
      await codeOf(() => loadPackage(packageFiles({ ...rest, heads: [{ ...heads[0]!, parameters }] }))),
    ).toBe("WEIGHTS_NOT_FINITE 2");
  });
});

const featureDigest = (stated: unknown): string => schemaDigest(stated as Parameters<typeof schemaDigest>[0]);

describe("on disk", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "switchyard-registry-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test("a package is written, and read again", async () => {
    const { folder } = await writePackage(root, content());
    expect(folder).toBe(join(root, "checkout", "1.0.0"));
    expect((await readPackage(folder)).heads).toEqual(content().heads);
    expect((await readdir(folder)).sort()).toEqual([
      "MODEL_CARD.md",
      "model.onnx",
      "policy.json",
      "weights.safetensors",
    ]);
  });

  test("a version is never overwritten", async () => {
    const { folder } = await writePackage(root, content());
    const before = await readFile(join(folder, "policy.json"));
    expect(await codeOf(() => writePackage(root, { ...content(), purpose: "another" }))).toBe(
      "PACKAGE_EXISTS 2",
    );
    expect(await readFile(join(folder, "policy.json"))).toEqual(before);
  });

  test("nothing is left behind where its folder cannot be made", async () => {
    await writeFile(join(root, "checkout"), "a file where a folder should be");
    expect(await codeOf(() => writePackage(root, content()))).toBe("CANNOT_WRITE 1");
    expect(await readdir(root)).toEqual(["checkout"]);
  });

  test("folders that were made for it go again", async () => {
    // A semantic version, and longer than the name of a folder may be.
    const version = `1.0.0-${Array(9).fill("x".repeat(32)).join(".")}`;
    expect(await codeOf(() => writePackage(join(root, "new"), { ...content(), version }))).toBe(
      "CANNOT_WRITE 1",
    );
    expect(await readdir(root)).toEqual([]);
  });

  test("nothing is left behind where it fails at the last, with every file written", async () => {
    await mkdir(join(root, "checkout"));
    // A folder cannot be renamed over a link, and this one leads nowhere, so that nothing seems to be there before.
    await symlink(join(root, "nowhere"), join(root, "checkout", "1.0.0"));
    expect(await codeOf(() => writePackage(root, content()))).toBe("CANNOT_WRITE 1");
    expect(await readdir(join(root, "checkout"))).toEqual(["1.0.0"]);
  });

  test("a file larger than any package is refused before it is read", async () => {
    const { folder } = await writePackage(root, content());
    await truncate(join(folder, "weights.safetensors"), 2 * 1024 ** 3); // sparse: takes no room on the disk
    expect(await codeOf(() => readPackage(folder))).toBe("TOO_LARGE 2");
    await rm(join(folder, "weights.safetensors"));
    await truncate(join(folder, "policy.json"), 2 * 1024 ** 2);
    expect(await codeOf(() => readPackage(folder))).toBe("TOO_LARGE 2");
  });

  test.each([
    ["../escape", "1.0.0"],
    ["Capital", "1.0.0"],
    ["checkout", "1.0.0/../../x"],
    ["checkout", "latest"],
  ])("the name %s %s is refused", async (name, version) => {
    expect(await codeOf(() => writePackage(root, { ...content(), name, version }))).toBe(
      "BAD_PACKAGE_NAME 2",
    );
    expect(await readdir(root)).toEqual([]);
  });

  test("links, folders and further files are refused", async () => {
    const { folder } = await writePackage(root, content());
    const more = join(folder, "more.txt");
    await writeFile(more, "x");
    expect(await codeOf(() => readPackage(folder))).toBe("FILE_UNKNOWN 2");
    await rm(more);
    await mkdir(more);
    expect(await codeOf(() => readPackage(folder))).toBe("NOT_A_FILE 2");
    await rm(more, { recursive: true });
    const weights = join(folder, "weights.safetensors");
    const elsewhere = join(root, "weights");
    await writeFile(elsewhere, await readFile(weights));
    await rm(weights);
    await symlink(elsewhere, weights);
    expect(await codeOf(() => readPackage(folder))).toBe("NOT_A_FILE 2");
    expect(await codeOf(() => readPackage(join(root, "nowhere")))).toBe("NO_PACKAGE 2");
  });
});

test("what this build computes is stated without infinities, so that it is JSON", () => {
  for (const kind of ["route", "dispatch"] as const) {
    const schema = featureSchema(kind);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  }
});

test("a flat network is written and read as it was", () => {
  const [scorer] = content().heads;
  const { context, candidate } = scorer!.network;
  const network = {
    kind: "flat",
    context,
    candidate,
    candidates: 4,
    hidden: [8],
    activation: "tanh",
  } as const;
  const flat = { ...scorer!, network, parameters: initialParameters(network, new SequentialStream("flat")) };
  const files = packageFiles({ ...content(), heads: [flat] });
  expect(loadPackage(files).heads).toEqual([flat]);
});
