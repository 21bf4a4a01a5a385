import { InputError } from "./errors.js";
import { shorten } from "./shorten.js";
import { placeIn, utf8Text } from "./utf8-text.js";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** Without a prototype, so that `__proto__` and `constructor` are keys like any other. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
/** Steps from the root to a value: keys and indices. */
export type JsonPath = readonly (string | number)[];

export interface JsonLimits {
  /** Bytes of the text; 256 MiB by default. Values take several times the memory of their text. */
  readonly bytes: number;
  /** Arrays and objects inside one another; 64 by default. */
  readonly depth: number;
  /**
   * What becomes of an integer that a double cannot hold: `rounded` with a remark, by default, or its `text` as a string,
   * for formats that have nanoseconds or ids as numbers.
   */
  readonly wideIntegers: "rounded" | "text";
}

/** Something that JSON allows and that loses data in silence. */
export interface JsonRemark {
  readonly code: "DUPLICATE_KEY" | "ROUNDED_INTEGER";
  readonly count: number;
  /** Where it was first met, and what it is. */
  readonly first: string;
}

export interface JsonDocument {
  readonly value: JsonValue;
  readonly remarks: readonly JsonRemark[];
  /** `runs.json:12:5 > workflow.tasks[1].id`, for a complaint about the value at a path. Reads the text again. */
  where(path: JsonPath): string;
}

const DEFAULT_LIMITS: JsonLimits = { bytes: 256 * 1024 * 1024, depth: 64, wideIntegers: "rounded" };

/**
 * Reads JSON (RFC 8259) from untrusted bytes. Stricter than `JSON.parse`: the bytes must be UTF-8 (one byte-order mark
 * is skipped), size and depth are bounded, numbers must be finite, strings must be whole Unicode text; duplicate keys
 * (the last one stands) and integers that a double cannot hold are remarked upon.
 * @param name of the file, for complaints
 * @throws {InputError} EMPTY, TOO_LARGE, BAD_ENCODING, TOO_DEEP or BAD_JSON, with line and column
 */
export function readJson(bytes: Uint8Array, name: string, limits: Partial<JsonLimits> = {}): JsonDocument {
  const { bytes: most, depth, wideIntegers } = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > most) {
    throw new InputError("TOO_LARGE", {
      what: `the file has ${bytes.length} bytes, and at most ${most} are read`,
      where: name,
      mend: "split it into smaller files",
    });
  }
  const text = utf8Text(bytes, name);
  const reader = new JsonReader(text, name, depth, wideIntegers === "text");
  const value = reader.document();
  return {
    value,
    remarks: reader.remarks(),
    where: (path) => {
      const at = new JsonReader(text, name, depth, false).find(path);
      return `${at === undefined ? name : placeIn(text, at, name)}${path.length > 0 ? ` > ${showPath(path)}` : ""}`;
    },
  };
}

/** `workflow.tasks[1]["a b"]` */
export function showPath(path: JsonPath): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (/^[A-Za-z_$][\w$]*$/.test(step)) return i > 0 ? `.${step}` : step;
      return `[${JSON.stringify(shorten(step, 80))}]`;
    })
    .join("");
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Recursive descent over the bytes; recursion is bounded by `depth`. */
class JsonReader {
  private at = 0;
  private readonly path: (string | number)[] = [];
  private readonly found = new Map<JsonRemark["code"], { count: number; first: string }>();

  constructor(
    private readonly text: Buffer,
    private readonly name: string,
    private readonly depth: number,
    private readonly wideAsText: boolean,
  ) {}

  document(): JsonValue {
    this.space();
    if (this.at === this.text.length) {
      throw new InputError("EMPTY", {
        what: this.text.length === 0 ? "the file is empty" : "the file holds nothing but white space",
        where: this.name,
        mend: "give a JSON file",
      });
    }
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.unexpected("the end of the file");
    return value;
  }

  remarks(): JsonRemark[] {
    return Array.from(this.found, ([code, { count, first }]) => ({ code, count, first }));
  }

  /** Offset of the value at `path`; where keys repeat, of the last one, which is the one that stands. */
  find(path: JsonPath): number | undefined {
    this.space();
    let start: number | undefined = this.at;
    for (const step of path) {
      this.at = start;
      start = typeof step === "number" ? this.findElement(step) : this.findMember(step);
      if (start === undefined) return undefined;
    }
    return start;
  }

