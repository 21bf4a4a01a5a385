import { canonicalJson } from "../../kit/canonical-json.js";
import { InputError, InputErrors, SwitchyardError, suggest } from "../../kit/errors.js";
import { readJson } from "../../kit/json.js";
import { sha256 } from "../../kit/sha256.js";
import { shorten } from "../../kit/shorten.js";
import { DECISION_KINDS, type DecisionKind } from "../../model/scenario.js";
import { type FeatureSchema, schemaDigest } from "./feature-schema.js";
import { checkNetworkSpec, type NetworkSpec } from "./network/index.js";
import type { Normalisation } from "./normalisation.js";

export const MANIFEST_FILE = "policy.json";
export const WEIGHTS_FILE = "weights.safetensors";
export const TABLE_FILE = "table.json";
/** What of a state a table's figures tell, and how: of `ViewKey`. Another reading has another name. */
export const TABLE_KEY = "view-key/1";

/** `policy.json`: all that is to be known of a policy package but its weights. See `docs/policy-package.md`. */
export interface Manifest {
  /** The second where it is a table that decides. */
  readonly format: "switchyard.policy/1" | "switchyard.policy/2";
  readonly name: string;
  /** Semantic version of the package. */
  readonly version: string;
  readonly owner: string;
  readonly purpose: string;
  /** None where a table decides. */
  readonly heads: readonly ManifestHead[];
  readonly table?: ManifestTable;
  /** How a candidate is taken: the one with the best score, or the one that stands in the table. */
  readonly decision: "argmax" | "lookup";
  readonly lineage: Lineage;
  readonly benchmark: BenchmarkStatement | null;
  /** Every other file of the package, by name. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
  /** SHA-256 of the canonical JSON (RFC 8785) of all the above. */
  readonly digest: string;
}

export interface ManifestHead {
  readonly kind: DecisionKind;
  readonly features: FeatureSchema;
  readonly network: NetworkSpec;
  readonly normalisation: Normalisation;
}

/** A table of decisions, which stands in `table.json`. */
export interface ManifestTable {
  readonly kinds: readonly DecisionKind[];
  readonly key: typeof TABLE_KEY;
  /** The heuristic that decides where the table is silent. */
  readonly otherwise: string;
  /** States in which the table knows what to do. */
  readonly states: number;
}

export interface Lineage {
  readonly scenario: { readonly name: string; readonly digest: string; readonly objective: string };
  /** Digest of the trace it was trained on, where there was one. */
  readonly trace: string | null;
  readonly algorithm: string;
  readonly seed: number;
  readonly decisions: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly backend: string;
  readonly switchyard: string;
  readonly command: string;
  readonly commit: string | null;
}

