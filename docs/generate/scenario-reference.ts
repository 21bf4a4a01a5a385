import { scenarioJsonSchema } from "../../src/model/index.js";
import { ANY_METRIC, SCOPES } from "../../src/model/objective.js";
import { code, notice, page, plain, table } from "./markdown.js";

type Schema = Readonly<Record<string, unknown>>;

/** docs/scenario-reference.md: every key of a scenario file, by the JSON Schema that editors complete from. */
export function scenarioReference(): string {
  const schema = scenarioJsonSchema();
  const definitions = schema["$defs"] as Readonly<Record<string, Schema>>;
  const walk = new Walk(definitions);
  walk.visit("", schema);
  const { distribution, ...quantities } = definitions;
  return page(
    notice("src/model/scenario-schema.ts"),
    "# Scenario reference",
    "Every key of a scenario file, generated from the JSON Schema that `switchyard schema` prints. " +
      "What the keys are for, with examples, is in [scenario-format.md](scenario-format.md).",
    "`<name>` stands for a name of your own. Keys in **bold** must be there.",
    "## Quantities",
    table(
      ["type", "written"],
      Object.entries(quantities).map(([name, { description }]) => [name, plain(String(description))]),
    ),
    "A number may be an expression of units where a key says so (`1 GB / s`). What a plain number means stands above.",
    "## Distributions",
    "A distribution is a quantity (always the same), a call such as `lognormal(mean = 120 ms, cv = 0.8)`, or a map such as " +
      "`{ lognormal: { mean: 120 ms, cv: 0.8 } }`. Names of parameters may be left out where they stand in this order:",
    distributions(distribution!),
    ...walk.sections,
    "## Metrics",
    'What `objective.minimize` may name. A call such as `flowTime("gold")` is of one workflow, pool or task type.',
    table(
      ["metric", "also of one", "meaning"],
      Object.entries(ANY_METRIC).map(([name, text]) => [
        code(name),
        SCOPES[name as keyof typeof SCOPES] ?? "",
        plain(text),
      ]),
    ),
  );
}

/** Writes a section for each map of fixed keys that it meets; equal ones once. */
class Walk {
  readonly sections: string[] = [];
  private readonly seen = new Map<string, string>();

  constructor(private readonly definitions: Readonly<Record<string, Schema>>) {}

  visit(path: string, schema: Schema): void {
    const properties = schema["properties"] as Readonly<Record<string, Schema>>;
    const required = (schema["required"] ?? []) as readonly string[];
    const text = keyOf(properties);
    this.seen.set(text, path);
    const inner: (() => void)[] = [];
    const rows = Object.entries(properties).map(([key, value]) => {
      const here = path === "" ? key : `${path}.${key}`;
      const type = this.typeOf(here, value, inner);
      return [required.includes(key) ? `**${code(key)}**` : code(key), type, this.meaning(value)];
    });
    this.sections.push(
      page(
        path === "" ? "## Top level" : `### ${code(path)}`,
        table(["key", "type", "meaning"], rows),
      ).trimEnd(),
    );
    for (const visit of inner) visit();
  }

  /** In words; what has keys of its own is linked to, and visited later. */
  private typeOf(path: string, schema: Schema, inner: (() => void)[]): string {
    const reference = schema["$ref"];
    if (reference !== undefined) {
      const name = String(reference).replace("#/$defs/", "");
      return `[${name}](#${name === "distribution" ? "distributions" : "quantities"})`;
    }
    if (schema["anyOf"] !== undefined && schema["properties"] === undefined) {
      const parts = (schema["anyOf"] as Schema[]).map((each) => this.typeOf(path, each, inner));
      return [...new Set(parts.filter((part) => part !== ""))].join(" or ");
    }
    if (schema["enum"] !== undefined)
      return (schema["enum"] as unknown[]).map((value) => code(String(value))).join(", ");
    if (schema["const"] !== undefined) return code(String(schema["const"]));
    if (schema["properties"] !== undefined) return this.linked(path, schema, inner);
    const type = schema["type"];
    if (type === "object") {
      const value = schema["additionalProperties"] as Schema;
      return `map: ${this.typeOf(`${path}.<name>`, value, inner)}`;
    }
    if (type === "array") return `list of ${this.typeOf(`${path}[]`, schema["items"] as Schema, inner)}`;
    if (type === "null") return "nothing";
    if (type === "integer") return `integer${bounds(schema)}`;
    const words = [type].flat().map(String);
    // A number may be text with units.
    return words.includes("number")
      ? words.includes("boolean")
        ? "number, text or boolean"
        : "number"
      : words.join(", ");
  }

  private linked(path: string, schema: Schema, inner: (() => void)[]): string {
    const text = keyOf(schema["properties"] as Schema);
    const there = this.seen.get(text);
    if (there === undefined) {
      this.seen.set(text, path);
      inner.push(() => this.visit(path, schema));
    }
    return `[keys](#${anchor(there ?? path)})`;
  }

  /** Without how quantities are written, which their type says. */
  private meaning(schema: Schema): string {
    const parts = (schema["anyOf"] ?? []) as readonly Schema[];
    const text = String(
      schema["description"] ?? parts.find((part) => "description" in part)?.["description"] ?? "",
    );
    const written = Object.values(this.definitions).map(({ description }) => `; ${String(description)}`);
    const short = written.reduce((rest, each) => rest.replace(each, ""), text);
    // The objective's names all metrics, which have a table of their own.
    return plain(
      short.length > 400 ? `${short.slice(0, short.indexOf(":"))}: see [Metrics](#metrics)` : short,
    );
  }
}

/** Two maps are the same where keys, types and meanings are. */
const keyOf = (properties: Schema): string => JSON.stringify(properties);

/** As code hosts make it of the heading `path`: signs fall out. */
const anchor = (path: string): string => path.toLowerCase().replaceAll(/[^\p{L}\p{N}_-]/gu, "");

function bounds({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` up to ${maximum}`;
  return maximum === undefined ? ` from ${minimum}` : ` ${minimum} to ${maximum}`;
}

function distributions(definition: Schema): string {
  const families = (definition["anyOf"] as Schema[]).flatMap((part) =>
    Object.entries((part["properties"] ?? {}) as Record<string, Schema>),
  );
  return table(
    ["family", "parameters", "meaning"],
    families.map(([name, family]) => {
      const call = (family["anyOf"] as Schema[]).find((part) => "properties" in part)!;
      const parameters = Object.entries(call["properties"] as Record<string, Schema>);
      return [
        code(name),
        parameters
          .map(
            ([key, { description, type }]) =>
              `${code(key)}${type === "array" ? " (list)" : ""}: ${description}`,
          )
          .join("; "),
        String(family["description"]),
      ];
    }),
  );
}
