import { ProtobufWriter } from "../kit/protobuf.js";
import type { Head } from "../policy/runtime/index.js";
import { parameterTable, sharedWidth } from "../policy/runtime/network/index.js";

/** ONNX intermediate representation 8 and operator set 17: what runtimes of 2022 and later read. */
const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
/** Types of attributes. */
const INT = 2;
const INTS = 7;

/**
 * A head as an ONNX model for other runtimes. Inputs: `context` [1, C] and `candidates` [n, F], the squashed features that
 * `encode` writes, of the allowed candidates only; normalisation is part of the graph. Outputs: `logits` [n], of which the
 * largest is taken, and `value` [1].
 *
 * Of a flat network: `candidates` [N, F] are all that it knows, in their order, and `mask` [N, 1] is 1 where one is allowed;
 * `logits` [N] of the others are not to be taken.
 */
export function onnxModel({ kind, network, parameters, normalisation }: Head): Uint8Array {
  const graph = new Graph();
  const { clip } = normalisation;
  const least = graph.constant("clip.least", [], [-clip]);
  const most = graph.constant("clip.most", [], [clip]);
  const normalised = (input: "context" | "candidates", side: "context" | "candidate"): string => {
    const { mean, std } = normalisation[side];
    // The runtime subtracts in float64. Here the mean comes in two parts of float32: what one leaves out would be
    // multiplied by up to 1e4 where a feature hardly varies.
    const parts = [mean.map(Math.fround), mean.map((m) => m - Math.fround(m))];
    const centred = parts.reduce(
      (x, part, i) => graph.node("Sub", [x, graph.constant(`${side}.mean.${i}`, [1, mean.length], part)]),
      input as string,
    );
    // As the runtime does: a constant feature's deviation is not taken for less than this.
    const scale = std.map((s) => 1 / Math.max(s, 1e-4));
    const scaled = graph.node("Mul", [centred, graph.constant(`${side}.scale`, [1, scale.length], scale)]);
    return graph.node("Clip", [scaled, least, most]);
  };
  const context = normalised("context", "context");
  const candidates = normalised("candidates", "candidate");
  const flat = network.kind === "flat";
  const described = flat
    ? [
        graph.node("Reshape", [
          graph.node("Mul", [candidates, "mask"]),
          graph.integers("candidates.along", [1, -1]),
        ]),
      ]
    : ["ReduceMean", "ReduceMax"].map((by) =>
        graph.node(by, [candidates], [axes([0]), integer("keepdims", 1)]),
      );
  const shared = graph.node("Concat", [context, ...described], [integer("axis", 1)]);

  const table = new Map(parameterTable(network).map((tensor) => [tensor.name, tensor]));
  const tensor = (name: string): { shape: readonly number[]; data: Float32Array } => {
    const { shape, offset } = table.get(name)!;
    const size = shape.reduce((product, side) => product * side, 1);
    return { shape, data: parameters.subarray(offset, offset + size) };
  };
  const activation = network.activation === "tanh" ? "Tanh" : "Relu";
  const layers = network.hidden.length;
  const mlp = (name: string, first: string, output: string): void => {
    let x = graph.node("Add", [first, vector(`${name}.0.bias`)]);
    for (let layer = 1; layer <= layers; layer++) {
      x = graph.node(activation, [x]);
      const weight = tensor(`${name}.${layer}.weight`);
      x = graph.node("MatMul", [x, graph.constant(`${name}.${layer}.weight`, weight.shape, weight.data)]);
      x = graph.node("Add", [x, vector(`${name}.${layer}.bias`)]);
    }
    graph.node("Reshape", [x, graph.integers(`${output}.shape`, [-1])], [], output);
  };
  const vector = (name: string): string => {
    const { data } = tensor(name);
    return graph.constant(name, [1, data.length], data);
  };
  const whole = (name: string): string => {
    const { shape, data } = tensor(`${name}.0.weight`);
    return graph.node("MatMul", [shared, graph.constant(`${name}.0.weight`, shape, data)]);
  };
  // The first layer of a scorer's actor sees [shared, candidate]: its two parts are multiplied apart and broadcast together.
  const inParts = (): string => {
    const { shape, data } = tensor("actor.0.weight");
    const width = shape[1]!;
    const cut = sharedWidth(network) * width;
    const ofShared = graph.constant(
      "actor.0.weight.shared",
      [sharedWidth(network), width],
      data.subarray(0, cut),
    );
    const ofCandidate = graph.constant(
      "actor.0.weight.candidate",
      [network.candidate, width],
      data.subarray(cut),
    );
    return graph.node("Add", [
      graph.node("MatMul", [shared, ofShared]),
      graph.node("MatMul", [candidates, ofCandidate]),
    ]);
  };
  mlp("actor", flat ? whole("actor") : inParts(), "logits");
  mlp("critic", whole("critic"), "value");
  const count = flat ? network.candidates! : "n";

  return new ProtobufWriter()
    .varint(1, IR_VERSION)
    .text(2, "switchyard")
    .bytes(
      7,
      graph.finish(
        kind,
        [
          ["context", [1, network.context]],
          ["candidates", [count, network.candidate]],
          ...(flat ? [["mask", [count, 1]] as const] : []),
        ],
        [
          ["logits", [count]],
          ["value", [1]],
        ],
      ),
    )
    .message(8, (opset) => opset.text(1, "").varint(2, OPSET))
    .finish();
}

