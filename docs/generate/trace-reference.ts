import type { DataType } from "apache-arrow";
import { DECISION_KINDS, type Feature, featureSpec } from "../../src/model/index.js";
import { traceSchema } from "../../src/workload/trace/arrow-out.js";
import { METADATA_KEYS, METADATA_PREFIX, UNITS } from "../../src/workload/trace/metadata.js";
import { code, notice, page, plain, table } from "./markdown.js";

/** docs/trace-reference.md: the columns and metadata of a trace, by the schema that the writer gives Arrow. */
export function traceReference(): string {
  return page(
    notice("src/workload/trace"),
    "# Trace reference",
    "A trace is an Arrow IPC file, a row a task. What holds between rows, and how recorded files become traces, is in " +
      "[trace-format.md](trace-format.md).",
    "## Columns",
    table(
      ["column", "Arrow type", "null", "unit", "meaning"],
      traceSchema().map(({ field, meaning, whereKnown }) => [
        code(field.name),
        plain(typeName(field.type)),
        field.nullable ? "yes" : "no",
        UNITS[field.name] ?? "",
        `${meaning}${whereKnown ? " ¹" : ""}`,
      ]),
    ),
    "¹ stands in a file only where something is known of it. Null is unknown; never 0, never NaN. " +
      "Times are seconds; the origin is time 0.",
    "## Metadata of the schema",
    table(
      ["key", "value"],
      Object.entries(METADATA_KEYS).map(([key, meaning]) => [code(`${METADATA_PREFIX}${key}`), meaning]),
    ),
  );
}

function typeName(type: DataType): string {
  const text = type.toString().toLowerCase();
  // Arrow's own names for the two that nest say more than a reader needs.
  if (text.startsWith("dictionary")) return "dictionary of utf8";
  return text.startsWith("list") ? "list of int32" : text;
}

/** docs/features.md: what a policy sees of each kind of decision, by the specs that packages carry. */
export function featureReference(): string {
  return page(
    notice("src/model/features.ts"),
    "# Features",
    "What a learned policy sees, by kind of decision: one vector of context a decision, and one vector a candidate. " +
      "Times are in units of the scenario's typical task work, so that a policy carries over to slower or faster worlds. A name never " +
      "changes its meaning; a package says which features it was trained on, and is refused where they differ.",
    ...DECISION_KINDS.flatMap((kind) => {
      const { id, context, candidate } = featureSpec(kind);
      return [
        `## ${kind}`,
        `Spec ${code(id)}.`,
        "**Of the decision**",
        features(context),
        "**Of each candidate**",
        features(candidate),
      ];
    }),
  );
}

const features = (list: readonly Feature[]): string =>
  table(
    ["feature", "unit", "range", "scale", "meaning"],
    list.map(({ name, unit, range: [low, high], scale, meaning }) => [
      code(name),
      unit,
      `${bound(low)} to ${bound(high)}`,
      scale,
      plain(meaning),
    ]),
  );

const bound = (value: number): string => (Number.isFinite(value) ? String(value) : value > 0 ? "∞" : "-∞");
