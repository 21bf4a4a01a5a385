import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { sha256 } from "../../src/kit/sha256.js";
import type { Head } from "../../src/policy/runtime/index.js";
import { createRuntime, type NetworkSpec, parameterCount } from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";
import { onnxModel } from "../../src/registry/index.js";
import { python, pythonHas } from "../support/python.js";

/** A head with every parameter and scale drawn; one candidate feature is constant, so that its scale is bounded. */
function drawnHead(network: NetworkSpec, seed: string): Head {
  const stream = new SequentialStream(seed);
  const draw = (width: number, least: number, most: number) =>
    Array.from({ length: width }, () => least + (most - least) * stream.next());
  const { context, candidate } = network;
  return {
    kind: "route",
    network,
    parameters: Float32Array.from(draw(parameterCount(network), -0.6, 0.6)),
    normalisation: {
      context: { mean: draw(context, -1, 1), std: draw(context, 0.2, 2) },
      candidate: { mean: draw(candidate, -1, 1), std: draw(candidate, 0.2, 2).with(0, 0) },
      clip: 3,
    },
  };
}

/** A decision: features as `encode` writes them, some of them far outside what normalisation lets through. */
function drawnDecision(head: Head, count: number, stream: SequentialStream) {
  const { context, candidate } = head.network;
  const wide = () => 12 * (stream.next() - 0.5);
  const mask = Uint8Array.from({ length: count }, (_, i) => (i === 0 || stream.next() < 0.6 ? 1 : 0));
  return {
    context: Float32Array.from({ length: context }, wide),
    candidates: Float32Array.from({ length: count * candidate }, (_, k) =>
      k % candidate === 0 ? Math.fround(head.normalisation.candidate.mean[0]!) : wide(),
    ),
    mask,
  };
}

/** What our runtime answers, for the allowed candidates in order. */
function ours(head: Head, { context, candidates, mask }: ReturnType<typeof drawnDecision>) {
  const { network, normalisation, parameters } = head;
  const runtime = createRuntime(network, "plain");
  runtime.setParameters(parameters);
  const [c, f] = [context.slice(), candidates.slice()];
  new Normaliser(normalisation.context, normalisation.clip).apply(c, 0, 1);
  new Normaliser(normalisation.candidate, normalisation.clip).apply(f, 0, mask.length);
  const logits = new Float32Array(mask.length);
  const value = runtime.score(c, f, mask, mask.length, logits, "value");
  return { logits: Array.from(logits).filter((_, i) => mask[i] === 1), value };
}

const SCRIPT = `
import base64, json, sys
import numpy, onnx, onnxruntime
asked = json.load(sys.stdin)
model = base64.b64decode(asked["model"])
onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
answers = []
for case in asked["cases"]:
    context = numpy.array(case["context"], numpy.float32).reshape(1, asked["context"])
    candidates = numpy.array(case["candidates"], numpy.float32).reshape(-1, asked["candidate"])
    given = {"context": context, "candidates": candidates}
    if "mask" in case:
        given["mask"] = numpy.array(case["mask"], numpy.float32).reshape(-1, 1)
    logits, value = session.run(["logits", "value"], given)
    answers.append({"logits": logits.tolist(), "value": value.tolist()})
print(json.dumps(answers))
`;

const present = pythonHas("onnxruntime", "onnx", "numpy");

/** Parameters that every machine computes alike. */
function golden(): Head {
  const network = {
    kind: "candidate-scorer",
    context: 5,
    candidate: 3,
    hidden: [16, 8],
    activation: "tanh",
  } as const;
  const side = (width: number) => ({ mean: Array(width).fill(0.25), std: Array(width).fill(0.5) });
  return {
    kind: "route",
    network,
    parameters: Float32Array.from({ length: parameterCount(network) }, (_, i) => ((i % 13) - 6) / 16),
    normalisation: { context: side(5), candidate: side(3), clip: 10 },
  };
}

const heads: readonly (readonly [string, Head])[] = [
  ["of constants, in two layers", golden()],
  [
    "by relu, in one layer",
    drawnHead(
      { kind: "candidate-scorer", context: 7, candidate: 4, hidden: [12], activation: "relu" },
      "relu",
    ),
  ],
  [
    "without a context, in three layers",
    drawnHead(
      { kind: "candidate-scorer", context: 0, candidate: 2, hidden: [6, 5, 4], activation: "tanh" },
      "tanh",
    ),
  ],
];

describe("a policy as ONNX", () => {
  test.skipIf(!present)(
    "answers in ONNX Runtime as here, within 1e-5: a flat network, told of the mask",
    () => {
      const flat = {
        kind: "flat",
        context: 3,
        candidate: 2,
        candidates: 6,
        hidden: [7, 5],
        activation: "tanh",
      };
      const head = drawnHead(flat as NetworkSpec, "flat");
      const stream = new SequentialStream("onnx/flat");
      const decisions = Array.from({ length: 5 }, () => drawnDecision(head, 6, stream));
      const answers = python<{ logits: number[]; value: number[] }[]>(SCRIPT, {
        model: Buffer.from(onnxModel(head)).toString("base64"),
        context: 3,
        candidate: 2,
        cases: decisions.map(({ context, candidates, mask }) => ({
          context: Array.from(context),
          candidates: Array.from(candidates),
          mask: Array.from(mask),
        })),
      });
      decisions.forEach((decision, k) => {
        const { logits, value } = ours(head, decision);
        const theirs = answers[k]!.logits.filter((_, i) => decision.mask[i] === 1);
        expect(theirs).toHaveLength(logits.length);
        [...logits, value].forEach((x, i) => {
          expect([...theirs, ...answers[k]!.value][i]!).toBeCloseTo(x, 5);
        });
      });
    },
  );

  test.skipIf(!present).each(heads)("answers in ONNX Runtime as here, within 1e-5: %s", (_, head) => {
    const { network } = head;
    const stream = new SequentialStream("onnx/decisions");
    const decisions = [1, 2, 3, 7, 40].map((count) => drawnDecision(head, count, stream));
    const allowed = ({ candidates, mask }: (typeof decisions)[number]) =>
      Array.from(candidates).filter((_, k) => mask[Math.floor(k / network.candidate)] === 1);
    const answers = python<{ logits: number[]; value: number[] }[]>(SCRIPT, {
      model: Buffer.from(onnxModel(head)).toString("base64"),
      context: network.context,
      candidate: network.candidate,
      cases: decisions.map((d) => ({ context: Array.from(d.context), candidates: allowed(d) })),
    });
    decisions.forEach((decision, k) => {
      const { logits, value } = ours(head, decision);
      expect(answers[k]!.logits).toHaveLength(logits.length);
      expect(answers[k]!.value).toHaveLength(1);
      const off = [...logits, value].map((x, i) =>
        Math.abs(x - [...answers[k]!.logits, ...answers[k]!.value][i]!),
      );
      expect(Math.max(...off)).toBeLessThan(1e-5);
    });
  });

  test("is byte for byte the model that ONNX Runtime was seen to run", () => {
    // Where the exporter changes, let the test above pass in ONNX Runtime before this digest follows.
    expect(sha256(onnxModel(golden()))).toBe(
      "43b84837dbbf5ecf888bb30a83ed2581aa3aae25d6561c2dcbf90fb55f08f299",
    );
  });
});
