import type { MathNode } from "mathjs";
import { suggest } from "../../kit/errors.js";
import { FORMULA_FUNCTIONS, type Formula, type FormulaFunction, linearForm } from "../formula.js";
import {
  ANY_METRIC,
  type AnyMetric,
  type Figure,
  linearObjective,
  type Objective,
  SCOPES,
  type Scope,
  STATION_METRICS,
} from "../objective.js";
import { arrivingWorkflows, type Scenario, specsOf } from "../scenario.js";
import { mathjs } from "./quantity.js";
import type { Reader } from "./reader.js";

const LONGEST = 1000;
const MOST_NODES = 200;

/** What the metrics of an objective may be asked of. A trace brings types that are not known here: then any name will do. */
export type ScopeNames = Readonly<Record<Scope, readonly string[]>> & { readonly openTypes: boolean };

export function scopeNames({
  workflows,
  pools,
  trace,
}: Pick<Scenario, "workflows" | "pools"> & { readonly trace?: unknown }): ScopeNames {
  const specs = workflows.flatMap(({ tasks }) => specsOf(tasks));
  const sources = arrivingWorkflows({ workflows }).map(({ name }) => name);
  return {
    workflow: trace === undefined ? sources : [...sources, "trace"],
    pool: pools.map(({ name }) => name),
    type: [...new Set(specs.map(({ type }) => type))],
    openTypes: trace !== undefined,
  };
}

export const FLOW_TIME: Objective = linearObjective({ flowTime: 1 });
const METRIC_LIST = Object.keys(ANY_METRIC) as readonly AnyMetric[];
/** Functions as they are called; the others are operators. */
export const OBJECTIVE_CALLS = ["min", "max", "abs", "sqrt", "log", "log1p", "exp", "pow"] as const;
const OPERATORS: Readonly<Record<string, FormulaFunction>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "^": "pow",
};

class Refused extends Error {
  constructor(
    readonly what: string,
    readonly mend: string,
  ) {
    super(what);
  }
}

/**
 * An objective such as `flowTime + 5 * deadlineMisses + 0.2 * cost`, `max(flowTime("gold"), 2 * flowTime("silver"))` or
 * `p99 + 0.1 * cost`.
 */
export function objective(reader: Reader, names: ScopeNames): Objective {
  const { scalar } = reader;
  const text = typeof scalar === "number" ? String(scalar) : scalar;
  if (typeof text !== "string" || text.trim() === "" || text.length > LONGEST) {
    reader.complain(
      `${reader.shown} is not an objective`,
      `write an expression over: ${METRIC_LIST.join(", ")}`,
    );
    return FLOW_TIME;
  }
  try {
    return objectiveOf(text.trim(), names);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    reader.complain(error.what, error.mend);
    return FLOW_TIME;
  }
}

function objectiveOf(expression: string, names: ScopeNames): Objective {
  const figures: Figure[] = [];
  const formula = formulaOf(parsed(expression), names, figures);
  const linear = linearForm(formula);
  if (linear === null) return { expression, figures, weights: null, formula };
  const weights = figures.map((_, f) => linear.weights.get(f) ?? 0);
  const odd = [...weights, linear.constant].find((number) => !Number.isFinite(number));
  if (odd !== undefined) throw new Refused(`the objective has the weight ${odd}`, "use finite numbers");
  if (linear.constant !== 0) {
    throw new Refused(`the objective has the constant ${linear.constant}`, "drop it: it changes no decision");
  }
  if (weights.every((weight) => weight === 0))
    throw new Refused("the objective costs nothing", `name a metric: ${METRIC_LIST.join(", ")}`);
  return { expression, figures, weights, formula: null };
}

function parsed(text: string): MathNode {
  let tree: MathNode;
  try {
    tree = mathjs().parse(text);
  } catch (error) {
    throw new Refused(
      `the objective is no expression: ${(error as Error).message}`,
      "e.g. flowTime + 5 * deadlineMisses",
    );
  }
  let nodes = 0;
  tree.traverse(() => {
    nodes++;
  });
  if (nodes > MOST_NODES)
    throw new Refused("the objective is too long", `use at most ${MOST_NODES} terms and operators`);
  return tree;
}