/** What a benchmark said of it, on seeds that it never saw. */
export interface BenchmarkStatement {
  readonly scenario: string;
  readonly digest: string;
  readonly seeds: number;
  readonly level: number;
  readonly policies: readonly {
    readonly policy: string;
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
  /** Against the best heuristic, relative: negative is better. */
  readonly against: {
    readonly policy: string;
    readonly change: number;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
}

export const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Semantic Versioning 2.0.0, without build metadata: a version is a folder's name. */
export const VERSION =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-[0-9A-Za-z-]{1,32}(?:\.[0-9A-Za-z-]{1,32}){0,8})?$/;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const HEX = /^[0-9a-f]{64}$/;
/** What could steer a terminal that a manifest is shown on: all control characters but tab and newline. */
const CONTROL = /[^\P{Cc}\t\n]/u;
export const MANIFEST_BYTES = 1024 * 1024;
const MOST_FILES = 32;
const MOST_DEPTH = 16;

export function manifestDigest(manifest: Omit<Manifest, "digest">): string {
  const { digest: _, ...rest } = manifest as Manifest;
  return sha256(canonicalJson(rest));
}

/**
 * A manifest from its bytes, checked by hand so that the runtime needs no library.
 * @throws {InputErrors} BAD_MANIFEST with all that is wrong; {InputError} MANIFEST_DIGEST where it was altered
 */
export function readManifest(bytes: Uint8Array, file = MANIFEST_FILE): Manifest {
  const check = new Checker(file);
  const manifest = check.manifest(parse(bytes, file));
  check.settle();
  const digest = manifestDigest(manifest);
  if (digest !== manifest.digest) {
    throw new InputError("MANIFEST_DIGEST", {
      what: "the manifest was altered after it was made: its digest does not match",
      where: file,
      mend: "get the package anew; a change is a new version",
    });
  }
  for (const head of manifest.heads) {
    if (schemaDigest(head.features) !== head.features.digest) {
      throw new InputError("MANIFEST_DIGEST", {
        what: `the digest of the ${head.kind} features does not match them`,
        where: file,
      });
    }
    checkNetworkSpec(head.network);
  }
  return manifest;
}

/** Bounded in size and depth; without what has no canonical form or two readings, so that a digest says all. */
function parse(bytes: Uint8Array, file: string): unknown {
  const refuse = (what: string, where: string, cause?: unknown) =>
    new InputError("BAD_MANIFEST", { what, where, mend: "get the package anew" }, { cause });
  try {
    const { value, remarks } = readJson(bytes, file, { bytes: MANIFEST_BYTES, depth: MOST_DEPTH });
    const twice = remarks.find(({ code }) => code === "DUPLICATE_KEY");
    if (twice !== undefined) throw refuse("a key stands there twice", twice.first);
    return value;
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code === "BAD_MANIFEST") throw error;
    throw refuse(error.what, error.where ?? file, error);
  }
}

type Fields = Record<string, unknown>;

