/** How often each value comes, in the order of their first coming. */
export function countsOf(values: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The name under which figures count what is null, as those do that Python prints. */
export const orNone = (text: string | null): string => text ?? "None";