  private findElement(index: number): number | undefined {
    if (this.text[this.at] !== 0x5b) return undefined;
    this.at++;
    for (let i = 0; ; i++) {
      this.space();
      if (this.text[this.at] === 0x5d) return undefined;
      if (i === index) return this.at;
      this.value();
      this.space();
      if (this.text[this.at] === COMMA) this.at++;
    }
  }

  private findMember(key: string): number | undefined {
    if (this.text[this.at] !== 0x7b) return undefined;
    this.at++;
    let last: number | undefined;
    for (;;) {
      this.space();
      if (this.text[this.at] !== QUOTE) return last;
      const met = this.string();
      this.space();
      this.at++;
      this.space();
      if (met === key) last = this.at;
      this.value();
      this.space();
      if (this.text[this.at] === COMMA) this.at++;
    }
  }

  private value(): JsonValue {
    const byte = this.text[this.at];
    switch (byte) {
      case 0x7b:
        return this.object();
      case 0x5b:
        return this.array();
      case QUOTE:
        return this.string();
      case 0x74:
        return this.word("true", true);
      case 0x66:
        return this.word("false", false);
      case 0x6e:
        return this.word("null", null);
      default:
        if (byte === MINUS || (byte !== undefined && byte >= ZERO && byte <= NINE)) return this.number();
        return this.unexpected("a value");
    }
  }

  private object(): JsonObject {
    const object: Record<string, JsonValue> = Object.create(null);
    const open = this.enter();
    this.space();
    if (this.text[this.at] === 0x7d) return this.leave(object);
    const level = this.path.length;
    for (;;) {
      if (this.text[this.at] !== QUOTE) this.unexpected('a key in quotes or "}"', open);
      const start = this.at;
      const key = this.string();
      this.space();
      if (this.text[this.at] !== COLON) this.unexpected('":"', open);
      this.at++;
      this.space();
      this.path[level] = key;
      if (key in object) this.remark("DUPLICATE_KEY", start);
      object[key] = this.value();
      this.space();
      const next = this.text[this.at];
      if (next === 0x7d) break;
      if (next !== COMMA) this.unexpected('"," or "}"', open);
      this.at++;
      this.space();
    }
    this.path.length = level;
    return this.leave(object);
  }

  private array(): readonly JsonValue[] {
    const array: JsonValue[] = [];
    const open = this.enter();
    this.space();
    if (this.text[this.at] === 0x5d) return this.leave(array);
    const level = this.path.length;
    for (;;) {
      this.path[level] = array.length;
      array.push(this.value());
      this.space();
      const next = this.text[this.at];
      if (next === 0x5d) break;
      if (next !== COMMA) this.unexpected('"," or "]"', open);
      this.at++;
      this.space();
    }
    this.path.length = level;
    return this.leave(array);
  }

  private nested = 0;

  private enter(): number {
    if (++this.nested > this.depth) {
      throw new InputError("TOO_DEEP", {
        what: `arrays and objects are nested more than ${this.depth} deep`,
        where: placeIn(this.text, this.at, this.name),
        mend: "flatten the file; nothing that is read here nests so deep",
      });
    }
    return this.at++;
  }

  private leave<T>(value: T): T {
    this.nested--;
    this.at++;
    return value;
  }

  private string(): string {
    const start = ++this.at;
    const { text } = this;
    let i = start;
    let ascii = true;
    for (;;) {
      const byte = text[i];
      if (byte === QUOTE) {
        this.at = i + 1;
        return ascii ? asciiText(text, start, i) : decoder.decode(text.subarray(start, i));
      }
      if (byte === BACKSLASH) return this.escapedString(start, i);
      if (byte === undefined || byte < 0x20) {
        this.at = i;
        this.unexpected(
          byte === undefined ? "the end of a string" : "a string without control characters",
          start - 1,
        );
      }
      if (byte >= 0x80) ascii = false;
      i++;
    }
  }

