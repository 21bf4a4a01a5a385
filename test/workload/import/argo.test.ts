import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import {
  bytesSource,
  fileStatistics,
  importTrace,
  type ReadWorkflow,
} from "../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { complaintOf } from "./complaint-of.js";

interface Node {
  readonly type?: string;
  readonly phase?: string;
  /** Seconds. */
  readonly from?: number;
  readonly to?: number;
  readonly children?: readonly string[];
  readonly name?: string;
  readonly boundaryID?: string;
  readonly templateName?: string;
}

const at = (second: number) =>
  new Date(Date.UTC(2024, 0, 1, 0, 0, second)).toISOString().replace(".000Z", "Z");

function manifest(nodes: Readonly<Record<string, Node>>, status: object = {}): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: "w-abc12", generateName: "w-", creationTimestamp: at(0) },
    status: {
      phase: "Succeeded",
      startedAt: at(0),
      nodes: Object.fromEntries(
        Object.entries(nodes).map(([id, { type = "Pod", phase = "Succeeded", from, to, name, ...rest }]) => [
          id,
          {
            id,
            name: name ?? `w.${id}`,
            type,
            phase,
            startedAt: from === undefined ? null : at(from),
            finishedAt: to === undefined ? null : at(to),
            ...rest,
          },
        ]),
      ),
      ...status,
    },
  };
}

const json = (value: object, name = "w.json") => bytesSource(name, Buffer.from(JSON.stringify(value)));

/** Parents of each task by name of their types, which are the keys of their nodes. */
const parentsOf = (flow: Pick<ReadWorkflow, "type" | "firstParent" | "parent">) =>
  Object.fromEntries(
    flow.type.map((type, t) => [
      type,
      [...flow.parent.slice(flow.firstParent[t], flow.firstParent[t + 1])].map((p) => flow.type[p]).sort(),
    ]),
  );

const pod = (
  key: string,
  from: number,
  to: number,
  children: readonly string[] = [],
  rest: Node = {},
): Node => ({
  templateName: key,
  from,
  to,
  children,
  ...rest,
});
const steers = (type: string, children: readonly string[], rest: Node = {}): Node => ({
  type,
  children,
  from: 0,
  ...rest,
});

/** What an exported workflow looks like: a diamond whose arms are steps, with a skipped one, and a handler of its end. */
const diamond = {
  root: steers("DAG", ["a"]),
  a: pod("a", 1, 3, ["s"]),
  s: steers("Steps", ["g0", "g1"]),
  g0: steers("StepGroup", ["b", "c", "no"]),
  b: pod("b", 4, 9, ["g1"]),
  c: pod("c", 4, 5, ["g1"]),
  no: steers("Skipped", ["g1"], { phase: "Skipped" }),
  g1: steers("StepGroup", ["d"]),
  d: pod("d", 10, 11),
  exit: steers("Pod", [], { name: "w.onExit", templateName: "exit", from: 12, to: 14, phase: "Failed" }),
};

test("pods are tasks, and wait for pods from which a way leads over steering nodes; an exit handler waits for all", async () => {
  const { workflows, report, metadata } = await importTrace([json(manifest(diamond))]);
  const [flow] = workflows;
  expect(parentsOf(flow!)).toEqual({ a: [], b: ["a"], c: ["a"], d: ["a", "b", "c"], exit: ["d"] });
  expect(flow).toMatchObject({ template: "w", submitted: 0, type: ["a", "b", "c", "d", "exit"] });
  expect([...flow!.work]).toEqual([2, 5, 1, 1, 2]);
  expect([...flow!.recordedStart!]).toEqual([1, 4, 4, 10, 12]);
  expect(flow!.outcome).toEqual(["succeeded", "succeeded", "succeeded", "succeeded", "failed"]);
  expect(metadata.origin).toBe("2024-01-01T00:00:00.000Z");
  expect(report.warnings).toEqual([]);
});

const yaml = (value: unknown, indent = ""): string =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([key, inner]) => `\n${indent}${JSON.stringify(key)}: ${yaml(inner, `${indent}  `)}`)
        .join("")
    : JSON.stringify(value);

test("YAML, compressed nodes, lists and runs of Kubeflow Pipelines read as the JSON does", async () => {
  const plain = manifest(diamond) as { status: { nodes: object } };
  const compressedNodes = gzipSync(JSON.stringify(plain.status.nodes)).toString("base64");
  const { nodes: _, ...status } = plain.status;
  const shapes = [
    bytesSource("w.yaml", Buffer.from(`---${yaml(plain)}\n`)),
    json({ ...plain, status: { ...status, compressedNodes } }),
    json({ apiVersion: "v1", kind: "List", items: [plain] }),
    json({ run: { id: "7" }, pipeline_runtime: { workflow_manifest: JSON.stringify(plain) } }),
  ];
  const {
    workflows: [expected],
  } = await importTrace([json(plain)]);
  for (const shape of shapes) {
    const { workflows } = await importTrace([shape]);
    expect(workflows).toEqual([{ ...expected, where: expect.any(String) }]);
  }
});

