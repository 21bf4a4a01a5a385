import { SaxesParser } from "saxes";
import { InputError } from "../../../kit/errors.js";
import { contentOf } from "../content.js";
import type { Source } from "../source.js";
import { type LogCase, type LogEvent, logInstant } from "./event.js";

/** What a log says of itself, in the order of the document. */
export interface XesHeader {
  name: string | null;
  namespace: string | null;
  version: string | null;
  readonly extensions: string[];
  classifiers: number;
  globals: number;
  /** Elements that stand directly in events, by their names. */
  readonly elements: Map<string, number>;
  bytes: number;
}

/** Elements within one another; attributes nest, but not like that. */
const DEPTH = 64;
/** Text between two tags, or a tag: what is longer belongs to no log. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** A workflow has no more tasks than that. */
const MOST_EVENTS = 1_000_000;

/**
 * The cases of a log in XES (IEEE 1849), a portion at a time. Declarations of globals are no values. A document type is
 * refused before anything of it is used: no entity is expanded but those of XML itself, and nothing else is read.
 * @param header is filled while the log is read
 * @throws {InputError} BAD_XML, BAD_XES, DOCTYPE, TOO_DEEP, TOO_LARGE or BAD_ENCODING
 */
export async function* xesCases(source: Source, header: XesHeader): AsyncGenerator<readonly LogCase[]> {
  const reader = new XesReader(source.name, header);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new InputError(
        "BAD_ENCODING",
        {
          what: "the bytes are not UTF-8",
          where: `${source.name}:${reader.line}`,
          mend: "save the file as UTF-8",
        },
        { cause },
      );
    }
  };
  for await (const bytes of contentOf(source)) {
    header.bytes += bytes.length;
    reader.write(decode(bytes));
    const cases = reader.taken();
    if (cases.length > 0) yield cases;
  }
  reader.write(decode());
  reader.close();
  const cases = reader.taken();
  if (cases.length > 0) yield cases;
}

export const emptyHeader = (): XesHeader => ({
  name: null,
  namespace: null,
  version: null,
  extensions: [],
  classifiers: 0,
  globals: 0,
  elements: new Map(),
  bytes: 0,
});

/** Element names without their prefixes, of those that are open. */
type Path = readonly string[];

class XesReader {
  private readonly parser: SaxesParser;
  private readonly path: string[] = [];
  private cases: LogCase[] = [];
  private caseId: string | null = null;
  private caseLine = 0;
  private events: LogEvent[] = [];
  private event = new Map<string, string>();
  private eventLine = 0;
  /** Characters since a tag was met. */
  private silent = 0;
  /** The piece that is parsed, and where it begins. */
  private text = "";
  private textStart = 0;
  private closed = "";

  constructor(
    private readonly name: string,
    private readonly header: XesHeader,
  ) {
    this.parser = new SaxesParser({ position: true });
    this.parser.on("error", ({ message }) => this.malformed(message));
    this.parser.on("doctype", () => this.documentType());
    this.parser.on("xmldecl", ({ encoding }) => this.declared(encoding));
    this.parser.on("opentag", ({ name, attributes }) => this.open(name, attributes));
    this.parser.on("closetag", ({ name }) => this.closeTag(name));
  }

  get line(): number {
    return this.parser.line;
  }

  taken(): readonly LogCase[] {
    const cases = this.cases;
    this.cases = [];
    return cases;
  }

  write(text: string): void {
    this.silent += text.length;
    this.text = text;
    this.parser.write(text);
    this.textStart += text.length;
    if (this.silent > MOST_CHARACTERS) {
      throw this.error("TOO_LARGE", `no tag ends within ${MOST_CHARACTERS} characters`, "check the file");
    }
  }

  /** @throws {InputError} where the document is not whole */
  close(): void {
    if (this.path.length > 0) {
      throw this.error(
        "BAD_XML",
        `the document ends inside an element: <${this.path.at(-1)}> is not closed`,
        "the file is cut off: copy it again",
      );
    }
    this.parser.close();
  }

