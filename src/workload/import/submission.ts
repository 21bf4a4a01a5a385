import type { ImportOptions } from "./importer.js";

/**
 * When each workflow is submitted, seconds since the trace's origin, which is the earliest recorded instant.
 * @param recorded seconds since 1970 of each, in the order of the files; null where unknown
 */
export function submissions(
  recorded: readonly (number | null)[],
  { submit, spacing }: Pick<ImportOptions, "submit" | "spacing">,
): { readonly submitted: number[]; readonly origin: number | null } {
  if (submit === "together") return { submitted: recorded.map(() => 0), origin: null };
  if (submit !== "recorded") return { submitted: recorded.map((_, i) => i * submit.every), origin: null };
  let origin: number | null = null;
  for (const instant of recorded)
    if (instant !== null && (origin === null || instant < origin)) origin = instant;
  let last = -spacing;
  const submitted = recorded.map((instant) => {
    last = instant === null ? last + spacing : instant - origin!;
    return last;
  });
  return { submitted, origin };
}
