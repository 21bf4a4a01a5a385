import { compareWorkloads, piecesOf, renderLikeness } from "../../experiment/likeness/index.js";
import type { PolicySource } from "../../experiment/policy-source.js";
import { InputError } from "../../kit/errors.js";
import { parseQuantity } from "../../model/parse/quantity.js";
import { loadTrace } from "../../workload/trace/index.js";
import { readBounded } from "../files.js";
import { defaultThreads } from "../machine.js";
import { policyArgument } from "../policy-argument.js";
import { requireInteger } from "./simulate.js";
import { readSpec } from "./trace-synth.js";

/** Traces are compared in memory. */
const TRACE_BYTES = 1024 * 1024 * 1024;

export interface CompareArguments {
  readonly real: string;
  readonly synthetic: string;
  readonly policies: string;
  readonly servers: string;
  readonly utilisation: string;
  readonly replications: number;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly json: boolean;
}

export async function compareTraces(given: CompareArguments): Promise<void> {
  const { real, synthetic, seed, replications, json } = given;
  requireInteger("seed", seed, 0);
  requireInteger("replications", replications, 2);
  const servers = given.servers === "auto" ? undefined : Number(given.servers);
  if (servers !== undefined) requireInteger("servers", servers, 1);
  const policies = await policiesOf(given.policies);
  const first = await load(real);
  const second = /\.ya?ml$/i.test(synthetic)
    ? { ...(await readSpec(synthetic)), replications, seed }
    : await load(synthetic);
  const likeness = await compareWorkloads(first, piecesOf(second, first.workflows), {
    policies,
    seed,
    utilisation: shareOf(given.utilisation),
    threads: given.threads ?? defaultThreads(),
    ...(servers === undefined ? {} : { servers }),
  });
  process.stdout.write(`${json ? JSON.stringify(likeness, null, 2) : renderLikeness(likeness)}\n`);
}

const load = async (path: string) => loadTrace(await readBounded(path, TRACE_BYTES), path);

/** Commas within brackets belong to a policy's knobs. */
async function policiesOf(text: string): Promise<PolicySource[]> {
  const names = text.split(/,(?![^(]*\))/).map((name) => name.trim());
  return Promise.all(names.map(async (name) => (await policyArgument(name)).source));
}

function shareOf(text: string): number {
  const share = parseQuantity(text, "share");
  if (share !== undefined && share > 0 && share < 1) return share;
  throw new InputError("BAD_ARGUMENT", {
    what: `"${text}" is no share of the servers' time`,
    where: "--utilisation",
    mend: "e.g. 70%, or 0.7",
  });
}