  private open(qualified: string, attributes: Readonly<Record<string, string>>): void {
    this.silent = 0;
    const { path, header } = this;
    const name = qualified.slice(qualified.indexOf(":") + 1);
    if (path.length === 0) this.root(name, attributes);
    path.push(name);
    if (path.length > DEPTH) {
      throw this.error("TOO_DEEP", `elements are nested more than ${DEPTH} deep`, "flatten the file");
    }
    if (is(path, "log", "trace")) {
      this.caseId = null;
      this.caseLine = this.line;
      this.events = [];
    } else if (is(path, "log", "trace", "event")) {
      this.event = new Map();
      this.eventLine = this.line;
    } else if (is(path, "log", "extension")) header.extensions.push(attributes["prefix"] ?? "");
    else if (is(path, "log", "classifier")) header.classifiers++;
    else if (is(path, "log", "global")) header.globals++;
    else this.attribute(name, attributes);
  }

  /** A value of the log, a case or an event; those within other values are not used. */
  private attribute(element: string, { key, value }: Readonly<Record<string, string>>): void {
    const { path, header } = this;
    const above = path.slice(0, -1);
    if (is(above, "log", "trace", "event")) {
      header.elements.set(element, (header.elements.get(element) ?? 0) + 1);
      if (key !== undefined && value !== undefined) this.event.set(key, value);
    } else if (key === "concept:name" && value !== undefined) {
      if (is(above, "log", "trace")) this.caseId = value;
      else if (is(above, "log")) header.name = value;
    }
  }

  private closeTag(name: string): void {
    this.silent = 0;
    this.closed = name;
    const { path } = this;
    if (is(path, "log", "trace", "event")) {
      if (this.events.length >= MOST_EVENTS)
        throw this.error("TOO_LARGE", `a case has more than ${MOST_EVENTS} events`, "split the case");
      this.events.push(eventOf(this.event, this.eventLine));
    } else if (is(path, "log", "trace")) {
      this.cases.push({ id: this.caseId, events: this.events, where: `${this.name}:${this.caseLine}` });
    }
    path.pop();
  }

  private root(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name !== "log") {
      throw this.error(
        "BAD_XES",
        `the document is a <${name}>, and an event log is a <log>`,
        "give a log in XES",
      );
    }
    this.header.namespace = attributes["xmlns"] ?? null;
    this.header.version = attributes["xes.version"] ?? null;
  }

  private documentType(): never {
    throw this.error(
      "DOCTYPE",
      "a DOCTYPE, with or without entities, is not allowed in an event log; nothing of it was expanded or fetched",
      "remove it",
    );
  }

  private declared(encoding: string | undefined): void {
    if (encoding === undefined || /^(?:utf-?8|(?:us-)?ascii)$/i.test(encoding)) return;
    throw this.error(
      "BAD_ENCODING",
      `the document is declared to be ${encoding.slice(0, 40)}, and only UTF-8 is read`,
      "convert it, and its declaration",
    );
  }

  private malformed(message: string): never {
    let said = message.replace(/^(?:.*?:)?\d+:\d+: /, "").replace(/\.$/, "");
    // The parser closes what is open before it says that the tag is another one.
    if (said === "unexpected close tag" && this.closed !== "") {
      const at = this.text.lastIndexOf("</", this.parser.position - this.textStart - 1);
      const tag = /^<\/[^>]{1,60}>/.exec(this.text.slice(Math.max(0, at), at + 64))?.[0] ?? "";
      said = `closing tag ${tag} does not match <${this.closed}>`;
    }
    const open = this.path.at(-1);
    throw this.error(
      "BAD_XML",
      `${said.slice(0, 200)}${open === undefined ? "" : ` (within <${open}>)`}`,
      "correct the file, or write it again with an XML writer",
    );
  }

  private error(code: string, what: string, mend: string): InputError {
    return new InputError(code, { what, where: `${this.name}:${this.line}`, mend });
  }
}

function eventOf(values: ReadonlyMap<string, string>, line: number): LogEvent {
  const time = values.get("time:timestamp") ?? "";
  const start = values.get("start_timestamp") ?? "";
  const at = logInstant(time);
  const begun = logInstant(start);
  return {
    activity: values.get("concept:name") ?? null,
    at,
    begun,
    lifecycle: values.get("lifecycle:transition") ?? null,
    resource: values.get("org:resource") ?? null,
    badTime: (at === null && time !== "") || (begun === null && start !== ""),
    line,
  };
}

const is = (path: Path, ...names: readonly string[]): boolean =>
  path.length === names.length && names.every((name, i) => path[i] === name);
