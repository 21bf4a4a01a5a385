import type { JsonDocument, JsonObject, JsonPath, JsonValue } from "../../../kit/json.js";
import type { Complaints } from "./complaints.js";

/** Longest name or id: what is longer is not one. */
const NAME_LENGTH = 1000;

/**
 * An object of a document, with its place: every read says what was to come and complains where it is not there.
 * After a complaint a read gives a stand-in, so that the next complaint is found; whoever reads has to call
 * `Complaints.throwIfAny` before using what was read.
 */
export class Fields {
  constructor(
    readonly document: JsonDocument,
    readonly complaints: Complaints,
    readonly path: JsonPath,
    private readonly object: JsonObject,
  ) {}

  static root(document: JsonDocument, complaints: Complaints): Fields {
    return new Fields(document, complaints, [], objectOr(document, complaints, [], document.value));
  }

  has(key: string): boolean {
    return this.object[key] !== undefined && this.object[key] !== null;
  }

  /** Where the object stands, or one of its members. */
  where(...more: JsonPath): string {
    return this.document.where([...this.path, ...more]);
  }

  child(key: string): Fields {
    return new Fields(
      this.document,
      this.complaints,
      [...this.path, key],
      objectOr(this.document, this.complaints, [...this.path, key], this.object[key]),
    );
  }

  /** A list of objects; of none where the key is absent. */
  children(key: string): Fields[] {
    return this.list(key).map((value, i) => {
      const path = [...this.path, key, i];
      return new Fields(
        this.document,
        this.complaints,
        path,
        objectOr(this.document, this.complaints, path, value),
      );
    });
  }

  /** A name or an id: text that is not empty. */
  name(key: string): string {
    const value = this.object[key];
    if (typeof value !== "string" || value === "" || value.length > NAME_LENGTH) {
      this.complain(
        key,
        value === undefined
          ? `"${key}" is missing`
          : typeof value === "string"
            ? `${key} is ${value === "" ? "empty" : `longer than ${NAME_LENGTH} characters`}`
            : `${key} must be a string, got ${kindOf(value)}`,
        `give it a name of at most ${NAME_LENGTH} characters`,
      );
      return "";
    }
    return value;
  }

  /** Text, or null where absent. */
  text(key: string): string | null {
    const value = this.object[key] ?? null;
    if (value === null || typeof value === "string") return value;
    this.complain(key, `${key} must be a string, got ${kindOf(value)}`, "put it in quotes");
    return null;
  }

  /** A number of at least 0, or null where absent. */
  amount(key: string): number | null {
    const value = this.number(key);
    if (value === null || value >= 0) return value;
    this.complain(
      key,
      `${key} is ${value}, and must not be negative`,
      "give the true value, or leave it out where it is unknown",
    );
    return null;
  }

  /** A number, or null where absent. */
  number(key: string): number | null {
    const value = this.object[key] ?? null;
    if (value === null || typeof value === "number") return value;
    this.complain(
      key,
      `${key} must be a number, got ${kindOf(value)}`,
      "write it without quotes, or leave it out where it is unknown",
    );
    return null;
  }

  /** A list of strings; null where absent. */
  names(key: string): string[] | null {
    if (!this.has(key)) return null;
    return this.list(key).filter((value, i): value is string => {
      if (typeof value === "string") return true;
      this.complain(key, `${key}[${i}] must be a string, got ${kindOf(value)}`, "put it in quotes", i);
      return false;
    });
  }

  complain(key: string, what: string, mend: string, ...more: JsonPath): void {
    this.complaints.add({ what, where: this.where(key, ...more), mend });
  }

  private list(key: string): readonly JsonValue[] {
    const value = this.object[key] ?? [];
    if (Array.isArray(value)) return value;
    this.complain(key, `${key} must be a list, got ${kindOf(value)}`, "put it in square brackets");
    return [];
  }
}

function objectOr(
  document: JsonDocument,
  complaints: Complaints,
  path: JsonPath,
  value: JsonValue | undefined,
): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  const key = path.at(-1) ?? "the document";
  const text = typeof key === "number" ? `${path.at(-2)}[${key}]` : key;
  complaints.add({
    what: value === undefined ? `"${text}" is missing` : `${text} must be an object, got ${kindOf(value)}`,
    where: document.where(path),
    mend: "see the WfFormat schema of WfCommons",
  });
  return {};
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
