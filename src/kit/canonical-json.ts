/**
 * JSON in its canonical form: RFC 8785 (JCS). Keys sorted by UTF-16 units, numbers as ECMAScript prints them, no white
 * space. Equal values give equal text, so a digest of it is a digest of the value.
 * @throws {TypeError} on what JSON cannot say: infinities, NaN, functions, undefined, lone surrogates
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
      return JSON.stringify(value);
    case "string":
      if (/\p{Surrogate}/u.test(value))
        throw new TypeError("a text with a lone surrogate has no canonical JSON");
      return JSON.stringify(value);
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
      const record = value as Record<string, unknown>;
      // The default order of strings is that of their UTF-16 units, which is what the RFC asks for.
      const entries = Object.keys(record)
        .filter((key) => record[key] !== undefined)
        .sort()
        .map((key) => `${canonicalJson(key)}:${canonicalJson(record[key])}`);
      return `{${entries.join(",")}}`;
    }
    default:
      throw new TypeError(`a ${typeof value} has no canonical JSON`);
  }
}