/** A value in a complaint: JSON, so that nothing in it steers a terminal, and not at length. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  // JSON leaves DEL and the C1 controls as they are.
  return shorten(text.replace(/\p{Cc}/gu, " "), 100);
}

class Checker {
  private readonly complaints: { what: string; where: string; mend?: string }[] = [];

  constructor(private readonly file: string) {}

  settle(): void {
    if (this.complaints.length > 0) throw new InputErrors("BAD_MANIFEST", this.complaints.slice(0, 20));
  }

  manifest(value: unknown): Manifest {
    const tabular = (value as Fields | null)?.["format"] === "switchyard.policy/2";
    const m = this.object(value, "", [
      ...(tabular ? ["table"] : []),
      "format",
      "name",
      "version",
      "owner",
      "purpose",
      "heads",
      "decision",
      "lineage",
      "benchmark",
      "files",
      "digest",
    ]);
    if (!tabular && m["format"] !== "switchyard.policy/1") {
      this.complain(
        "format",
        `the format is ${show(m["format"])}`,
        'this build reads "switchyard.policy/1" and "switchyard.policy/2"',
      );
    }
    this.matches(m["name"], NAME, "name", "lower-case letters, digits and dashes");
    this.matches(m["version"], VERSION, "version", "a semantic version, e.g. 1.0.0");
    this.text(m["owner"], "owner");
    this.text(m["purpose"], "purpose");
    const rule = tabular ? "lookup" : "argmax";
    if (m["decision"] !== rule)
      this.complain("decision", `the decision rule is ${show(m["decision"])}`, `this build knows ${rule}`);
    const [least, most] = tabular ? [0, 0] : [1, DECISION_KINDS.length];
    for (const [i, head] of this.list(m["heads"], "heads", least, most).entries()) {
      this.head(head, `heads[${i}]`);
    }
    if (tabular) this.table(m["table"]);
    this.lineage(m["lineage"]);
    if (m["benchmark"] !== null) this.benchmark(m["benchmark"]);
    const files = this.object(m["files"], "files");
    if (Object.keys(files).length > MOST_FILES) this.complain("files", "there are too many files");
    for (const [name, entry] of Object.entries(files)) {
      if (!FILE_NAME.test(name) || name === MANIFEST_FILE)
        this.complain("files", `${show(name)} is no plain file name`);
      const { sha256: digest, bytes } = this.object(entry, `files.${name}`, ["sha256", "bytes"]);
      this.matches(digest, HEX, `files.${name}.sha256`, "64 hex digits");
      this.whole(bytes, `files.${name}.bytes`);
    }
    this.matches(m["digest"], HEX, "digest", "64 hex digits");
    return m as unknown as Manifest;
  }

  private table(value: unknown): void {
    const table = this.object(value, "table", ["kinds", "key", "otherwise", "states"]);
    for (const kind of this.list(table["kinds"], "table.kinds", 1, DECISION_KINDS.length))
      this.kind(kind, "table.kinds");
    if (table["key"] !== TABLE_KEY)
      this.complain(
        "table.key",
        `states are told by ${show(table["key"])}`,
        `this build reads "${TABLE_KEY}"`,
      );
    this.text(table["otherwise"], "table.otherwise");
    this.whole(table["states"], "table.states");
  }

  private kind(kind: unknown, path: string): void {
    if ((DECISION_KINDS as readonly unknown[]).includes(kind)) return;
    this.complain(
      path,
      `there is no decision ${show(kind)}`,
      suggest("decisions", show(kind), DECISION_KINDS),
    );
  }

  private head(value: unknown, path: string): void {
    const head = this.object(value, path, ["kind", "features", "network", "normalisation"]);
    this.kind(head["kind"], `${path}.kind`);
    const features = this.object(head["features"], `${path}.features`, [
      "id",
      "context",
      "candidate",
      "digest",
    ]);
    this.text(features["id"], `${path}.features.id`);
    this.matches(features["digest"], HEX, `${path}.features.digest`, "64 hex digits");
    const flat = (head["network"] as Partial<Fields> | null)?.["kind"] === "flat";
    const network = this.object(head["network"], `${path}.network`, [
      "kind",
      "context",
      "candidate",
      ...(flat ? ["candidates"] : []),
      "hidden",
      "activation",
    ]);
    for (const key of ["kind", "activation"]) this.text(network[key], `${path}.network.${key}`);
    this.whole(network["context"], `${path}.network.context`);
    this.whole(network["candidate"], `${path}.network.candidate`);
    if (flat) this.whole(network["candidates"], `${path}.network.candidates`);
    for (const width of this.list(network["hidden"], `${path}.network.hidden`, 1, 16)) {
      this.whole(width, `${path}.network.hidden`);
    }
    const normalisation = this.object(head["normalisation"], `${path}.normalisation`, [
      "context",
      "candidate",
      "clip",
    ]);
    this.number(normalisation["clip"], `${path}.normalisation.clip`);
    if (!((normalisation["clip"] as number) > 0))
      this.complain(`${path}.normalisation.clip`, "this is not above 0");
    for (const side of ["context", "candidate"] as const) {
      const at = `${path}.normalisation.${side}`;
      const width = network[side] as number;
      const stated = this.list(features[side], `${path}.features.${side}`, width, width);
      for (const feature of stated) {
        const f = this.object(feature, `${path}.features.${side}`, [
          "name",
          "unit",
          "range",
          "scale",
          "meaning",
        ]);
        for (const key of ["name", "unit", "scale", "meaning"])
          this.text(f[key], `${path}.features.${side}.${key}`);
      }
      const scales = this.object(normalisation[side], at, ["mean", "std"]);
      for (const key of ["mean", "std"]) {
        for (const x of this.list(scales[key], `${at}.${key}`, width, width)) {
          this.number(x, `${at}.${key}`);
          if (key === "std" && (x as number) < 0) this.complain(`${at}.std`, "a deviation is not below 0");
        }
      }
    }
  }

  private lineage(value: unknown): void {
    const l = this.object(value, "lineage", [
      "scenario",
      "trace",
      "algorithm",
      "seed",
      "decisions",
      "settings",
      "backend",
      "switchyard",
      "command",
      "commit",
    ]);
    const scenario = this.object(l["scenario"], "lineage.scenario", ["name", "digest", "objective"]);
    for (const key of ["name", "objective"]) this.text(scenario[key], `lineage.scenario.${key}`);
    this.matches(scenario["digest"], HEX, "lineage.scenario.digest", "64 hex digits");
    for (const key of ["algorithm", "backend", "switchyard", "command"]) this.text(l[key], `lineage.${key}`);
    for (const key of ["seed", "decisions"]) this.whole(l[key], `lineage.${key}`);
    this.object(l["settings"], "lineage.settings");
    for (const key of ["trace", "commit"]) if (l[key] !== null) this.text(l[key], `lineage.${key}`);
  }

  private benchmark(value: unknown): void {
    const b = this.object(value, "benchmark", [
      "scenario",
      "digest",
      "seeds",
      "level",
      "policies",
      "against",
    ]);
    this.text(b["scenario"], "benchmark.scenario");
    this.matches(b["digest"], HEX, "benchmark.digest", "64 hex digits");
    this.number(b["level"], "benchmark.level");
    this.whole(b["seeds"], "benchmark.seeds");
    this.list(b["policies"], "benchmark.policies", 0, 1000).forEach((policy, i) => {
      const p = this.object(policy, `benchmark.policies[${i}]`, ["policy", "mean", "low", "high"]);
      this.text(p["policy"], `benchmark.policies[${i}].policy`);
      this.number(p["mean"], `benchmark.policies[${i}].mean`);
      this.interval(p, `benchmark.policies[${i}]`);
    });
    if (b["against"] === null) return;
    const against = this.object(b["against"], "benchmark.against", ["policy", "change", "low", "high"]);
    this.text(against["policy"], "benchmark.against.policy");
    this.number(against["change"], "benchmark.against.change");
    this.interval(against, "benchmark.against");
  }

  private interval(fields: Fields, path: string): void {
    for (const key of ["low", "high"]) if (fields[key] !== null) this.number(fields[key], `${path}.${key}`);
  }

  private complain(path: string, what: string, mend?: string): void {
    this.complaints.push({
      what,
      where: path === "" ? this.file : `${this.file} > ${path}`,
      ...(mend === undefined ? {} : { mend }),
    });
  }

  /** An object with just these keys, where keys are given; an empty one, and a complaint, where it is none. */
  private object(value: unknown, path: string, keys?: readonly string[]): Fields {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.complain(path, "this is no object");
      return {};
    }
    for (const key of keys ?? []) if (!Object.hasOwn(value, key)) this.complain(path, `"${key}" is missing`);
    if (keys !== undefined) {
      for (const key of Object.keys(value)) {
        if (!keys.includes(key))
          this.complain(path, `there is no key ${show(key)}`, suggest("keys here", key, keys));
      }
    }
    return value as Fields;
  }

  private list(value: unknown, path: string, least: number, most: number): unknown[] {
    if (Array.isArray(value) && value.length >= least && value.length <= most) return value;
    this.complain(
      path,
      least === most ? `this is no list of ${least}` : "this is no list, or of the wrong length",
    );
    return [];
  }

  private text(value: unknown, path: string): void {
    if (typeof value !== "string" || value.length > 10_000) this.complain(path, "this is no text");
    else if (CONTROL.test(value)) this.complain(path, "this text has control characters in it");
  }

  private matches(value: unknown, pattern: RegExp, path: string, mend: string): void {
    if (typeof value !== "string" || !pattern.test(value))
      this.complain(path, `${show(value)} will not do`, mend);
  }

  private number(value: unknown, path: string): void {
    if (typeof value !== "number" || !Number.isFinite(value)) this.complain(path, "this is no number");
  }

  private whole(value: unknown, path: string): void {
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.complain(path, "this is no whole number");
  }
}
