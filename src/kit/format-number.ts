/** Numbers for people: a few digits that matter, no exponents in the usual range. */

/** `digits` significant digits, without trailing noise: 1234.5 -> "1235", 12.345 -> "12.35", 0.012345 -> "0.01235". */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "n/a" : value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 9 || size < -5) return value.toExponential(digits - 1);
  return value.toFixed(Math.min(Math.max(digits - 1 - size, 0), 12));
}

/**
 * A format for a column of numbers, all with the same decimals so that they align: as many as give the largest of them
 * `digits` significant digits. Columns that span more than four orders of magnitude are formatted one by one.
 */
export function formatAlike(values: readonly number[], digits = 4): (value: number) => string {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = Math.max(...sizes);
  if (sizes.length === 0 || largest / Math.min(...sizes) > 1e4 || largest >= 1e9 || largest < 1e-5) {
    return (value) => formatNumber(value, digits);
  }
  const decimals = Math.max(digits - 1 - Math.floor(Math.log10(largest)), 0);
  return (value) => (Number.isFinite(value) ? value.toFixed(decimals) : formatNumber(value));
}

/** A share as a percentage with one decimal, two where it is small: 0.1234 -> "12.3", 0.00123 -> "0.12". */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return formatNumber(share);
  const percent = share * 100;
  const text = percent.toFixed(Math.abs(percent) < 1 ? 2 : 1);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

/** A count with its thousands apart: 12345 -> "12,345". */
export const formatCount = (count: number): string => count.toLocaleString("en");

/** So many of a thing: "1 task", "1,200 tasks", "2 policies". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** A level of confidence or of error as a percentage: 0.95 -> "95", 0.999 -> "99.9". */
export const formatLevel = (level: number): string => formatPercent(level).replace(/\.0$/, "");

/** A span in the unit that suits it: 7200 -> "2 h", 5400 -> "1.5 h", 90 -> "1.5 min", 12 -> "12 s". */
export function formatDuration(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => Math.abs(seconds) >= size) ?? [1, "s"];
  return `${Number((seconds / size).toPrecision(4))} ${unit}`;
}

/** A while on the clock, in whole seconds, no more of them than matter: 9 -> "9 s", 127 -> "2 min 7 s", 5400 -> "1 h 30 min". */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  return joined(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
}

const joined = (many: number, unit: string, few: number, smaller: string): string =>
  few === 0 ? `${many} ${unit}` : `${many} ${unit} ${few} ${smaller}`;

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

/** As a p-value is printed: "0.031", "< 0.001". */
export function formatPValue(p: number): string {
  if (Number.isNaN(p)) return "n/a";
  return p < 0.001 ? "< 0.001" : p.toFixed(p < 0.1 ? 3 : 2);
}
