import { type Nanos, parseInstant } from "../instant.js";

/** An event of a log: something happened in a case. What the log does not say is null. */
export interface LogEvent {
  readonly activity: string | null;
  /** When it happened; for an interval, its end. */
  readonly at: Nanos | null;
  /** The beginning of the interval that it ends, where the event has both. */
  readonly begun: Nanos | null;
  /** As written. */
  readonly lifecycle: string | null;
  readonly resource: string | null;
  /** There is text where the time should be, and it is no instant. */
  readonly badTime: boolean;
  readonly line: number;
}

/** The events of one case, in the order of the document. */
export interface LogCase {
  /** Null where the log has no name for it. */
  readonly id: string | null;
  readonly events: readonly LogEvent[];
  /** For complaints: `log.xes:12`. */
  readonly where: string;
}

/** An instant as event logs have it: with a time of day, or a whole day. Null where it is none. */
export function logInstant(text: string): Nanos | null {
  const trimmed = text.trim();
  return parseInstant(trimmed) ?? (WHOLE_DAY.test(trimmed) ? parseInstant(`${trimmed}T00:00:00Z`) : null);
}

const WHOLE_DAY = /^\d{4}-\d\d-\d\d$/;
