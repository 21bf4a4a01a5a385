import type { Distribution } from "../../kit/distribution.js";
import { suggest } from "../../kit/errors.js";
import type { OpenArrivals } from "../../model/arrivals.js";
import { arrivalsOf } from "../../model/parse/arrivals.js";
import { type Distributed, distribution } from "../../model/parse/distribution.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "../../model/parse/quantity.js";
import { given, type Reader, readYaml } from "../../model/parse/reader.js";
import { parseRecord } from "./blocks/record.js";
import { type Family, partsOf, type TaskGroup } from "./families/family.js";
import { lawMean } from "./law.js";
import type {
  BlockArrivals,
  Law,
  QuantileTable,
  SynthesisSpec,
  TemplateSpec,
  TypeShares,
  TypeSpec,
} from "./spec.js";

export const SPEC_KEYS = [
  "synthesis",
  "description",
  "arrivals",
  "workflows",
  "correlation",
  "types",
  "templates",
  "record",
] as const;
const TYPE_KEYS = ["work", "cpu", "memory", "failure"] as const;
/** Families with their keys; that of `tasks` is its list itself. */
export const FAMILY_KEYS = {
  chain: ["tasks"],
  forkJoin: ["branches", "length"],
  mapReduce: ["maps", "reduces"],
  layered: ["layers", "width", "density"],
  seriesParallel: ["tasks", "parallel"],
  montage: ["images"],
  agent: ["calls", "success", "most"],
  tasks: [],
} as const satisfies Record<Family["kind"], readonly string[]>;
const FAMILIES = Object.keys(FAMILY_KEYS) as readonly Family["kind"][];
const TEMPLATE_KEYS = [
  "weight",
  ...FAMILIES,
  "types",
  "work",
  "correlation",
  "deadline",
  "priority",
] as const;
const BLOCK_KEYS = ["length", "within", "rate"] as const;
const GROUP_KEYS = ["type", "times", "after"] as const;

/** Workflows where a spec does not say how many. */
const USUAL_LENGTH = 1000;
const MOST_WORKFLOWS = 2 ** 31 - 1;
const MOST_TIMES = 100_000;
const ONE: Distribution = { kind: "deterministic", value: 1 };
const STAND_IN: OpenArrivals = { kind: "poisson", rate: 1 };

/**
 * A spec from the text of its file: docs/synthesis.md. Everything that is wrong is told at once, with its place and mend.
 * @throws {InputErrors} BAD_YAML or BAD_SYNTHESIS
 */
export function parseSynthesis(text: string, file: string): SynthesisSpec {
  const root = readYaml(text, file);
  const fields = root.fields("a synthesis", SPEC_KEYS);
  const need = (key: string, mend: string) => root.needed("a synthesis", fields, key, mend);
  const name = need("synthesis", "name it, e.g. synthesis: checkout")?.text("unnamed") ?? "unnamed";
  fields.get("description")?.text("");
  const types = typesOf(need("types", "say what work the tasks take, e.g. types: { task: { work: 1 s } }"));
  const entries =
    need("templates", "e.g. templates: { line: { chain: { tasks: 3 } } }")?.entries("templates") ?? [];
  if (entries.length === 0) fields.get("templates")?.complain("there is no template", "give at least one");
  const templates = entries.map(({ key, value }) => templateOf(key, value, types));
  if (entries.length > 0 && !(templates.reduce((sum, { weight }) => sum + weight, 0) > 0))
    fields.get("templates")!.complain("the weights sum to 0", "give some template a weight");
  const arrivals = need("arrivals", "say how they come, e.g. arrivals: { poisson: 2 / s }");
  const spec: SynthesisSpec = {
    name,
    arrivals: arrivals === undefined ? STAND_IN : arrivalsIn(arrivals, fields.get("record"), templates),
    workflows: fields.get("workflows")?.integer(1, MOST_WORKFLOWS, USUAL_LENGTH) ?? USUAL_LENGTH,
    correlation: shareOf(fields.get("correlation"), 0),
    types,
    templates,
  };
  root.complaints.settle("BAD_SYNTHESIS");
  return spec;
}

