import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { type Complaint, InputErrors, suggest } from "../../kit/errors.js";

/** Scenario files are small; what is larger or deeper is not one, or is hostile. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const DEEPEST = 32;
const MOST_ALIASES = 100;
/** More complaints about YAML are not read. */
const MOST_FAULTS = 20;

/**
 * A value in a YAML file with its place, read piece by piece. Reading never throws: what is wrong is noted, a stand-in is
 * given, and `Complaints.settle` throws everything at once when the file has been read.
 */
export class Complaints {
  private readonly noted: Complaint[] = [];

  constructor(
    readonly file: string,
    private readonly lines: LineCounter,
  ) {}

  note(at: Place, what: string, mend?: string): void {
    this.noted.push({ what, where: this.where(at), ...(mend === undefined ? {} : { mend }) });
  }

  where({ path, offset }: Place): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${line}:${col}${path === "" ? "" : ` > ${path}`}`;
  }

  get none(): boolean {
    return this.noted.length === 0;
  }

  /** @throws {InputErrors} BAD_SCENARIO, or another code, with all that was noted */
  settle(code = "BAD_SCENARIO"): void {
    if (this.noted.length > 0) throw new InputErrors(code, this.noted);
  }
}

export interface Place {
  readonly path: string;
  /** Character offset in the file. */
  readonly offset: number;
}

/** One node with its place. */
export class Reader implements Place {
  readonly offset: number;

  constructor(
    readonly node: Node | null,
    readonly path: string,
    offset: number,
    readonly complaints: Complaints,
  ) {
    this.offset = node?.range?.[0] ?? offset;
  }

  complain(what: string, mend?: string): void {
    this.complaints.note(this, what, mend);
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  /** The scalar, or undefined where this is no scalar. */
  get scalar(): unknown {
    if (!isScalar(this.node)) return this.node === null ? null : undefined;
    const { value } = this.node;
    return typeof value === "string" ? unhideCalls(value) : value;
  }

  /** What stands here, for a message. */
  get shown(): string {
    if (this.isMap) return "a map";
    if (this.isList) return "a list";
    const { scalar } = this;
    return typeof scalar === "string" ? `"${scalar.slice(0, 80)}"` : String(scalar);
  }

  /** The entries of a map in order; complains and gives none where this is no map. */
  entries(what: string): { key: string; value: Reader; place: Reader }[] {
    if (!isMap(this.node)) {
      this.complain(
        `${what} must be a map, and this is ${this.shown}`,
        "write `name: value` lines, indented",
      );
      return [];
    }
    return this.node.items.map((pair: Pair) => {
      const keyNode = pair.key as Node;
      const key = isScalar(keyNode) ? String(keyNode.value) : "";
      const offset = keyNode.range?.[0] ?? this.offset;
      const path = this.path === "" ? key : `${this.path}.${key}`;
      const place = new Reader(keyNode, path, offset, this.complaints);
      if (!isScalar(keyNode)) place.complain("a key must be a plain word");
      return { key, value: new Reader(pair.value as Node | null, path, offset, this.complaints), place };
    });
  }

  /** The entries of a map by key; complains about keys that are not known. */
  fields(what: string, known: readonly string[]): Map<string, Reader> {
    const found = new Map<string, Reader>();
    for (const { key, value, place } of this.entries(what)) {
      if (known.includes(key)) found.set(key, value);
      else place.complain(`${what} has no key "${key}"`, suggest("keys here", key, known));
    }
    return found;
  }

  /**
   * Of this map's `fields` the one under a key that must be there; complains where it is not.
   * @param what the map, as a sentence begins with it: "a scenario"
   */
  needed(what: string, fields: ReadonlyMap<string, Reader>, key: string, mend: string): Reader | undefined {
    const found = fields.get(key);
    if (found === undefined && this.isMap) this.complain(`${what} needs \`${key}\``, mend);
    return found;
  }

  /** What stands under each key of a map; nothing where this is none. Never complains. */
  parts(): Map<string, Reader> {
    const found = new Map<string, Reader>();
    if (!isMap(this.node)) return found;
    for (const { key, value } of this.node.items) {
      const name = isScalar(key) ? String(key.value) : "";
      found.set(name, new Reader(value as Node | null, `${this.path}.${name}`, this.offset, this.complaints));
    }
    return found;
  }

  /** The items of a list; a single value stands for a list of one. */
  items(): Reader[] {
    if (!isSeq(this.node)) return [this];
    return this.node.items.map(
      (item, i) => new Reader(item as Node, `${this.path}[${i}]`, this.offset, this.complaints),
    );
  }

  /** A word out of a closed list. */
  choice<T extends string>(options: readonly T[], fallback: T): T {
    const { scalar } = this;
    if (typeof scalar === "string" && (options as readonly string[]).includes(scalar)) return scalar as T;
    this.complain(`${this.shown} is not one of the choices`, suggest("choices", String(scalar), options));
    return fallback;
  }

  /** An integer from `least` to `most`. */
  integer(least: number, most: number, fallback: number): number {
    const { scalar } = this;
    if (typeof scalar === "number" && Number.isInteger(scalar) && scalar >= least && scalar <= most)
      return scalar;
    this.complain(`${this.shown} is not a whole number from ${least} to ${most}`);
    return fallback;
  }

  /** `true` or `false`. */
  boolean(): boolean {
    const { scalar } = this;
    if (typeof scalar === "boolean") return scalar;
    this.complain(`${this.shown} is neither true nor false`, "write true or false");
    return false;
  }

  text(fallback: string): string {
    const { scalar } = this;
    if (typeof scalar === "string" && scalar !== "") return scalar;
    this.complain(`${this.shown} is not a text`);
    return fallback;
  }

  /** What stands here as plain data, whatever it is. */
  plain(): unknown {
    if (isMap(this.node)) return Object.fromEntries([...this.parts()].map(([key, at]) => [key, at.plain()]));
    return isSeq(this.node) ? this.items().map((item) => item.plain()) : this.scalar;
  }
}

