import { isNode } from "yaml";
import { scenarioJsonSchema } from "../../src/model/index.js";
import { readYaml } from "../../src/model/parse/reader.js";

type Schema = Readonly<Record<string, unknown>>;

/** Words of JSON Schema that only describe. */
const SILENT = ["$schema", "$id", "$defs", "title", "description"];

/** What a published schema has against a file, by default that of scenarios: paths with reasons. */
export function schemaComplaints(text: string, schema: Schema = scenarioJsonSchema()): string[] {
  const { node } = readYaml(text, "x.yaml");
  const value = JSON.parse(JSON.stringify(isNode(node) ? node.toJSON() : node), (_, item) =>
    // The reader hides the commas and brackets of calls from YAML.
    typeof item === "string" ? item.replace(/[\uE000-\uE002]/g, ",") : item,
  );
  return against(value, schema, schema, "");
}

/** A validator of the words that our schema uses, and of no others: an unknown word is an error. */
function against(value: unknown, schema: Schema, root: Schema, path: string): string[] {
  const is = (type: unknown): boolean => {
    if (type === "null") return value === null;
    if (type === "array") return Array.isArray(value);
    if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
    if (type === "integer") return Number.isInteger(value);
    return typeof value === type;
  };
  const found: string[] = [];
  const miss = (reason: string) => found.push(`${path}: ${reason}`);
  const entries = is("object") ? Object.entries(value as object) : [];
  for (const [word, says] of Object.entries(schema)) {
    if (SILENT.includes(word)) continue;
    switch (word) {
      case "$ref": {
        const name = String(says).replace("#/$defs/", "");
        found.push(...against(value, (root["$defs"] as Record<string, Schema>)[name]!, root, path));
        break;
      }
      case "type":
        if (![says].flat().some(is)) miss(`is not ${says}`);
        break;
      case "enum":
        if (!(says as unknown[]).includes(value)) miss(`is none of ${says}`);
        break;
      case "const":
        if (value !== says) miss(`is not ${says}`);
        break;
      case "pattern":
        if (typeof value === "string" && !new RegExp(String(says)).test(value)) miss(`is not like ${says}`);
        break;
      case "minLength":
        if (typeof value === "string" && value.length < Number(says)) miss(`is shorter than ${says}`);
        break;
      case "minimum":
        if (typeof value === "number" && value < Number(says)) miss(`is below ${says}`);
        break;
      case "maximum":
        if (typeof value === "number" && value > Number(says)) miss(`is above ${says}`);
        break;
      case "exclusiveMinimum":
        if (typeof value === "number" && value <= Number(says)) miss(`is not above ${says}`);
        break;
      case "minItems":
        if (Array.isArray(value) && value.length < Number(says)) miss(`has fewer than ${says} items`);
        break;
      case "maxItems":
        if (Array.isArray(value) && value.length > Number(says)) miss(`has more than ${says} items`);
        break;
      case "uniqueItems":
        if (Array.isArray(value) && new Set(value).size < value.length) miss("names something twice");
        break;
      case "items":
        if (Array.isArray(value))
          for (const [i, item] of value.entries())
            found.push(...against(item, says as Schema, root, `${path}[${i}]`));
        break;
      case "minProperties":
        if (is("object") && entries.length < Number(says)) miss(`has fewer than ${says} keys`);
        break;
      case "maxProperties":
        if (is("object") && entries.length > Number(says)) miss(`has more than ${says} keys`);
        break;
      case "required":
        for (const key of says as string[])
          if (is("object") && !Object.hasOwn(value as object, key)) miss(`lacks ${key}`);
        break;
      case "properties":
        for (const [key, item] of entries) {
          const own = (says as Record<string, Schema>)[key];
          if (own !== undefined) found.push(...against(item, own, root, `${path}.${key}`));
        }
        break;
      case "additionalProperties": {
        const known = (schema["properties"] ?? {}) as Record<string, Schema>;
        for (const [key, item] of entries) {
          if (Object.hasOwn(known, key)) continue;
          if (says === false) miss(`has no key ${key}`);
          else found.push(...against(item, says as Schema, root, `${path}.${key}`));
        }
        break;
      }
      case "anyOf": {
        const options = (says as Schema[]).map((option) => against(value, option, root, path));
        if (options.every((reasons) => reasons.length > 0))
          miss(`fits no choice: ${options.flat().slice(0, 6)}`);
        break;
      }
      default:
        throw new Error(`the schema uses the word ${word}, which this validator lacks`);
    }
  }
  return found;
}