function arrivalsIn(
  reader: Reader,
  record: Reader | undefined,
  templates: readonly TemplateSpec[],
): OpenArrivals | BlockArrivals {
  const parts = reader.parts();
  const blocks = parts.get("blocks");
  if (blocks !== undefined && parts.size === 1) return blocksOf(blocks, record, templates);
  record?.complain(
    "nothing is drawn from the record",
    "give arrivals: { blocks: { length: 20 } }, or leave it out",
  );
  const arrivals = arrivalsOf(reader);
  if (arrivals.kind !== "closed") return arrivals;
  reader.complain(
    "a closed population waits for what it submitted, and in a trace nothing ends",
    "give an open process, e.g. poisson",
  );
  return STAND_IN;
}

function blocksOf(
  reader: Reader,
  recordAt: Reader | undefined,
  templates: readonly TemplateSpec[],
): OpenArrivals | BlockArrivals {
  const fields = reader.fields("blocks", BLOCK_KEYS);
  const length = fields.get("length");
  if (length === undefined && reader.isMap)
    reader.complain("blocks need a length", "workflows of a block on average, e.g. length: 20");
  if (recordAt === undefined) {
    reader.complain("blocks need a record", "give `record: |` and a line a workflow: gap, template, works");
    return STAND_IN;
  }
  const most = templates.map(({ family }) =>
    family.kind === "tasks" ? family.tasks.reduce((sum, { times }) => sum + times, 0) : null,
  );
  const record = parseRecord(recordAt.text(""), most);
  if ("what" in record) {
    recordAt.complain(`${record.what} (line ${record.line} of the record)`, record.mend);
    return STAND_IN;
  }
  const count = record.gap.length;
  const own = count / record.gap.reduce((sum, seconds) => sum + seconds, 0);
  const places = { least: 1, most: MOST_WORKFLOWS };
  const rate = fields.get("rate");
  const within = fields.get("within");
  return {
    kind: "blocks",
    length: length === undefined ? 1 : quantity(length, "number", places, 1),
    within: within === undefined ? Number.POSITIVE_INFINITY : quantity(within, "number", places, 1),
    rate: rate === undefined ? own : quantity(rate, "per second", POSITIVE, 1),
    record,
  };
}

function typesOf(reader: Reader | undefined): ReadonlyMap<string, TypeSpec> {
  const types = new Map<string, TypeSpec>();
  for (const { key, value } of reader?.entries("types") ?? []) {
    const fields = value.fields("a type", TYPE_KEYS);
    const work = fields.get("work");
    if (work === undefined && value.isMap) value.complain(`the type "${key}" has no work`, "e.g. work: 2 s");
    types.set(key, {
      work: work === undefined ? ONE : lawOf(work, "seconds"),
      ...given("cpu", fields.get("cpu"), (at) => lawOf(at, "number")),
      ...given("memory", fields.get("memory"), bytesLaw),
      failure: shareOf(fields.get("failure"), 0),
    });
  }
  return types;
}

function templateOf(name: string, reader: Reader, types: ReadonlyMap<string, TypeSpec>): TemplateSpec {
  const fields = reader.fields("a template", TEMPLATE_KEYS);
  const kinds = FAMILIES.filter((kind) => fields.has(kind));
  if (kinds.length !== 1 && reader.isMap) {
    reader.complain(
      `the template "${name}" has ${kinds.length === 0 ? "no family" : `the families ${kinds.join(" and ")}`}`,
      `give one of ${FAMILIES.join(", ")}`,
    );
  }
  const kind = kinds[0];
  const read = kind === undefined ? null : familyOf(kind, fields.get(kind)!);
  const family: Family = read?.family ?? { kind: "chain", tasks: ONE };
  const mix = new Map<string, TypeShares>(read?.types ?? []);
  const typesAt = fields.get("types");
  const parts = partsOf(family);
  for (const { key, value, place } of typesAt?.entries("types of a template") ?? []) {
    if (!parts.includes(key)) place.complain(`the family has no part "${key}"`, suggest("parts", key, parts));
    mix.set(key, sharesOf(value));
  }
  const known = [...types.keys()];
  for (const part of parts) {
    for (const type of mix.get(part)?.names ?? [part]) {
      if (types.has(type) || kind === undefined) continue;
      (typesAt ?? fields.get(kind)!).complain(
        `no type is called "${type}" (the part "${part}" of the template "${name}")`,
        suggest("types", type, known),
      );
    }
  }
  const work = new Map<string, Law>();
  for (const { key, value, place } of fields.get("work")?.entries("work of a template") ?? []) {
    if (!types.has(key)) place.complain(`no type is called "${key}"`, suggest("types", key, known));
    work.set(key, lawOf(value, "seconds"));
  }
  const weight = fields.get("weight");
  return {
    name,
    weight: weight === undefined ? 1 : quantity(weight, "number", NOT_NEGATIVE, 1),
    family,
    types: mix,
    work,
    ...given("correlation", fields.get("correlation"), (at) => shareOf(at, 0)),
    ...given("deadline", fields.get("deadline"), (at) => lawOf(at, "seconds")),
    ...given("priority", fields.get("priority"), (at) => at.integer(-32768, 32767, 0)),
  };
}