/** A part of a noun by its name, where the key is given; nothing otherwise, so that what is absent stays absent. */
export function given<Name extends string, T>(
  name: Name,
  reader: Reader | undefined,
  read: (reader: Reader) => T,
): { readonly [name in Name]?: T } {
  return (reader === undefined ? {} : { [name]: read(reader) }) as { readonly [name in Name]?: T };
}

/**
 * Parses YAML into a reader over its root.
 * @throws {InputErrors} BAD_YAML on syntax errors, duplicate keys, or what is too large, too deep or too entangled
 */
export function readYaml(text: string, file: string): Reader {
  const refuse = (what: string, mend: string, where = file): never => {
    throw new InputErrors("BAD_YAML", [{ what, where, mend }]);
  };
  if (text.length > MOST_CHARACTERS) {
    refuse(
      `the file has ${text.length} characters, and at most ${MOST_CHARACTERS} are read`,
      "this is no scenario file",
    );
  }
  if (deepest(text) > DEEPEST)
    refuse(`the file nests more than ${DEEPEST} levels deep`, "a scenario needs a handful");
  const lines = new LineCounter();
  const document = parseDocument(hideCalls(text), {
    lineCounter: lines,
    // Checked below: the library compares every key with every other.
    uniqueKeys: false,
    strict: true,
    merge: false,
    prettyErrors: false,
    schema: "core",
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const faults: Complaint[] = document.errors.slice(0, MOST_FAULTS).map((error) => ({
    what: error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
    where: place(error.pos[0]),
    mend: MENDS[error.code] ?? "mend the YAML there",
  }));
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name) && faults.length < MOST_FAULTS)
          faults.push({
            what: `map keys must be unique, and "${name}" is given twice`,
            where: place(key.range?.[0] ?? 0),
            mend: "give each key once",
          });
        seen.add(name);
      }
    },
  });
  if (faults.length > 0) throw new InputErrors("BAD_YAML", faults);
  let aliases = 0;
  visit(document, {
    Alias() {
      if (++aliases > MOST_ALIASES)
        refuse(`there are more than ${MOST_ALIASES} aliases`, "write the values out");
    },
  });
  const root = document.contents;
  if (root === null) refuse("the file is empty", "see README.md for a scenario to start from");
  if (aliases > 0) {
    // A scenario never needs them, and nested ones blow up: refusing is simpler than bounding.
    visit(document, {
      Alias(_, alias) {
        const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
        refuse(`the alias *${alias.source} is not read`, "write the value out", `${file}:${line}:${col}`);
      },
    });
  }
  if (isAlias(root)) refuse("the file is an alias", "write the scenario out");
  return new Reader(root as Node, "", 0, new Complaints(file, lines));
}

