import { InputError } from "../../kit/errors.js";
import {
  type JsonDocument,
  type JsonObject,
  type JsonPath,
  type JsonValue,
  showPath,
} from "../../kit/json.js";
import { type Nanos, parseInstant } from "./instant.js";
import type { ReportBuilder } from "./report.js";

/** A document that was read, in JSON or in YAML. */
export type ReadDocument = Pick<JsonDocument, "value" | "where">;

/** Longest name or id: what is longer is not one. */
const NAME_LENGTH = 1000;

/**
 * An object of a document, with its place. Whoever asks for a member says what it must be; the first that is something
 * else throws, under the code of the format. Absent, null and empty are unknown alike.
 */
export class Entry {
  private constructor(
    private readonly document: ReadDocument,
    private readonly code: string,
    readonly path: JsonPath,
    private readonly object: JsonObject,
  ) {}

  /** @throws {InputError} under `code`, as all that is read from it */
  static root(document: ReadDocument, code: string): Entry {
    const { value } = document;
    if (isObject(value)) return new Entry(document, code, [], value);
    return refuse(document, code, [], `the document must be an object, got ${kindOf(value)}`);
  }

  /** Elements of a document that is a list. */
  static elements(document: ReadDocument, code: string): Entry[] {
    const { value } = document;
    if (!Array.isArray(value)) return [Entry.root(document, code)];
    return value.map((element, i) =>
      isObject(element)
        ? new Entry(document, code, [i], element)
        : refuse(document, code, [i], `[${i}] must be an object, got ${kindOf(element)}`),
    );
  }

  /** The path alone: to find the line takes reading the document again, which is for complaints. */
  get place(): string {
    return showPath(this.path);
  }

  where(...more: JsonPath): string {
    return this.document.where([...this.path, ...more]);
  }

  has(key: string): boolean {
    return (this.object[key] ?? null) !== null;
  }

  value(key: string): JsonValue | undefined {
    return this.object[key];
  }

  /** Null where unknown. */
  child(key: string): Entry | null {
    const value = this.object[key] ?? null;
    if (value === null) return null;
    if (isObject(value)) return new Entry(this.document, this.code, [...this.path, key], value);
    return this.fail(key, `must be an object, got ${kindOf(value)}`);
  }

  required(key: string): Entry {
    return this.child(key) ?? this.fail(key, "is missing");
  }

  /** A list of objects; empty where unknown. */
  children(key: string): Entry[] {
    const value = this.object[key] ?? [];
    if (!Array.isArray(value)) return this.fail(key, `must be a list, got ${kindOf(value)}`);
    return value.map((element, i) =>
      isObject(element)
        ? new Entry(this.document, this.code, [...this.path, key, i], element)
        : this.fail(key, `[${i}] must be an object, got ${kindOf(element)}`, i),
    );
  }

  /** Objects by their keys. */
  members(): [string, Entry][] {
    return Object.entries(this.object).map(([key, value]) =>
      isObject(value)
        ? [key, new Entry(this.document, this.code, [...this.path, key], value)]
        : this.fail(key, `must be an object, got ${kindOf(value)}`),
    );
  }

  /** A list of texts; empty where unknown. */
  texts(key: string): string[] {
    const value = this.object[key] ?? [];
    if (!Array.isArray(value)) return this.fail(key, `must be a list, got ${kindOf(value)}`);
    return value.map((element, i) =>
      typeof element === "string"
        ? element
        : this.fail(key, `[${i}] must be text, got ${kindOf(element)}`, i),
    );
  }

  /** Null where unknown. */
  text(key: string): string | null {
    const value = this.object[key] ?? null;
    if (value === null || value === "") return null;
    return typeof value === "string" ? value : this.fail(key, `must be text, got ${kindOf(value)}`);
  }

  /** A name: text of a decent length; null where unknown. */
  name(key: string): string | null {
    const text = this.text(key);
    if (text === null || text.length <= NAME_LENGTH) return text;
    return this.fail(key, `is longer than ${NAME_LENGTH} characters`);
  }

  /** A name, or the text of a whole number; null where unknown. */
  id(key: string): string | null {
    const value = this.object[key] ?? null;
    if (typeof value !== "number") return this.name(key);
    // Beyond that two ids may have become one.
    if (Number.isSafeInteger(value)) return String(value);
    return this.fail(key, `is a number that a double cannot hold (${value})`);
  }

  /** A whole number of at least 0, or the text of one; null where unknown. */
  whole(key: string): number | null {
    const value = this.object[key] ?? null;
    if (value === null || value === "") return null;
    const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    return this.fail(key, `must be a whole number of at least 0, got ${JSON.stringify(value).slice(0, 40)}`);
  }

  /** A finite number; null where unknown. */
  number(key: string): number | null {
    const value = this.object[key] ?? null;
    if (value === null || typeof value === "number") return value;
    return this.fail(key, `must be a number, got ${kindOf(value)}`);
  }

  flag(key: string): boolean {
    const value = this.object[key] ?? false;
    return typeof value === "boolean" ? value : this.fail(key, `must be true or false, got ${kindOf(value)}`);
  }

  /** Null where unknown, and for the year 1, by which Go writes a time that was not set. */
  instant(key: string): Nanos | null {
    const text = this.text(key);
    if (text === null || text.startsWith("0001-01-01T")) return null;
    const at = parseInstant(text);
    return at ?? this.fail(key, `must be an instant like 2024-05-17T09:30:00Z, got "${text.slice(0, 60)}"`);
  }

  /** @throws {InputError} */
  fail(key: string, what: string, ...more: JsonPath): never {
    return refuse(this.document, this.code, [...this.path, key, ...more], `${key} ${what}`);
  }

  /** @throws {InputError} */
  refuse(what: string, mend: string): never {
    return refuse(this.document, this.code, this.path, what, mend);
  }
}

/** What JSON allows and loses data in silence, told to the report. */
export function remark(document: JsonDocument, report: ReportBuilder): void {
  for (const { code, count, first } of document.remarks) {
    const what =
      code === "DUPLICATE_KEY"
        ? "a key stands twice in an object, and its last value counts"
        : "a whole number is too large to be held exactly";
    report.warn(code, what, () => first, count);
  }
}

function refuse(
  document: ReadDocument,
  code: string,
  path: JsonPath,
  what: string,
  mend = "correct it, or fetch the file again",
): never {
  throw new InputError(code, { what, where: document.where(path), mend });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
