import { hasSharedData, sharedJson } from "../shared-data.js";

export type Truth = Record<string, unknown> & { readonly format: string };

/** Figures that an independent program found of the recorded files, by path, for formats that begin so. */
export function truthsOf(...formats: readonly string[]): [string, Truth][] {
  if (!hasSharedData) return [];
  const { files } = sharedJson("TRUTH.json") as { files: Record<string, Truth> };
  return Object.entries(files).filter(([, { format }]) => formats.some((each) => format.startsWith(each)));
}

/** Whole numbers exactly, others to 1e-9 of their size, throughout a value; for `toEqual` and `toMatchObject`. */
export function near(value: unknown): unknown {
  if (typeof value === "number" && !Number.isInteger(value)) {
    return {
      asymmetricMatch: (other: unknown) => typeof other === "number" && Math.abs(other / value - 1) <= 1e-9,
      toString: () => `${value} to 1e-9`,
    };
  }
  if (Array.isArray(value)) return value.map(near);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, near(inner)]));
}
