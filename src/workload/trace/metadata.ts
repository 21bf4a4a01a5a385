import { InputError } from "../../kit/errors.js";
import { type JsonValue, readJson } from "../../kit/json.js";

export const TRACE_VERSION = "1";

/** Keys of the schema's metadata after `switchyard.trace.`, and what they hold. */
export const METADATA_KEYS = {
  version: `version of the format: ${TRACE_VERSION}`,
  source: "where the workload was recorded, in words",
  provenance:
    "JSON list of the steps that made the trace, with digests of the files; no dates, no folders: the same steps give the same bytes",
  origin: "the instant of time 0, RFC 3339; empty where unknown or made up",
  units: "JSON object of units by column",
} as const;

/** What a trace says about itself, in the schema's metadata. */
export interface TraceMetadata {
  /** Where the workload was recorded, in words: "WfCommons WfFormat". */
  readonly source: string;
  /** What was done to make the trace, step by step; nothing that differs between two runs of the same steps. */
  readonly provenance: readonly JsonValue[];
  /** The instant of time 0, RFC 3339; null where it is unknown or made up. */
  readonly origin: string | null;
}

export const METADATA_PREFIX = "switchyard.trace.";

/** By column; columns without a unit are not listed. */
export const UNITS: Readonly<Record<string, string>> = {
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
  const values: Record<keyof typeof METADATA_KEYS, string> = {
    version: TRACE_VERSION,
    source,
    provenance: JSON.stringify(provenance),
    origin: origin ?? "",
    units: JSON.stringify(UNITS),
  };
  return new Map(Object.entries(values).map(([key, value]) => [`${METADATA_PREFIX}${key}`, value]));
}

/** @throws {InputError} NOT_A_TRACE or UNSUPPORTED_VERSION */
export function decodeMetadata(entries: ReadonlyMap<string, string>, file: string): TraceMetadata {
  const version = entries.get(`${METADATA_PREFIX}version`);
  if (version === undefined) {
    throw new InputError("NOT_A_TRACE", {
      what: `this Arrow file is not a trace: its schema has no "${METADATA_PREFIX}version"`,
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
    source: entries.get(`${METADATA_PREFIX}source`) ?? "",
    provenance: provenanceOf(entries.get(`${METADATA_PREFIX}provenance`) ?? "[]", file),
    origin: entries.get(`${METADATA_PREFIX}origin`) || null,
  };
}

function provenanceOf(text: string, file: string): readonly JsonValue[] {
  const { value } = readJson(
    new TextEncoder().encode(text),
    `${file} > metadata ${METADATA_PREFIX}provenance`,
  );
  if (Array.isArray(value)) return value;
  throw new InputError("BAD_TRACE", {
    what: "the provenance is not a list",
    where: `${file} > metadata ${METADATA_PREFIX}provenance`,
    mend: "give a JSON list of steps",
  });
}
