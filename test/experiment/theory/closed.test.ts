import { describe, expect, test } from "vitest";
import { readCases } from "../../../src/experiment/theory/case-file.js";
import { verify } from "../../../src/experiment/theory/verify.js";

interface Network {
  readonly visits: readonly number[];
  readonly mean_service: readonly number[];
  readonly servers: readonly (number | "inf")[];
  readonly population: number;
}

/**
 * Exact mean value analysis with the law of the number at each station (Reiser and Lavenberg 1980): figures of each station, and
 * visits to station 1 a second.
 */
function meanValues({ visits, mean_service: means, servers, population }: Network): Record<string, number> {
  const relative = visits.map((visit) => visit / visits[0]!);
  // Of each station, the probability of each number there, with one job less in the network.
  let laws = relative.map(() => [1]);
  let throughput = 0;
  let sojourns: number[] = [];
  const speed = (station: number, jobs: number) =>
    (servers[station] === "inf" ? jobs : Math.min(jobs, Number(servers[station]))) / means[station]!;
  for (let users = 1; users <= population; users++) {
    sojourns = relative.map((_, i) => {
      let time = 0;
      for (let j = 1; j <= users; j++) time += (j / speed(i, j)) * laws[i]![j - 1]!;
      return time;
    });
    throughput = users / relative.reduce((time, visit, i) => time + visit * sojourns[i]!, 0);
    laws = relative.map((visit, i) => {
      const law = [0];
      for (let j = 1; j <= users; j++) law.push(((throughput * visit) / speed(i, j)) * laws[i]![j - 1]!);
      law[0] = 1 - law.reduce((sum, share) => sum + share, 0);
      return [...law, 0];
    });
  }
  const figures: Record<string, number> = { throughput, mean_cycle_time: population / throughput };
  for (const [i, visit] of relative.entries()) {
    const name = `station${i + 1}`;
    figures[`${name}_throughput`] = throughput * visit;
    figures[`${name}_mean_sojourn_per_visit`] = sojourns[i]!;
    figures[`${name}_mean_number`] = throughput * visit * sojourns[i]!;
    if (servers[i] === "inf") continue;
    figures[`${name}_utilisation`] = (throughput * visit * means[i]!) / Number(servers[i]);
    if (laws[i]![0]! > 0.02) figures[`${name}_p_idle`] = laws[i]![0]!;
  }
  return figures;
}

describe("closed networks, against mean value analysis", () => {
  test.each<[string, Network]>([
    [
      "visits that add up to more than one",
      { visits: [1, 2, 0.7], mean_service: [0.3, 0.2, 0.5], servers: [1, 1, 1], population: 6 },
    ],
    [
      "users who think, and a disk visited often",
      { visits: [1, 2, 1.5], mean_service: [6, 0.25, 0.1], servers: ["inf", 1, 2], population: 10 },
    ],
    [
      "visits that are relative to others than the first",
      { visits: [2, 1, 5], mean_service: [0.2, 0.5, 0.1], servers: [1, 2, 1], population: 4 },
    ],
    ["a cycle of two", { visits: [1, 1], mean_service: [1, 0.8], servers: [1, 1], population: 3 }],
    ["a single station", { visits: [1], mean_service: [1], servers: [2], population: 3 }],
    [
      "a station that nobody visits",
      { visits: [1, 0, 0.5], mean_service: [1, 1, 1], servers: [1, 1, 1], population: 3 },
    ],
    [
      "one job, four stations",
      { visits: [1, 0.25, 0.25, 0.25], mean_service: [1, 2, 3, 0.5], servers: [1, 1, 1, 1], population: 1 },
    ],
  ])(
    "%s",
    async (id, network) => {
      const all = meanValues(network);
      // What is never visited has no time of a visit; what there is always, no error to speak of.
      const expected = Object.fromEntries(
        Object.entries(all).filter(([name]) => !name.startsWith("station2") || network.visits[1] !== 0),
      );
      const file = { simulator: [{ id, family: "closed", parameters: network, expected }] };
      const cases = readCases(new TextEncoder().encode(JSON.stringify(file)), "cases.json");
      const [verdict] = await verify(cases, { threads: 1, precision: 0.03, mostJobs: 400_000 });
      expect(verdict!.notRun).toBeUndefined();
      expect(verdict!.notMeasured).toEqual([]);
      expect(verdict!.figures.filter(({ verdict: v }) => v !== "met")).toEqual([]);
    },
    60_000,
  );

  test("visits that are none are refused", async () => {
    const file = {
      simulator: [
        {
          id: "none",
          family: "closed",
          parameters: { visits: [0, 1], mean_service: [1, 1], population: 2 },
          expected: { throughput: 1 },
        },
      ],
    };
    const cases = readCases(new TextEncoder().encode(JSON.stringify(file)), "cases.json");
    const [verdict] = await verify(cases, { threads: 1, precision: 0.02, mostJobs: 1000 });
    expect(verdict!.notRun).toMatch(/the first is visited/);
  });
});
