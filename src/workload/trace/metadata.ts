import { InputError } from "../../kit/errors.js";
import { type JsonValue, readJson } from "../../kit/json.js";

export const TRACE_VERSION = "1";

/** What a trace says about itself, in the schema's metadata. */
export interface TraceMetadata {
  /** Where the workload was recorded, in words: "WfCommons WfFormat". */
  readonly source: string;
  /** What was done to make the trace, step by step; nothing that differs between two runs of the same steps. */
  readonly provenance: readonly JsonValue[];
  /** The instant of time 0, RFC 3339; null where it is unknown or made up. */
  readonly origin: string | null;
}

const PREFIX = "switchyard.trace.";

const UNITS = {
  submitted: "s",
  work: "s at speed 1",
  deadline: "s after submission",
  cpu: "cores",
  memory: "bytes",
  bytesIn: "bytes",
  bytesOut: "bytes",
  promptTokens: "tokens",
  outputTokens: "tokens",
  recordedReady: "s",
  recordedStart: "s",
  recordedEnd: "s",
};

export function encodeMetadata({ source, provenance, origin }: TraceMetadata): Map<string, string> {
  return new Map([
    [`${PREFIX}version`, TRACE_VERSION],
    [`${PREFIX}source`, source],
    [`${PREFIX}provenance`, JSON.stringify(provenance)],
    [`${PREFIX}origin`, origin ?? ""],
    [`${PREFIX}units`, JSON.stringify(UNITS)],
  ]);
}

/** @throws {InputError} NOT_A_TRACE or UNSUPPORTED_VERSION */
export function decodeMetadata(entries: ReadonlyMap<string, string>, file: string): TraceMetadata {
  const version = entries.get(`${PREFIX}version`);
  if (version === undefined) {
    throw new InputError("NOT_A_TRACE", {
      what: `this Arrow file is not a trace: its schema has no "${PREFIX}version"`,
      where: file,
      mend: "make traces with `switchyard trace import`, or see docs/trace-format.md",
    });
  }
  if (version !== TRACE_VERSION) {
    throw new InputError("UNSUPPORTED_VERSION", {
      what: `the trace has version ${JSON.stringify(version)}, and only ${TRACE_VERSION} is read`,
      where: file,
      mend: "import it again with this version of switchyard",
    });
  }
  return {
    source: entries.get(`${PREFIX}source`) ?? "",
    provenance: provenanceOf(entries.get(`${PREFIX}provenance`) ?? "[]", file),
    origin: entries.get(`${PREFIX}origin`) || null,
  };
}

function provenanceOf(text: string, file: string): readonly JsonValue[] {
  const { value } = readJson(new TextEncoder().encode(text), `${file} > metadata ${PREFIX}provenance`);
  if (Array.isArray(value)) return value;
  throw new InputError("BAD_TRACE", {
    what: "the provenance is not a list",
    where: `${file} > metadata ${PREFIX}provenance`,
    mend: "give a JSON list of steps",
  });
}