test("attempts under a Retry node are one task, with the run time of the last", async () => {
  const { workflows } = await importTrace([
    json(
      manifest({
        root: steers("DAG", ["r", "f"]),
        r: steers("Retry", ["r0", "r1"], { name: "w.r" }),
        r1: pod("r", 5, 9, ["after"], { name: "w.r(1)" }),
        r0: pod("r", 1, 4, [], { name: "w.r(0)", phase: "Failed" }),
        after: pod("after", 10, 12),
        f: steers("Retry", ["f0"], { name: "w.f", phase: "Failed" }),
        f0: pod("f", 1, 2, [], { name: "w.f(0)", phase: "Error" }),
      }),
    ),
  ]);
  const [flow] = workflows;
  expect(parentsOf(flow!)).toEqual({ r: [], after: ["r"], f: [] });
  const by = Object.fromEntries(
    flow!.type.map((type, t) => [type, [flow!.work[t], flow!.attempts![t], flow!.outcome![t]]]),
  );
  expect(by).toEqual({ r: [4, 2, "succeeded"], after: [2, 1, "succeeded"], f: [1, 1, "failed"] });
});

test("of a DAG that was tried again, the last attempt's pods are tasks, and the others are told", async () => {
  const { workflows, report } = await importTrace([
    json(
      manifest({
        r: steers("Retry", ["d0", "d1"], { name: "w.r" }),
        d0: steers("DAG", ["x"], { name: "w.r(0)", phase: "Failed" }),
        x: pod("x", 1, 2, ["y"], { boundaryID: "d0" }),
        y: pod("y", 2, 3, [], { boundaryID: "d0", phase: "Failed" }),
        d1: steers("DAG", ["z"], { name: "w.r(1)" }),
        z: pod("z", 4, 6, [], { boundaryID: "d1" }),
      }),
    ),
  ]);
  expect(workflows[0]!.type).toEqual(["z"]);
  expect(report.skipped.map(({ count }) => count)).toEqual([2]);
});

test("what is running, suspended or was retried by hand is told", async () => {
  const { workflows, report } = await importTrace([
    json(
      manifest(
        {
          root: steers("DAG", ["a"]),
          a: pod("a", 1, 3, ["s"]),
          s: steers("Suspend", ["b"], { phase: "Running" }),
          b: { from: 9, phase: "Running" },
        },
        { phase: "Running", startedAt: at(5) },
      ),
    ),
  ]);
  expect(report.warnings.map(({ code }) => code).sort()).toEqual([
    "RETRIED_BY_HAND",
    "RUNTIME_UNKNOWN",
    "SUSPENDED",
  ]);
  expect([...workflows[0]!.work]).toEqual([2, Number.NaN]);
  expect(workflows[0]!.outcome).toEqual(["succeeded", null]);
});

test.each<[string, object, string]>([
  [
    "a child that is no node",
    manifest({ a: pod("a", 1, 2, ["b"]) }),
    'child "b" of "a" is not among the nodes',
  ],
  ["nodes in a circle", manifest({ a: pod("a", 1, 2, ["b"]), b: pod("b", 1, 2, ["a"]) }), "a → b → a"],
  [
    "a time that is none",
    manifest({}, { nodes: { a: { type: "Pod", startedAt: "soon" } } }),
    "must be an instant",
  ],
  ["nodes in a list", manifest({}, { nodes: [] }), "nodes must be an object, got a list"],
  ["nodes that are not base64", manifest({}, { compressedNodes: "???" }), "is not base64"],
  ["no pod", manifest({ root: steers("DAG", []) }), "a workflow without pods"],
])("a workflow with %s is refused", async (_, value, message) => {
  expect(await complaintOf(() => importTrace([json(value)], { format: "argo-workflow" }))).toContain(message);
});

test.each([
  ["brackets", `${"[".repeat(100_000)}`, "nested more than 64 deep"],
  [
    "lines",
    Array.from({ length: 5000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    "nested more than 64 deep",
  ],
  ["lists", "- ".repeat(50_000), "nested more than 64 deep"],
  [
    "aliases",
    `a: &a [x,x,x,x,x,x,x,x]\n${[..."bcdefgh"].map((k, i) => `${k}: &${k} [${Array(8).fill(`*${"abcdefgh"[i]}`)}]`).join("\n")}\n`,
    "aliases stand for more than",
  ],
  ["keys that repeat", "metadata: {}\nmetadata: {}\n", "stands twice in a map"],
])("YAML with too many %s is refused at once", async (_, text, message) => {
  const began = performance.now();
  const source = bytesSource("w.yaml", Buffer.from(text));
  expect(await complaintOf(() => importTrace([source], { format: "argo-workflow" }))).toContain(message);
  expect(performance.now() - began).toBeLessThan(2000);
});

describe.skipIf(!hasSharedData)("a broken Argo workflow", () => {
  test.each([
    ["argo-yaml-alias-bomb.yaml", "aliases stand for more than 10000 values"],
    ["argo-dangling-child.yaml", 'child "d-2" of "d" is not among the nodes'],
    ["argo-compressed-nodes-truncated.json", "compressedNodes is base64 of a gzip stream that ends early"],
  ])("%s is refused", async (name, message) => {
    const source = bytesSource(name, sharedBytes(`broken/${name}`));
    const complaint = await complaintOf(() => importTrace([source]));
    expect(complaint).toContain(message);
    expect(complaint).toContain(name);
    if (name !== "argo-dangling-child.yaml") await expect(fileStatistics(source)).rejects.toThrow(InputError);
  });
});