/** A type, or several with weights. */
function sharesOf(reader: Reader): TypeShares {
  if (!reader.isMap) return { names: [reader.text("task")], weights: [1] };
  const entries = reader.entries("shares of types");
  const weights = entries.map(({ value }) => quantity(value, "number", NOT_NEGATIVE, 1));
  if (!(weights.reduce((sum, weight) => sum + weight, 0) > 0))
    reader.complain("the shares sum to 0", "give some type a share");
  return { names: entries.map(({ key }) => key), weights };
}

interface FamilyRead {
  readonly family: Family;
  /** Types that a list of tasks names itself. */
  readonly types: ReadonlyMap<string, TypeShares>;
}

function familyOf(kind: Family["kind"], reader: Reader): FamilyRead {
  if (kind === "tasks") return groupsOf(reader);
  const keys = FAMILY_KEYS[kind] as readonly string[];
  const fields = reader.fields(kind, keys);
  const missing = (key: string) => {
    if (reader.isMap) reader.complain(`${kind} needs ${key}`, `its keys: ${keys.join(", ")}`);
  };
  const count = (key: string, usual?: Distribution): Distribution => {
    const found = fields.get(key);
    if (found !== undefined) return distribution(found, "number");
    if (usual === undefined) missing(key);
    return usual ?? ONE;
  };
  const share = (key: string, usual?: number): number => {
    const found = fields.get(key);
    if (found === undefined && usual === undefined) missing(key);
    return shareOf(found, usual ?? 0);
  };
  const family = ((): Family => {
    switch (kind) {
      case "chain":
        return { kind, tasks: count("tasks") };
      case "forkJoin":
        return { kind, branches: count("branches"), length: count("length", ONE) };
      case "mapReduce":
        return { kind, maps: count("maps"), reduces: count("reduces", ONE) };
      case "layered":
        return { kind, layers: count("layers"), width: count("width"), density: share("density", 0) };
      case "seriesParallel":
        return { kind, tasks: count("tasks"), parallel: share("parallel", 0.5) };
      case "montage":
        return { kind, images: count("images") };
      case "agent":
        return {
          kind,
          calls: count("calls", ONE),
          success: share("success"),
          most: fields.get("most")?.integer(1, 10_000, 10) ?? 10,
        };
    }
  })();
  return { family, types: new Map() };
}

function groupsOf(reader: Reader): FamilyRead {
  const types = new Map<string, TypeShares>();
  const tasks: TaskGroup[] = [];
  for (const { key, value } of reader.entries("tasks")) {
    // A task of which nothing is said: `split:`.
    const plain = value.scalar === null;
    const fields = plain ? new Map<string, Reader>() : value.fields("a task", GROUP_KEYS);
    const names = tasks.map(({ name }) => name);
    const after: number[] = [];
    for (const item of fields.get("after")?.items() ?? []) {
      const before = item.text("");
      const index = names.indexOf(before);
      if (index < 0)
        item.complain(
          `no task "${before}" stands before "${key}"`,
          suggest("tasks above it; list parents first", before, names),
        );
      else if (after.includes(index)) item.complain(`"${before}" is named twice`, "name it once");
      else after.push(index);
    }
    const type = fields.get("type");
    if (type !== undefined) types.set(key, sharesOf(type));
    tasks.push({ name: key, times: fields.get("times")?.integer(1, MOST_TIMES, 1) ?? 1, after });
  }
  if (tasks.length === 0) reader.complain("there is no task", "give at least one");
  return { family: { kind: "tasks", tasks }, types };
}

