import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { InputError } from "../../kit/errors.js";
import { type JsonPath, type JsonValue, showPath } from "../../kit/json.js";
import { utf8Text } from "../../kit/utf8-text.js";
import type { ReadDocument } from "./entry.js";

/** The reader holds some twenty times the text. */
const MOST_BYTES = 32 * 1024 * 1024;
const DEEPEST = 64;
/** Nodes that stand in a document once and are meant again: a bomb makes billions of them. */
const MOST_ALIASED = 10_000;

/**
 * The documents of a YAML file (1.2, core schema), from untrusted bytes. Keys are texts, and none stands twice in a map.
 * @throws {InputError} TOO_LARGE, BAD_ENCODING, BAD_YAML, TOO_DEEP, ALIAS_BOMB
 */
export function readYaml(bytes: Uint8Array, name: string): ReadDocument[] {
  const text = textOf(bytes, name);
  const lines = new LineCounter();
  const refuse = (code: string, what: string, at: number | undefined, mend: string): never => {
    const { line, col } = lines.linePos(at ?? 0);
    throw new InputError(code, { what, where: at === undefined ? name : `${name}:${line}:${col}`, mend });
  };
  const deep = (at?: number): never =>
    refuse("TOO_DEEP", `lists and maps are nested more than ${DEEPEST} deep`, at, "flatten the file");
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, logLevel: "silent" });
  } catch (cause) {
    if (cause instanceof RangeError) return deep();
    throw cause;
  }
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [fault] = document.errors;
    // The parser's recursion is bounded by the stack alone; some of its parts catch what comes of it.
    if (fault?.message.startsWith("Maximum call stack")) deep();
    if (fault !== undefined)
      refuse(
        "BAD_YAML",
        fault.message.split("\n")[0]!.replace(/ at line.*$/, ""),
        fault.pos[0],
        "correct it",
      );
    let aliased = 0;
    const build = (node: Node | null, depth: number, again: boolean): JsonValue => {
      const at = node?.range?.[0];
      if (depth > DEEPEST) deep(at);
      if (again && ++aliased > MOST_ALIASED) {
        refuse("ALIAS_BOMB", `aliases stand for more than ${MOST_ALIASED} values`, at, "write them out");
      }
      if (node === null) return null;
      if (isAlias(node)) {
        const meant =
          node.resolve(document) ?? refuse("BAD_YAML", "an alias stands for nothing", at, "correct it");
        return build(meant, depth + 1, true);
      }
      if (isSeq(node)) return node.items.map((item) => build(item as Node | null, depth + 1, again));
      if (!isMap(node)) return isScalar(node) ? plain(node.value, node.source) : null;
      const object: Record<string, JsonValue> = Object.create(null);
      for (const { key, value } of node.items) {
        if (!isScalar(key)) return refuse("BAD_YAML", "a key is no text", at, "correct it");
        const member = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
        if (member in object)
          refuse(
            "BAD_YAML",
            `the key "${member.slice(0, 80)}" stands twice in a map`,
            key.range?.[0],
            "remove one",
          );
        object[member] = build(value as Node | null, depth + 1, again);
      }
      return object;
    };
    const value = build(document.contents, 0, false);
    if (value === null) return [];
    return {
      value,
      where: (path: JsonPath) => {
        let node: Node | null | undefined = document.contents;
        for (const step of path) {
          if (isAlias(node)) node = node.resolve(document);
          node = isMap(node) || isSeq(node) ? (node.get(step, true) as Node | undefined) : undefined;
        }
        const at = node?.range?.[0];
        const { line, col } = lines.linePos(at ?? 0);
        return `${at === undefined ? name : `${name}:${line}:${col}`}${path.length > 0 ? ` > ${showPath(path)}` : ""}`;
      },
    };
  });
}

/** What JSON has no words for stays text. */
function plain(value: unknown, source: string | undefined): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return source ?? String(value);
}

function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > MOST_BYTES) {
    throw new InputError("TOO_LARGE", {
      what: `the file has ${bytes.length} bytes, and of YAML at most ${MOST_BYTES} are read`,
      where: name,
      mend: "save it as JSON, or split it into smaller files",
    });
  }
  return utf8Text(bytes, name).toString("utf8");
}
