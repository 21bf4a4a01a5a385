import { Document, isMap, isScalar, isSeq, visit } from "yaml";
import { arrivalsIn, lawIn, type Plain } from "../../model/render-scenario.js";
import { renderRecord } from "./blocks/record.js";
import type { Family } from "./families/family.js";
import type { BlockArrivals, Law, SynthesisSpec, TemplateSpec, TypeShares, TypeSpec } from "./spec.js";

/** Digits that matter: what is fitted is not known better. */
const DIGITS = 6;

/**
 * A spec as the text of its file, which `parseSynthesis` reads; numbers are rounded to six digits. Units are base units, and
 * what is as by default is left out.
 * @param remarks lines that stand at the head as comments
 */
export function renderSynthesis(spec: SynthesisSpec, remarks: readonly string[] = []): string {
  const { name, arrivals, workflows, correlation, types, templates } = spec;
  const file = {
    synthesis: name,
    workflows,
    arrivals: arrivals.kind === "blocks" ? { blocks: blocksIn(arrivals) } : arrivalsIn(arrivals),
    correlation: correlation === 0 ? undefined : correlation,
    types: Object.fromEntries(Array.from(types, ([type, of]) => [type, typeIn(of)])),
    templates: Object.fromEntries(templates.map((template) => [template.name, templateIn(template)])),
    record: arrivals.kind === "blocks" ? renderRecord(arrivals.record) : undefined,
  };
  const document = new Document(rounded(file), { aliasDuplicateObjects: false });
  visit(document, {
    // Lists of numbers and names, and what is said of one task, on one line.
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
    Pair: (_, { key, value }, path) => {
      if (!isMap(value)) return;
      const small = value.items.every(
        ({ value: inner }) => isScalar(inner) || (isSeq(inner) && inner.items.length < 8),
      );
      if (small && path.length > 3 && isScalar(key) && key.value !== "tasks") value.flow = true;
    },
  });
  const head = remarks.map((line) => `# ${line}`.trimEnd());
  return `${head.join("\n")}${head.length > 0 ? "\n" : ""}${document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: true })}`;
}

const blocksIn = ({ length, within, rate }: BlockArrivals): Plain => ({
  length,
  within: within === Number.POSITIVE_INFINITY ? undefined : within,
  rate,
});

const typeIn = ({ work, cpu, memory, failure }: TypeSpec): Plain => ({
  work: lawOf(work),
  cpu: cpu && lawOf(cpu),
  memory: memory && lawOf(memory),
  failure: failure === 0 ? undefined : failure,
});

function templateIn(template: TemplateSpec): Plain {
  const { weight, family, types, work, correlation, deadline, priority } = template;
  const literal = family.kind === "tasks";
  const shares = Array.from(types, ([part, of]) => [part, sharesIn(of)] as const);
  return {
    weight,
    ...familyIn(family, types),
    types: literal || shares.length === 0 ? undefined : Object.fromEntries(shares),
    work:
      work.size === 0 ? undefined : Object.fromEntries(Array.from(work, ([type, law]) => [type, lawOf(law)])),
    correlation,
    deadline: deadline && lawOf(deadline),
    priority,
  };
}

const sharesIn = ({ names, weights }: TypeShares): Plain =>
  names.length === 1 ? names[0]! : Object.fromEntries(names.map((name, k) => [name, weights[k]!]));

function familyIn(family: Family, types: ReadonlyMap<string, TypeShares>): { readonly [key: string]: Plain } {
  if (family.kind !== "tasks") {
    const { kind, ...parameters } = family;
    const laws = Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === "object" ? lawIn(value) : value,
    ]);
    return { [kind]: Object.fromEntries(laws) as Plain };
  }
  const tasks = family.tasks.map(({ name, times, after }): [string, Plain] => {
    const type = types.get(name);
    return [
      name,
      {
        type:
          type === undefined || (type.names.length === 1 && type.names[0] === name)
            ? undefined
            : sharesIn(type),
        times: times === 1 ? undefined : times,
        after: after.length === 0 ? undefined : after.map((g) => family.tasks[g]!.name),
      },
    ];
  });
  return { tasks: Object.fromEntries(tasks) };
}

function lawOf(law: Law): Plain {
  if (law.kind !== "quantiles") return lawIn(law);
  const { at, values, tail } = law;
  return {
    quantiles: {
      at,
      values,
      tail:
        tail === undefined
          ? undefined
          : {
              shape: tail.shape,
              scale: tail.scale,
              most: tail.most === Number.POSITIVE_INFINITY ? undefined : tail.most,
            },
    },
  };
}

/** Without what is undefined, and no number longer than it is known. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, rounded(inner)]));
}