/** The tree as a formula. Only what is listed here is understood; everything else is refused by name. */
function formulaOf(node: MathNode, names: ScopeNames, figures: Figure[]): Formula {
  const math = mathjs();
  const inner = (arg: MathNode): Formula => formulaOf(arg, names, figures);
  if (math.isParenthesisNode(node)) return inner(node.content);
  if (math.isConstantNode(node) && typeof node.value === "number") return node.value;
  if (math.isSymbolNode(node)) return { figure: numberOf(figureOf(node.name, undefined, names), figures) };
  if (math.isOperatorNode(node)) {
    const { op, args } = node;
    const [left, right] = args as [MathNode, MathNode | undefined];
    if (right === undefined && op === "-") return { call: "negate", of: [inner(left)] };
    if (right === undefined && op === "+") return inner(left);
    const call = OPERATORS[op];
    if (right !== undefined && call !== undefined) return { call, of: [inner(left), inner(right)] };
  }
  if (math.isFunctionNode(node)) {
    const { name } = node.fn as { name?: string };
    const call = OBJECTIVE_CALLS.find((known) => known === name);
    if (call !== undefined) {
      const [least, most] = FORMULA_FUNCTIONS[call];
      if (node.args.length < least || node.args.length > most) {
        throw new Refused(
          `\`${shown(node)}\` has ${node.args.length} arguments`,
          `${call} takes ${least === most ? least : `${least} or more`}`,
        );
      }
      return { call, of: node.args.map(inner) };
    }
    if (name !== undefined && Object.hasOwn(ANY_METRIC, name)) {
      const [of] = node.args;
      if (node.args.length !== 1 || !math.isConstantNode(of) || typeof of.value !== "string") {
        throw new Refused(
          `\`${shown(node)}\` names nothing`,
          `put one name in quotes, e.g. ${name}("${exampleOf(name as AnyMetric, names)}")`,
        );
      }
      return { figure: numberOf(figureOf(name, of.value, names), figures) };
    }
    throw new Refused(
      `\`${shown(node)}\` is not understood in an objective`,
      suggest("functions and metrics", String(name), [...OBJECTIVE_CALLS, ...METRIC_LIST]),
    );
  }
  throw new Refused(
    `\`${shown(node)}\` is not understood in an objective`,
    `use numbers, metrics, + - * / ^ and ${OBJECTIVE_CALLS.join(", ")}`,
  );
}

function figureOf(name: string, of: string | undefined, names: ScopeNames): Figure {
  if (!Object.hasOwn(ANY_METRIC, name)) {
    throw new Refused(`there is no metric "${name}"`, suggest("metrics", name, METRIC_LIST));
  }
  const metric = name as AnyMetric;
  const scope = SCOPES[metric];
  if (of === undefined) {
    if (metric in STATION_METRICS) {
      throw new Refused(
        `${metric} is of one ${NOUNS[scope!]}`,
        `write ${metric}("${exampleOf(metric, names)}")`,
      );
    }
    return { metric };
  }
  if (scope === undefined) throw new Refused(`${metric} is of the whole scenario`, `write ${metric} alone`);
  const open = scope === "type" && names.openTypes;
  if (!open && !names[scope].includes(of)) {
    throw new Refused(`there is no ${NOUNS[scope]} "${of}"`, suggest(`${NOUNS[scope]}s`, of, names[scope]));
  }
  return { metric, of };
}

const NOUNS: Readonly<Record<Scope, string>> = {
  workflow: "workflow with arrivals",
  pool: "pool",
  type: "task type",
};

const exampleOf = (metric: AnyMetric, names: ScopeNames): string =>
  names[SCOPES[metric] ?? "workflow"][0] ?? "name";

/** The figure's number among those of the expression. */
function numberOf(figure: Figure, figures: Figure[]): number {
  const known = figures.findIndex(({ metric, of }) => metric === figure.metric && of === figure.of);
  return known >= 0 ? known : figures.push(figure) - 1;
}

const shown = (node: MathNode): string => node.toString().slice(0, 80);
