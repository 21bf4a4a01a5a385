import type { Complaint } from "../kit/errors.js";
import { formatDuration } from "../kit/format-number.js";
import { moments } from "../kit/moments.js";
import { criticalPaths, fastestMean } from "./critical-path.js";
import { instability } from "./instability.js";
import { Places } from "./places.js";
import type { Scenario, TaskSpec } from "./scenario.js";

/** What runs, but hardly as meant: more work than the pools can do, deadlines that mean work alone exceeds, idle parts. */
export function scenarioWarnings(scenario: Scenario): Complaint[] {
  const places = new Places(scenario.pools);
  return [
    ...instability(scenario),
    ...hopelessDeadlines(scenario, places),
    ...hopelessTimeouts(scenario, places),
    ...unused(scenario),
  ];
}

function hopelessDeadlines(scenario: Scenario, places: Places): Complaint[] {
  const paths = criticalPaths(scenario, places);
  return scenario.workflows.flatMap(({ name, deadline, timeout }, w) => {
    const path = paths[w]!;
    const limit = timeout === undefined ? Number.POSITIVE_INFINITY : moments(timeout).mean;
    const complaint = (key: string, seconds: number, mend: string): Complaint => ({
      what: `the ${key} of ${formatDuration(seconds)} is shorter than the mean work on the critical path, ${formatDuration(path)}`,
      where: `workflows.${name}.${key}`,
      mend,
    });
    return [
      ...(path > deadline ? [complaint("deadline", deadline, "most instances will miss it")] : []),
      ...(path > limit ? [complaint("timeout", limit, "most instances will be cancelled by it")] : []),
    ];
  });
}

/** Every spec of a scenario with where it stands; those that stand for calls and alternatives do no work. */
function specsOf({ workflows }: Scenario): { readonly spec: TaskSpec; readonly where: string }[] {
  return workflows.flatMap(({ name, tasks }) =>
    tasks.flatMap((task) => {
      const where = `workflows.${name}.tasks.${task.name}`;
      const own =
        task.oneOf !== undefined
          ? task.oneOf.flatMap((one) =>
              one.call === undefined ? [{ spec: one as TaskSpec, where: `${where}.oneOf.${one.name}` }] : [],
            )
          : task.call === undefined
            ? [{ spec: task as TaskSpec, where }]
            : [];
      return task.compensate === undefined
        ? own
        : [...own, { spec: task.compensate, where: `${where}.compensate` }];
    }),
  );
}

function hopelessTimeouts(scenario: Scenario, places: Places): Complaint[] {
  return specsOf(scenario).flatMap(({ spec, where }) => {
    const mean = fastestMean(spec, places);
    return mean <= spec.timeout
      ? []
      : [
          {
            what: `the timeout of ${formatDuration(spec.timeout)} is shorter than a mean attempt where it goes fastest, ${formatDuration(mean)}`,
            where: `${where}.timeout`,
            mend: "attempts will often time out",
          },
        ];
  });
}

/** Parts that nothing comes of. */
function unused(scenario: Scenario): Complaint[] {
  const { workflows, pools, decide } = scenario;
  const called = new Set(
    workflows.flatMap(({ tasks }) =>
      tasks.flatMap(({ call, oneOf }) => [call, ...(oneOf?.map((one) => one.call) ?? [])]),
    ),
  );
  const idle = workflows.flatMap(({ name, arrivals }, w) =>
    arrivals !== undefined || called.has(w)
      ? []
      : [
          {
            what: `workflow ${name} never runs: it has no arrivals and nobody calls it`,
            where: `workflows.${name}`,
            mend: "give it arrivals, or call it",
          },
        ],
  );
  const needs: readonly [(typeof decide)[number], boolean, string][] = [
    ["scale", pools.some(({ scaling }) => scaling !== undefined), "no pool has `scaling`"],
    [
      "branch",
      workflows.some(({ tasks }) => tasks.some(({ oneOf }) => oneOf !== undefined)),
      "no task has `oneOf`",
    ],
    ["hedge", specsOf(scenario).some(({ spec }) => spec.hedge !== undefined), "no task has `hedge`"],
  ];
  const unscaled = decide.includes("scale")
    ? []
    : pools
        .filter(({ scaling }) => scaling !== undefined)
        .slice(0, 1)
        .map(({ name }) => ({
          what: `nobody scales the pool ${name}: it keeps the servers that it begins with`,
          where: "decide",
          mend: "add scale to decide",
        }));
  return [
    ...idle,
    ...unscaled,
    ...needs.flatMap(([kind, has, reason]) =>
      has || !decide.includes(kind)
        ? []
        : [
            {
              what: `nobody is ever asked to ${kind}: ${reason}`,
              where: "decide",
              mend: `drop ${kind}, or give it something to decide`,
            },
          ],
    ),
  ];
}
