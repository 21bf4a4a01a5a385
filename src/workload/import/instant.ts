import type { Reading } from "./format.js";

/** Nanoseconds since 1970, or between two instants: exact, unlike seconds in a double. */
export type Nanos = bigint;

const SECOND = 1_000_000_000n;

/**
 * An instant as text has it; null where it is none. Spellings that are met: ISO 8601 extended, RFC 3339 with it
 * (`2023-03-29T10:02:36.5-10:00`, a blank for the T; `2023/03/29 10:02:36`), ISO 8601 basic (`20200408T154143+0000`), and month-day-year with
 * two digits each (`12-19-20T21:31:53Z`, 19 December 2020). Without a zone it is taken as UTC. Digits beyond the
 * nanosecond are cut off.
 */
export function parseInstant(text: string): Nanos | null {
  const match = EXTENDED.exec(text) ?? BASIC.exec(text) ?? MONTH_FIRST.exec(text);
  if (match?.groups === undefined) return null;
  const {
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = "",
    zone = "Z",
  } = match.groups as Record<string, string>;
  const fields = [Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(0);
  // Not Date.UTC, which takes the year 1, by which Go writes that a time is not set, for 1901.
  date.setUTCFullYear(Number(year!.length === 2 ? `20${year}` : year), fields[0], fields[1]);
  // A date carries the 31st of February over into March; a leap second may.
  if (date.getUTCMonth() !== fields[0] || date.getUTCDate() !== fields[1]) return null;
  if (fields[2] > 23 || fields[3] > 59 || fields[4] > 60) return null;
  const offset = zoneSeconds(zone);
  if (offset === null) return null;
  const seconds = date.getTime() / 1000 + fields[2] * 3600 + fields[3] * 60 + fields[4] - offset;
  return BigInt(seconds) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,12}))?";
const ZONE = "(?<zone>Z|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d)?";
const EXTENDED = new RegExp(
  `^(?<year>\\d{4})(?<dash>[-/])(?<month>\\d\\d)\\k<dash>(?<day>\\d\\d)[T ]${TIME}${ZONE}$`,
);
const BASIC = new RegExp(
  `^(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T${TIME.replaceAll(":(", "(")}${ZONE}$`,
);
const MONTH_FIRST = new RegExp(`^(?<month>\\d\\d)-(?<day>\\d\\d)-(?<year>\\d\\d)T${TIME}${ZONE}$`);

function zoneSeconds(zone: string): number | null {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 23 || minutes > 59) return null;
  return (zone[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Seconds, rounded once: of a span or a sum of spans as near as a double comes. */
export function secondsOf(nanos: Nanos): number {
  const whole = nanos / SECOND;
  // A span of up to 104 days is a whole number of nanoseconds that a double holds.
  if (nanos >= -MOST_EXACT && nanos <= MOST_EXACT) return Number(nanos) / 1e9;
  return Number(whole) + Number(nanos % SECOND) / 1e9;
}

const MOST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/** `2023-11-28T16:57:59.949373841Z` */
export function rfc3339(at: Nanos): string {
  const [seconds, rest] = split(at);
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${String(rest).padStart(9, "0")}Z`;
}

/** An instant on the clock of a reading: see `Reading.since`. */
export function onClock({ since }: Reading, at: Nanos): number {
  const [seconds, rest] = split(at);
  return since(Number(seconds), Number(rest) / 1e9);
}

/** Whole seconds, rounded down, and the nanoseconds after them. */
function split(at: Nanos): readonly [bigint, bigint] {
  const rest = ((at % SECOND) + SECOND) % SECOND;
  return [(at - rest) / SECOND, rest];
}
