import { dirname, resolve } from "node:path";
import type { BenchmarkPlan, Contender } from "../experiment/benchmark.js";
import type { Experiment, Override, RunPlan, Sited } from "../experiment/file/experiment.js";
import type { Gate } from "../experiment/file/parse-gate.js";
import { isPolicyPath, MOST_RUNS } from "../experiment/file/parts.js";
import { heuristicsFor } from "../experiment/heuristic-runs.js";
import { benchmarkSeeds, type LoadedScenario } from "../experiment/matrix.js";
import { policyName } from "../experiment/policy-source.js";
import type { ExperimentEntry } from "../experiment/results.js";
import { BEST_HEURISTIC } from "../experiment/summarize.js";
import { type Complaint, InputError, SwitchyardError, suggest } from "../kit/errors.js";
import { sha256 } from "../kit/sha256.js";
import { putInYaml } from "../model/parse/reader.js";
import { loadScenario, scenarioText } from "./load-scenario.js";
import { policyArgument } from "./policy-argument.js";

export interface LoadedPlan {
  readonly plan: BenchmarkPlan & { readonly experiment: ExperimentEntry };
  readonly warnings: readonly Complaint[];
}

/** An experiment with the scenarios and policies that it names. @throws {InputError} where one of them is not there, or wrong */
export async function experimentPlan(
  experiment: Experiment,
  file: string,
  text: string,
): Promise<LoadedPlan> {
  const { scenarios, warnings } = await scenariosOf(experiment, file);
  const named =
    experiment.policies === null ? null : await contendersOf(experiment.policies, scenarios, file);
  const contenders = named?.map(({ contender }) => contender) ?? applicable(scenarios);
  const nameOf = nameFinder(named ?? contenders.map((contender) => ({ contender, text: "" })));
  const { baseline, comparisons, level } = experiment;
  const entry: ExperimentEntry = {
    ...entryOf(experiment, text),
    level,
    baseline: baseline.text === BEST_HEURISTIC ? BEST_HEURISTIC : nameOf(baseline),
    comparisons: comparisons.map(({ policy, against }) => ({
      policy: nameOf(policy),
      against: nameOf(against),
    })),
  };
  return { plan: boundedPlan(experiment, scenarios, contenders, entry, file), warnings };
}

/** A gate likewise: its candidate against its champion. */
export async function gatePlan(gate: Gate, file: string, text: string): Promise<LoadedPlan> {
  const { scenarios, warnings } = await scenariosOf(gate, file);
  const contenders = (await contendersOf([gate.candidate, gate.champion], scenarios, file)).map(
    (one) => one.contender,
  );
  const [candidate, champion] = contenders.map(({ source }) => policyName(source));
  const experiment = {
    ...entryOf(gate, text),
    // Each end of an interval at this level is a bound at alpha.
    level: 1 - 2 * gate.requirements.alpha,
    baseline: champion!,
    comparisons: [{ policy: candidate!, against: champion! }],
  };
  return { plan: boundedPlan(gate, scenarios, contenders, experiment, file), warnings };
}

/** What a results file says of the file that asked for it, but for whom it compares. */
function entryOf(
  { name, metric, stop, overrides }: RunPlan,
  text: string,
): Pick<ExperimentEntry, "name" | "digest" | "metric" | "stop" | "overrides"> {
  const settings = overrides.map((override) => [override.name, Object.fromEntries(override.settings)]);
  return {
    name,
    digest: sha256(text),
    metric,
    ...(stop === undefined ? {} : { stop }),
    ...(overrides.length === 0 ? {} : { overrides: Object.fromEntries(settings) }),
  };
}

/** @throws {InputError} TOO_LARGE where it asks for more runs than anybody waits for */
function boundedPlan(
  { seeds: { first, count }, stop }: RunPlan,
  scenarios: readonly LoadedScenario[],
  contenders: readonly Contender[],
  experiment: ExperimentEntry,
  file: string,
): LoadedPlan["plan"] {
  const most = stop?.atMost ?? count;
  const runs = scenarios.length * contenders.length * most;
  if (runs > MOST_RUNS) {
    throw new InputError("TOO_LARGE", {
      what: `${scenarios.length} scenarios x ${contenders.length} policies x ${most} seeds are ${runs} runs, and at most ${MOST_RUNS} are made`,
      where: file,
      mend: "ask for fewer, or divide the experiment",
    });
  }
  const seeds = benchmarkSeeds(first, most);
  return { scenarios, contenders, seeds, firstLook: count, experiment };
}

