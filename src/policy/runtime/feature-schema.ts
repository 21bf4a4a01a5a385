import { canonicalJson } from "../../kit/canonical-json.js";
import { sha256 } from "../../kit/sha256.js";
import { type FeatureSpec, featureSpec } from "../../model/features.js";

/** A feature as a package states it; a bound that is infinite is null, since JSON has no infinity. */
export interface StatedFeature {
  readonly name: string;
  readonly unit: string;
  readonly range: readonly [number | null, number | null];
  readonly scale: string;
  readonly meaning: string;
}

export interface FeatureSchema {
  readonly id: string;
  readonly context: readonly StatedFeature[];
  readonly candidate: readonly StatedFeature[];
  /** SHA-256 of the canonical JSON of the three above. */
  readonly digest: string;
}

/** What this build computes for a kind of decision, as a package states it. */
export function featureSchema(kind: FeatureSpec["kind"]): FeatureSchema {
  const { id, context, candidate } = featureSpec(kind);
  const stated = { id, context: context.map(state), candidate: candidate.map(state) };
  return { ...stated, digest: schemaDigest(stated) };
}

export function schemaDigest({ id, context, candidate }: Omit<FeatureSchema, "digest">): string {
  return sha256(canonicalJson({ id, context, candidate }));
}

/** Names of the features in which two schemas differ, in order or in anything that is stated of them. */
export function differingFeatures(a: FeatureSchema, b: FeatureSchema): string[] {
  const names = new Set<string>();
  for (const side of ["context", "candidate"] as const) {
    const longest = Math.max(a[side].length, b[side].length);
    for (let i = 0; i < longest; i++) {
      const [ours, theirs] = [a[side][i], b[side][i]];
      if (canonicalJson(ours ?? null) !== canonicalJson(theirs ?? null)) names.add((theirs ?? ours)!.name);
    }
  }
  return [...names];
}

function state({ name, unit, range, scale, meaning }: FeatureSpec["context"][number]): StatedFeature {
  const bound = (value: number) => (Number.isFinite(value) ? value : null);
  return { name, unit, range: [bound(range[0]), bound(range[1])], scale, meaning };
}
