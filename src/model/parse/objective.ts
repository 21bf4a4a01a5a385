import type { MathNode } from "mathjs";
import { suggest } from "../../kit/errors.js";
import { METRIC_NAMES, type Metric, type Objective } from "../scenario.js";
import { mathjs } from "./quantity.js";
import type { Reader } from "./reader.js";

const LONGEST = 1000;
const MOST_NODES = 200;

/** A linear form: a constant, and a coefficient by metric. */
interface Linear {
  readonly constant: number;
  readonly weights: ReadonlyMap<Metric, number>;
}

class NotLinear extends Error {
  constructor(
    readonly what: string,
    readonly mend: string,
  ) {
    super(what);
  }
}

export const FLOW_TIME: Objective = objectiveOf("flowTime", new Map([["flowTime", 1]]));

/**
 * An objective such as `flowTime + 5 * deadlineMisses + 0.2 * cost`. It must be linear in the metrics: only then can what
 * it costs be charged as it accrues, which is what rewards are made of.
 */
export function objective(reader: Reader): Objective {
  const { scalar } = reader;
  const text = typeof scalar === "number" ? String(scalar) : scalar;
  if (typeof text !== "string" || text.trim() === "" || text.length > LONGEST) {
    reader.complain(
      `${reader.shown} is not an objective`,
      `write an expression over: ${METRIC_NAMES.join(", ")}`,
    );
    return FLOW_TIME;
  }
  try {
    const { constant, weights } = linear(parsed(text));
    if (constant !== 0) {
      throw new NotLinear(`the objective has the constant ${constant}`, "drop it: it changes no decision");
    }
    const nothing = [...weights.values()].every((weight) => weight === 0);
    if (nothing)
      throw new NotLinear("the objective costs nothing", `name a metric: ${METRIC_NAMES.join(", ")}`);
    return objectiveOf(text.trim(), weights);
  } catch (error) {
    if (!(error instanceof NotLinear)) throw error;
    reader.complain(error.what, error.mend);
    return FLOW_TIME;
  }
}

function objectiveOf(expression: string, weights: ReadonlyMap<Metric, number>): Objective {
  const all = Object.fromEntries(METRIC_NAMES.map((name) => [name, weights.get(name) ?? 0]));
  return { expression, weights: all as Record<Metric, number> };
}

function parsed(text: string): MathNode {
  let tree: MathNode;
  try {
    tree = mathjs().parse(text);
  } catch (error) {
    throw new NotLinear(
      `the objective is no expression: ${(error as Error).message}`,
      "e.g. flowTime + 5 * deadlineMisses",
    );
  }
  let nodes = 0;
  tree.traverse(() => {
    nodes++;
  });
  if (nodes > MOST_NODES)
    throw new NotLinear("the objective is too long", `use at most ${MOST_NODES} terms and operators`);
  return tree;
}

/** The tree as a linear form. Only what is listed here is understood; everything else is refused by name. */
function linear(node: MathNode): Linear {
  const math = mathjs();
  if (math.isParenthesisNode(node)) return linear(node.content);
  if (math.isConstantNode(node) && typeof node.value === "number")
    return { constant: node.value, weights: new Map() };
  if (math.isSymbolNode(node)) {
    if (!(METRIC_NAMES as readonly string[]).includes(node.name)) {
      throw new NotLinear(`there is no metric "${node.name}"`, suggest("metrics", node.name, METRIC_NAMES));
    }
    return { constant: 0, weights: new Map([[node.name as Metric, 1]]) };
  }
  if (math.isOperatorNode(node)) {
    const [left, right] = node.args.map(linear);
    if (node.op === "-" && right === undefined) return scaled(left!, -1);
    if (node.op === "+" && right === undefined) return left!;
    if (node.op === "+") return sum(left!, right!);
    if (node.op === "-") return sum(left!, scaled(right!, -1));
    if (node.op === "*") {
      if (left!.weights.size > 0 && right!.weights.size > 0) throw notLinear(node);
      return left!.weights.size > 0 ? scaled(left!, right!.constant) : scaled(right!, left!.constant);
    }
    if (node.op === "/") {
      if (right!.weights.size > 0 || right!.constant === 0) throw notLinear(node);
      return scaled(left!, 1 / right!.constant);
    }
  }
  throw notLinear(node);
}

function notLinear(node: MathNode): NotLinear {
  return new NotLinear(
    `\`${node.toString().slice(0, 80)}\` is not linear in the metrics`,
    "use sums of numbers times metrics: the objective is charged as it accrues",
  );
}

function scaled({ constant, weights }: Linear, factor: number): Linear {
  return {
    constant: constant * factor,
    weights: new Map([...weights].map(([name, w]) => [name, w * factor])),
  };
}

function sum(a: Linear, b: Linear): Linear {
  const weights = new Map(a.weights);
  for (const [name, w] of b.weights) weights.set(name, (weights.get(name) ?? 0) + w);
  return { constant: a.constant + b.constant, weights };
}
