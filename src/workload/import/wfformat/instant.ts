/**
 * An instant as WfFormat files write it, in seconds since 1970; null where the text is none. Three spellings are met:
 * ISO 8601 extended (`2023-03-29T10:02:36-10:00`), ISO 8601 basic (`20200408T154143+0000`), and month-day-year with two
 * digits each (`12-19-20T21:31:53Z`, 19 December 2020). Without a zone it is taken as UTC.
 */
export function parseInstant(text: string): number | null {
  const match = EXTENDED.exec(text) ?? BASIC.exec(text) ?? MONTH_FIRST.exec(text);
  if (match?.groups === undefined) return null;
  const {
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction,
    zone = "Z",
  } = match.groups as Record<string, string>;
  const fields = [
    Number(year!.length === 2 ? `20${year}` : year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ] as const;
  const whole = Date.UTC(...fields) / 1000;
  const back = new Date(whole * 1000);
  // Date.UTC carries the 31st of February over into March; a leap second may.
  const sound = back.getUTCMonth() === fields[1] || fields[5] === 60;
  if (!sound || fields[2] < 1 || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) return null;
  const offset = zoneSeconds(zone);
  return offset === null ? null : whole + (fraction === undefined ? 0 : Number(`0.${fraction}`)) - offset;
}

const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,12}))?";
const ZONE = "(?<zone>Z|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d)?";
const EXTENDED = new RegExp(`^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[T ]${TIME}${ZONE}$`);
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
