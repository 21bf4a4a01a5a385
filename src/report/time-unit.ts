/** The unit in which a span of seconds is drawn, and its seconds. */
export function timeUnit(span: number): readonly [name: string, seconds: number] {
  return UNITS.find(([, seconds]) => span >= 3 * seconds) ?? ["seconds", 1];
}

const UNITS: readonly (readonly [string, number])[] = [
  ["days", 86_400],
  ["hours", 3600],
  ["minutes", 60],
];
