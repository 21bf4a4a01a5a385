import { readYaml } from "../../model/parse/reader.js";
import { type Dimension, parseDomain } from "./domain.js";

/** Dimensions that a file has at most. */
const MOST = 1000;

/**
 * A sweep's dimensions from the text of its file: `set`, a map of paths to domains, and nothing else.
 * @throws {InputErrors} BAD_YAML or BAD_SWEEP
 * @throws {InputError} BAD_DOMAIN
 */
export function parseSweepFile(text: string, file: string): Dimension[] {
  const root = readYaml(text, file);
  const { complaints } = root;
  const set = root.needed(
    "a sweep",
    root.fields("a sweep", ["set"]),
    "set",
    "e.g. set: { policy.failure: uniform(0, 20) }",
  );
  const entries = set?.entries("set") ?? [];
  if (entries.length > MOST)
    set?.complain(`${entries.length} settings are swept, and at most ${MOST} may be`);
  const written = entries.map(({ key, value }) => ({ path: key, text: value.text(""), place: value }));
  complaints.settle("BAD_SWEEP");
  return written.map(({ path, text, place }) => ({
    path,
    domain: parseDomain(text, complaints.where(place)),
  }));
}
