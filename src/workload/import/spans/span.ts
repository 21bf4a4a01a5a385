import type { Nanos } from "../instant.js";

/** A span of a distributed trace: an operation of a service, from its start to its end. */
export interface Span {
  /** The trace that it belongs to, in the spelling by which ids are compared. */
  readonly trace: string;
  readonly id: string;
  /** Null for a root. It need not be in the trace. */
  readonly parent: string | null;
  /** Null where unknown. */
  readonly service: string | null;
  readonly operation: string;
  readonly start: Nanos;
  readonly end: Nanos;
  readonly failed: boolean;
  /** Nobody waits for it: it follows from its parent, and its parent goes on. */
  readonly detached: boolean;
  readonly kind: SpanKind;
  /** File, and line where a line is a document. */
  readonly file: string;
}

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer" | null;

/** For complaints. */
export const whereIs = ({ file, trace, id }: Span): string => `${file} > trace ${trace}, span ${id}`;

/** `service/operation`, or the operation alone. */
export const typeOf = ({ service, operation }: Span): string =>
  service === null ? operation : `${service}/${operation}`;