/** Every scenario under every override. */
async function scenariosOf({ scenarios, overrides }: RunPlan, file: string) {
  const found: LoadedScenario[] = [];
  const warnings: Complaint[] = [];
  const names = new Map<string, string>();
  for (const sited of scenarios) {
    const path = resolve(dirname(file), sited.text);
    const text = await at(sited, () => scenarioText(path));
    for (const override of overrides.length === 0 ? [NOTHING] : overrides) {
      const place = override.settings.length === 0 ? sited : override;
      const {
        scenario,
        trace,
        warnings: doubts,
      } = await at(place, () => loadScenario(path, overridden(text, override, sited.text)));
      const name = override.settings.length === 0 ? scenario.name : `${scenario.name}.${override.name}`;
      const before = names.get(name);
      if (before !== undefined) {
        throw new InputError("SAME_NAME", {
          what: `this is called "${name}" in results, as is ${before}`,
          where: place.where,
          mend: "give the scenario another name in its file, or the override one here",
        });
      }
      if (name.length > LONGEST_NAME) {
        throw new InputError("BAD_NAME", {
          what: `"${name}" has more than ${LONGEST_NAME} characters`,
          where: place.where,
          mend: "give the override a shorter name",
        });
      }
      names.set(name, place.where);
      warnings.push(...doubts);
      found.push({ scenario: { ...scenario, name }, ...(trace === undefined ? {} : { trace }) });
    }
  }
  return { scenarios: found, warnings };
}

/** Names of scenarios become names of files. */
const LONGEST_NAME = 100;
const NOTHING: Override = { name: "", where: "", settings: [] };

function overridden(text: string, { settings, where }: Override, file: string): string {
  if (settings.length === 0) return text;
  return putInYaml(
    text,
    settings,
    (path, reached, name, known) =>
      new InputError("UNKNOWN_SETTING", {
        what: `${file} has no ${reached}, which ${path} leads through`,
        where,
        mend: suggest("known there", name, known),
      }),
  );
}

interface Named {
  readonly contender: Contender;
  /** As the file has it. */
  readonly text: string;
}

async function contendersOf(
  policies: readonly Sited[],
  scenarios: readonly LoadedScenario[],
  file: string,
): Promise<Named[]> {
  const asked = scenarios.map(({ scenario }) => scenario);
  const named: Named[] = [];
  const names = new Set<string>();
  for (const sited of policies) {
    const { text, where } = sited;
    const contender = await at(sited, () =>
      policyArgument(isPolicyPath(text) ? resolve(dirname(file), text) : text, asked),
    );
    const name = policyName(contender.source);
    if (names.has(name)) {
      throw new InputError("SAME_NAME", {
        what: `a second policy is called "${name}"`,
        where,
        mend: "list it once",
      });
    }
    names.add(name);
    named.push({ contender, text });
  }
  return named;
}

function applicable(scenarios: readonly LoadedScenario[]): Contender[] {
  const kinds = scenarios.flatMap(({ scenario }) => scenario.decide);
  return heuristicsFor(kinds).map(({ name }) => ({ source: { kind: "heuristic", spec: name } }));
}

/** The name in results of a policy that the file names as it lists it, or by that name. */
function nameFinder(named: readonly Named[]): (sited: Sited) => string {
  const names = new Map<string, string>();
  for (const { contender, text } of named) {
    const name = policyName(contender.source);
    names.set(name, name).set(text, name);
  }
  return ({ text, where }) => {
    const name = names.get(text);
    if (name !== undefined) return name;
    throw new InputError("UNKNOWN_POLICY", {
      what: `no policy of this experiment is called "${text}"`,
      where,
      mend: suggest(
        "policies here",
        text,
        [...names.keys()].filter((known) => known !== ""),
      ),
    });
  };
}

/** What a file that is named complains of, with the place that names it. */
async function at<T>({ where }: Pick<Sited, "where">, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code === "UNKNOWN_SETTING") throw error;
    const { code, what, where: inside, mend } = error;
    throw new InputError(
      code,
      {
        what: inside === undefined ? what : `${inside}: ${what}`,
        where,
        ...(mend === undefined ? {} : { mend }),
      },
      { cause: error },
    );
  }
}