  private escapedString(start: number, firstEscape: number): string {
    const { text } = this;
    let value = "";
    let from = start;
    let i = firstEscape;
    for (;;) {
      const byte = text[i];
      if (byte === BACKSLASH) {
        value += decoder.decode(text.subarray(from, i));
        this.at = i + 1;
        value += this.escape(start - 1);
        from = i = this.at;
      } else if (byte === QUOTE) {
        value += decoder.decode(text.subarray(from, i));
        break;
      } else if (byte === undefined || byte < 0x20) {
        this.at = i;
        this.unexpected(
          byte === undefined ? "the end of a string" : "a string without control characters",
          start - 1,
        );
      } else i++;
    }
    this.at = i + 1;
    if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) {
      this.at = start - 1;
      this.fail("half of a surrogate pair stands in a string", start - 1);
    }
    return value;
  }

  private escape(open: number): string {
    const byte = this.text[this.at];
    if (byte === 0x75) {
      const digits = asciiText(this.text, this.at + 1, Math.min(this.at + 5, this.text.length));
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.unexpected("four hexadecimal digits after \\u", open);
      this.at += 5;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = byte === undefined ? undefined : ESCAPES.get(byte);
    if (plain === undefined) return this.unexpected("an escape that JSON knows", open);
    this.at++;
    return plain;
  }

  private number(): number | string {
    const { text } = this;
    const start = this.at;
    let i = start;
    const digits = (): void => {
      const first = i;
      while (text[i]! >= ZERO && text[i]! <= NINE) i++;
      if (i > first) return;
      this.at = i;
      this.unexpected("a digit");
    };
    if (text[i] === MINUS) i++;
    if (text[i] === ZERO) i++;
    else digits();
    let integer = true;
    if (text[i] === DOT) {
      integer = false;
      i++;
      digits();
    }
    if (text[i] === 0x65 || text[i] === 0x45) {
      integer = false;
      i++;
      if (text[i] === PLUS || text[i] === MINUS) i++;
      digits();
    }
    this.at = i;
    const value = Number(asciiText(text, start, i));
    if (!Number.isFinite(value)) {
      this.fail(
        `the number ${shorten(asciiText(text, start, i), 40)} is beyond the range of a double, so it is not finite`,
        start,
      );
    }
    if (integer && !Number.isSafeInteger(value)) {
      if (this.wideAsText) return asciiText(text, start, i);
      this.remark("ROUNDED_INTEGER", start);
    }
    return value;
  }

  private word<T>(word: string, value: T): T {
    for (let k = 1; k < word.length; k++) {
      if (this.text[this.at + k] !== word.charCodeAt(k)) return this.unexpected("a value");
    }
    this.at += word.length;
    return value;
  }

  private space(): void {
    const { text } = this;
    for (;;) {
      const byte = text[this.at];
      if (byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09) this.at++;
      else return;
    }
  }

  private remark(code: JsonRemark["code"], offset: number): void {
    const known = this.found.get(code);
    if (known !== undefined) known.count++;
    else {
      this.found.set(code, {
        count: 1,
        first: `${placeIn(this.text, offset, this.name)} > ${showPath(this.path)}`,
      });
    }
  }

  /** @param open offset of the bracket or quote that is still open, if one is */
  private unexpected(wanted: string, open?: number): never {
    if (this.at >= this.text.length) {
      const since =
        open === undefined ? "" : `; what opens at ${placeIn(this.text, open, this.name)} is never closed`;
      throw new InputError("BAD_JSON", {
        what: `unexpected end of input, ${wanted} was to come${since}`,
        where: placeIn(this.text, this.text.length, this.name),
        mend: "the file is cut off: copy it again",
      });
    }
    const rest = decoder.decode(this.text.subarray(this.at, this.at + 40));
    const token = /^[-+]?[A-Za-z_][\w]*/.exec(rest)?.[0] ?? Array.from(rest)[0] ?? "";
    const hint = /^[-+]?(NaN|Infinity|inf|nan)$/.test(token) ? " (JSON has no NaN or infinity)" : "";
    return this.fail(`unexpected ${JSON.stringify(token)}, ${wanted} was to come${hint}`, this.at);
  }

  private fail(what: string, offset: number): never {
    throw new InputError("BAD_JSON", {
      what,
      where: placeIn(this.text, offset, this.name),
      mend: "correct the file, or write it again with a JSON writer",
    });
  }
}

const ESCAPES = new Map(
  [
    ['"', '"'],
    ["\\", "\\"],
    ["/", "/"],
    ["b", "\b"],
    ["f", "\f"],
    ["n", "\n"],
    ["r", "\r"],
    ["t", "\t"],
  ].map(([letter, meaning]) => [letter!.charCodeAt(0), meaning!] as const),
);

function asciiText(text: Buffer, from: number, to: number): string {
  return text.toString("latin1", from, to);
}