/**
 * The text of a YAML file with values put in at paths such as `pools.fast.servers`; numbers count the items of lists. What
 * stands around them, comments too, stays as it is.
 * @param unknown is thrown where a path leads nowhere: given how far it leads, what it asks for there, and what there is
 */
export function putInYaml(
  text: string,
  values: Iterable<readonly [path: string, value: unknown]>,
  unknown: (path: string, reached: string, name: string, known: readonly string[]) => Error,
): string {
  const document = parseDocument(hideCalls(text));
  for (const [path, value] of values) {
    const steps = path.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    for (let depth = 1; depth <= steps.length; depth++) {
      if (document.hasIn(steps.slice(0, depth))) continue;
      const parent = depth === 1 ? document.contents : document.getIn(steps.slice(0, depth - 1));
      const known = isMap(parent)
        ? parent.items.map(({ key }) => String(key))
        : isSeq(parent)
          ? parent.items.map((_, i) => String(i))
          : [];
      throw unknown(path, steps.slice(0, depth).join("."), String(steps[depth - 1]), known);
    }
    document.setIn(steps, document.createNode(value));
  }
  // Lines are kept as they are: a folded one would move places and break calls.
  return unhideCalls(document.toString({ lineWidth: 0 }));
}

/**
 * In a map in braces YAML ends a plain word at a comma or bracket, so `{ work: lognormal(mean = 1 s, cv = 1) }` would fall
 * apart. The signs inside such a call are put out of YAML's sight, one character for one, so that places stay true.
 */
const CALL =
  /\b(?:deterministic|exponential|uniform|lognormal|gamma|erlang|weibull|pareto|hyperexponential|empirical|fixed)[ \t]*\([^()\n]*\)/g;
const HIDDEN: readonly (readonly [string, string])[] = [
  [",", "\uE000"],
  ["[", "\uE001"],
  ["]", "\uE002"],
];

function hideCalls(text: string): string {
  return text.replace(CALL, (call) =>
    HIDDEN.reduce((all, [sign, hidden]) => all.replaceAll(sign, hidden), call),
  );
}

function unhideCalls(text: string): string {
  return HIDDEN.reduce((all, [sign, hidden]) => all.replaceAll(hidden, sign), text);
}

const MENDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BAD_INDENT: "align the keys of one map",
};

/** An upper bound of the nesting depth, found without recursion: brackets open, and steps of indentation. */
function deepest(text: string): number {
  let open = 0;
  let most = 0;
  const indents: number[] = [];
  for (const line of text.split("\n")) {
    const indent = line.length - line.trimStart().length;
    if (line.trim() === "") continue;
    while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
    indents.push(indent);
    // Nested block sequences on one line: "- - - a".
    const dashes = /^(?:- +)+/.exec(line.trimStart())?.[0].match(/-/g)?.length ?? 0;
    for (const character of line) {
      if (character === "[" || character === "{") open++;
      else if ((character === "]" || character === "}") && open > 0) open--;
      most = Math.max(most, open + indents.length + dashes);
    }
    most = Math.max(most, open + indents.length + dashes);
    if (most > DEEPEST) return most;
  }
  return most;
}