function shareOf(reader: Reader | undefined, usual: number): number {
  return reader === undefined ? usual : quantity(reader, "share", PROBABILITY, usual);
}

/** A distribution, or a map with the one key `quantiles`. */
function lawOf(reader: Reader, of: Distributed): Law {
  const table = reader.parts().get("quantiles");
  return table === undefined ? distribution(reader, of) : tableOf(table, of);
}

/** Amounts may be written with their units where one is meant; laws are of plain bytes. */
function bytesLaw(reader: Reader): Law {
  if (reader.isMap || (typeof reader.scalar === "string" && reader.scalar.includes("(")))
    return lawOf(reader, "number");
  return { kind: "deterministic", value: quantity(reader, "bytes", NOT_NEGATIVE, 0) };
}

function tableOf(reader: Reader, of: Distributed): Law {
  const fields = reader.fields("quantiles", ["at", "values", "tail"]);
  const list = (key: string, dimension: "share" | Distributed) => {
    const found = fields.get(key);
    if (found === undefined && reader.isMap)
      reader.complain(`quantiles need ${key}`, "e.g. { at: [0, 0.5, 1], values: [1, 2, 5] }");
    return found?.items().map((item) => quantity(item, dimension, NOT_NEGATIVE, 0)) ?? [];
  };
  const at = list("at", "share");
  const values = list("values", of);
  const tailAt = fields.get("tail");
  const rising = (column: readonly number[], strictly: boolean) =>
    column.every((value, k) => k === 0 || value > column[k - 1]! || (!strictly && value === column[k - 1]!));
  const end = at.at(-1) ?? 1;
  const faults: readonly (readonly [boolean, string, string])[] = [
    [
      at.length !== values.length || at.length < 2,
      `there are ${at.length} shares and ${values.length} values`,
      "give a value a share, at least two",
    ],
    [at.length > 0 && at[0] !== 0, `the shares begin at ${at[0]}`, "begin at 0, with the least value"],
    [!rising(at, true), "the shares do not rise", "put them in order, each once"],
    [!rising(values, false), "the values fall somewhere", "put them in order"],
    [
      tailAt === undefined && end !== 1,
      `the shares end at ${end}`,
      "end at 1 with the greatest value, or give a tail",
    ],
    [
      tailAt !== undefined && !(end < 1),
      `the shares end at ${end}, which leaves nothing for the tail`,
      "end below 1",
    ],
  ];
  for (const [wrong, what, mend] of faults) if (wrong) reader.complain(what, mend);
  if (faults.some(([wrong]) => wrong)) return ONE;
  const table: QuantileTable = {
    kind: "quantiles",
    at,
    values,
    ...given("tail", tailAt, (found) => tailOf(found, of, values.at(-1)!)),
  };
  if (!Number.isFinite(lawMean(table)))
    reader.complain("its mean is infinite", "give the tail a shape below 1, or a bound: most");
  return table;
}

function tailOf(reader: Reader, of: Distributed, from: number): NonNullable<QuantileTable["tail"]> {
  const fields = reader.fields("a tail", ["shape", "scale", "most"]);
  const shape = fields.get("shape");
  const scale = fields.get("scale");
  for (const [key, found] of [
    ["shape", shape],
    ["scale", scale],
  ] as const)
    if (found === undefined && reader.isMap)
      reader.complain(`a tail needs ${key}`, "e.g. tail: { shape: 0.2, scale: 30 }");
  const most = given("most", fields.get("most"), (at) => quantity(at, of, POSITIVE, 1)).most;
  if (most !== undefined && most < from)
    fields.get("most")!.complain(`the tail begins at ${from} and ends at ${most}`, "end it later");
  return {
    shape: shape === undefined ? 0 : quantity(shape, "number", { least: -10, most: 10 }, 0),
    scale: scale === undefined ? 1 : quantity(scale, of, POSITIVE, 1),
    most: most ?? Number.POSITIVE_INFINITY,
  };
}
