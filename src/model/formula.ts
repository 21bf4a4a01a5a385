/**
 * An expression over figures as plain data: what is left of a parsed objective, so that runs need no expression library.
 * Figures are told by number; which they are is the reader's to know.
 */
export type Formula =
  | number
  | { readonly figure: number }
  | { readonly call: FormulaFunction; readonly of: readonly Formula[] };

/** The closed list of functions, with the number of arguments that each takes at least and at most. */
export const FORMULA_FUNCTIONS = {
  add: [2, 2],
  subtract: [2, 2],
  multiply: [2, 2],
  divide: [2, 2],
  negate: [1, 1],
  pow: [2, 2],
  min: [1, 100],
  max: [1, 100],
  abs: [1, 1],
  sqrt: [1, 1],
  log: [1, 1],
  log1p: [1, 1],
  exp: [1, 1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
export type FormulaFunction = keyof typeof FORMULA_FUNCTIONS;

/** The value of a formula over real numbers: NaN where it has none, such as the root of -1. */
export function evaluate(formula: Formula, figures: ArrayLike<number>): number {
  if (typeof formula === "number") return formula;
  if ("figure" in formula) return figures[formula.figure]!;
  const { call, of } = formula;
  const first = evaluate(of[0]!, figures);
  switch (call) {
    case "add":
      return first + evaluate(of[1]!, figures);
    case "subtract":
      return first - evaluate(of[1]!, figures);
    case "multiply":
      return first * evaluate(of[1]!, figures);
    case "divide":
      return first / evaluate(of[1]!, figures);
    case "pow":
      return first ** evaluate(of[1]!, figures);
    case "negate":
      return -first;
    case "min":
    case "max": {
      let extreme = first;
      for (let i = 1; i < of.length; i++) {
        const next = evaluate(of[i]!, figures);
        extreme = call === "min" ? Math.min(extreme, next) : Math.max(extreme, next);
      }
      return extreme;
    }
    case "abs":
      return Math.abs(first);
    case "sqrt":
      return Math.sqrt(first);
    case "log":
      return Math.log(first);
    case "log1p":
      return Math.log1p(first);
    case "exp":
      return Math.exp(first);
  }
}

/** A constant, and a weight by figure: absent means 0. */
export interface LinearForm {
  readonly constant: number;
  readonly weights: ReadonlyMap<number, number>;
}

/** The formula as a weighted sum of its figures; null where it is none. */
export function linearForm(formula: Formula): LinearForm | null {
  if (typeof formula === "number") return constant(formula);
  if ("figure" in formula) return { constant: 0, weights: new Map([[formula.figure, 1]]) };
  const { call, of } = formula;
  const parts: LinearForm[] = [];
  for (const part of of) {
    const form = linearForm(part);
    if (form === null) return null;
    parts.push(form);
  }
  if (parts.every(({ weights }) => weights.size === 0)) return constant(evaluate(formula, []));
  const [left, right] = parts as [LinearForm, LinearForm];
  switch (call) {
    case "negate":
      return scaled(left, -1);
    case "add":
      return sum(left, right);
    case "subtract":
      return sum(left, scaled(right, -1));
    case "multiply":
      if (left.weights.size > 0 && right.weights.size > 0) return null;
      return left.weights.size > 0 ? scaled(left, right.constant) : scaled(right, left.constant);
    case "divide":
      return right.weights.size > 0 ? null : scaled(left, 1 / right.constant);
    default:
      return null;
  }
}

const constant = (value: number): LinearForm => ({ constant: value, weights: new Map() });

function scaled({ constant, weights }: LinearForm, factor: number): LinearForm {
  return {
    constant: constant * factor,
    weights: new Map([...weights].map(([figure, w]) => [figure, w * factor])),
  };
}

function sum(a: LinearForm, b: LinearForm): LinearForm {
  const weights = new Map(a.weights);
  for (const [figure, w] of b.weights) weights.set(figure, (weights.get(figure) ?? 0) + w);
  return { constant: a.constant + b.constant, weights };
}
