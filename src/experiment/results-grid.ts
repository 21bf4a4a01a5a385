import { type Complaint, InputError, InputErrors, suggest } from "../kit/errors.js";
import { cellFigure } from "./cell-figure.js";
import type { BenchmarkCell, BenchmarkResults } from "./results.js";

/** The cells of one policy in one scenario, in the order of the scenario's seeds. */
export type Column = readonly BenchmarkCell[];

export interface Grid {
  column(scenario: string, policy: string): Column;
}

/**
 * The cells by scenario and policy. Holds that the benchmark is whole: a mean over the seeds that happened to finish
 * would compare policies on different weather.
 * @throws {InputErrors} INCOMPLETE_RESULTS naming the cells that are missing, double, unknown or not finite
 */
export function grid(results: BenchmarkResults): Grid {
  if (results.format !== "switchyard.benchmark/1") {
    throw new InputError("UNKNOWN_FORMAT", {
      what: `these results have the format ${JSON.stringify(results.format)}`,
      where: "format",
      mend: "expected switchyard.benchmark/1",
    });
  }
  const metric = results.experiment?.metric ?? "objective";
  const scenarios = results.scenarios.map((scenario) => scenario.name);
  const policies = results.policies.map((policy) => policy.name);
  const places = new Map(results.seeds.map((seed, i) => [seed, i]));
  const complaints: Complaint[] = [
    ...doubles("scenarios", scenarios),
    ...doubles("policies", policies),
    ...doubles("seeds", results.seeds),
  ];
  if (scenarios.length * policies.length * places.size === 0) {
    complaints.push({ what: "a benchmark needs at least one scenario, one policy and one seed" });
  }

  const columns = new Map<string, (BenchmarkCell | undefined)[]>();
  results.scenarios.forEach(({ name, seeds = places.size }, i) => {
    if (!(Number.isInteger(seeds) && seeds > 0 && seeds <= places.size)) {
      complaints.push({
        what: `${name} ran ${seeds} of ${places.size} seeds`,
        where: `scenarios[${i}].seeds`,
      });
    } else {
      for (const policy of policies) columns.set(key(name, policy), new Array(seeds).fill(undefined));
    }
  });
  results.cells.forEach((cell, i) => {
    const where = `cells[${i}]`;
    const column = columns.get(key(cell.scenario, cell.policy));
    const place = places.get(cell.seed);
    if (column === undefined || place === undefined || place >= column.length) {
      const mend = !scenarios.includes(cell.scenario)
        ? suggest("scenarios here", cell.scenario, scenarios)
        : suggest("policies here", cell.policy, policies);
      complaints.push({ what: `no such run was announced: ${named(cell)}`, where, mend });
    } else if (column[place] !== undefined) {
      complaints.push({ what: `a second result for ${named(cell)}`, where });
    } else {
      column[place] = cell;
      const figure = cellFigure(cell, metric);
      if (!Number.isFinite(figure)) {
        complaints.push({ what: `the ${metric} is ${figure}`, where: `${where}, ${named(cell)}` });
      }
    }
  });
  for (const scenario of scenarios) {
    for (const policy of policies) {
      const column = columns.get(key(scenario, policy)) ?? [];
      const missing = results.seeds.filter((_, i) => i < column.length && column[i] === undefined);
      if (missing.length > 0) {
        const shown = missing.length > 5 ? `${missing.slice(0, 5).join(", ")}, …` : missing.join(", ");
        complaints.push({ what: `${scenario}, ${policy}: no result for seeds ${shown}` });
      }
    }
  }
  if (complaints.length > 0) throw new InputErrors("INCOMPLETE_RESULTS", complaints.slice(0, 20));
  return { column: (scenario, policy) => columns.get(key(scenario, policy)) as Column };
}

const key = (scenario: string, policy: string): string => JSON.stringify([scenario, policy]);
const named = (cell: BenchmarkCell): string => `${cell.scenario}, ${cell.policy}, seed ${cell.seed}`;

function doubles(where: string, names: readonly (string | number)[]): Complaint[] {
  const seen = new Set<string | number>();
  return names.flatMap((name) => {
    const double = seen.has(name);
    seen.add(name);
    return double ? [{ what: `${name} is listed twice`, where }] : [];
  });
}