type Attribute = (writer: ProtobufWriter) => unknown;
type Shape = readonly (number | string)[];

const integer =
  (name: string, value: number): Attribute =>
  (writer) =>
    writer.text(1, name).varint(3, value).varint(20, INT);

function axes(values: readonly number[]): Attribute {
  return (writer) => {
    writer.text(1, "axes");
    for (const value of values) writer.varint(8, value);
    writer.varint(20, INTS);
  };
}

/** Collects nodes and constants; every node's output has a name of its own. */
class Graph {
  private readonly nodes: Uint8Array[] = [];
  private readonly constants: Uint8Array[] = [];

  node(
    op: string,
    inputs: readonly string[],
    attributes: readonly Attribute[] = [],
    output?: string,
  ): string {
    const name = output ?? `${op}.${this.nodes.length}`;
    const writer = new ProtobufWriter();
    for (const input of inputs) writer.text(1, input);
    writer.text(2, name).text(3, `node.${name}`).text(4, op);
    for (const attribute of attributes) writer.message(5, attribute);
    this.nodes.push(writer.finish());
    return name;
  }

  constant(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    const raw = new Uint8Array(4 * values.length);
    const view = new DataView(raw.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
    return this.tensor(name, shape, FLOAT, raw);
  }

  integers(name: string, values: readonly number[]): string {
    const raw = new Uint8Array(8 * values.length);
    const view = new DataView(raw.buffer);
    values.forEach((value, i) => {
      view.setBigInt64(8 * i, BigInt(value), true);
    });
    return this.tensor(name, [values.length], INT64, raw);
  }

  finish(
    name: string,
    inputs: readonly (readonly [string, Shape])[],
    outputs: readonly (readonly [string, Shape])[],
  ): Uint8Array {
    const writer = new ProtobufWriter();
    for (const node of this.nodes) writer.bytes(1, node);
    writer.text(2, name);
    for (const constant of this.constants) writer.bytes(5, constant);
    for (const [input, shape] of inputs) writer.message(11, (value) => describe(value, input, shape));
    for (const [output, shape] of outputs) writer.message(12, (value) => describe(value, output, shape));
    return writer.finish();
  }

  private tensor(name: string, shape: readonly number[], type: number, raw: Uint8Array): string {
    const writer = new ProtobufWriter();
    for (const side of shape) writer.varint(1, side);
    this.constants.push(writer.varint(2, type).text(8, name).bytes(9, raw).finish());
    return name;
  }
}

function describe(writer: ProtobufWriter, name: string, shape: Shape): void {
  writer.text(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.varint(1, FLOAT).message(2, (dimensions) => {
        for (const side of shape) {
          dimensions.message(1, (dimension) =>
            typeof side === "number" ? dimension.varint(1, side) : dimension.text(2, side),
          );
        }
      }),
    ),
  );
}
