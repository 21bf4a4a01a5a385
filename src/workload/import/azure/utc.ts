/** An instant with all its digits: a double holds microseconds since 1970, but no more. */
export interface UtcInstant {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(?:Z|([+-])(\d\d):?(\d\d))?$/;

/** A date and time with up to nine digits of a second, UTC where it names no zone; null where the text is none. */
export function parseUtc(text: string): UtcInstant | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const whole = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const sound = new Date(whole * 1000).getUTCDate() === day && month >= 1 && month <= 12;
  if (!sound || hour > 23 || minute > 59 || second > 59) return null;
  const zone = (match[8] === "-" ? -1 : 1) * (Number(match[9] ?? 0) * 3600 + Number(match[10] ?? 0) * 60);
  return { seconds: whole - zone, nanoseconds: Number((match[7] ?? "0").padEnd(9, "0")) };
}

/** RFC 3339 with nine digits. */
export const utcText = ({ seconds, nanoseconds }: UtcInstant): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, "0")}Z`;
