import { describe, expect, test } from "vitest";
import type { Network } from "../../../src/experiment/theory/qgym/network.js";
import { readNetworks } from "../../../src/experiment/theory/qgym/network-file.js";
import { PUBLISHED_NETWORKS } from "../../../src/experiment/theory/qgym/published.js";
import { ruleFor, runNetwork } from "../../../src/experiment/theory/qgym/run-network.js";
import { verifyNetworks } from "../../../src/experiment/theory/qgym/verify-networks.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";
import { sharedJson } from "../../support/shared.js";

const network = (name: string): Network => PUBLISHED_NETWORKS.find((one) => one.name === name)!;

/**
 * The same network as a Markov chain, jump by jump: with exponential work it does not matter what was done before. Where
 * each queue is one server's own; the index is of a queue and its length.
 */
function chain(
  { queues, events }: Network,
  index: (q: number, x: readonly number[]) => number,
  seed: number,
): number {
  const stream = new SequentialStream(`chain/${seed}`);
  const x = queues.map(() => 0);
  const owner = queues.map(({ rates }) => rates.findIndex((rate) => rate > 0));
  let [time, cost] = [0, 0];
  for (let event = 0; event < events; event++) {
    const rates = queues.map(({ arrivals }) => arrivals);
    const serving = queues.map(() => 0);
    for (const server of new Set(owner)) {
      let best = -1;
      for (let q = 0; q < queues.length; q++) {
        if (owner[q] !== server || x[q] === 0) continue;
        if (best < 0 || index(q, x) > index(best, x)) best = q;
      }
      if (best >= 0) serving[best] = queues[best]!.rates[server]!;
    }
    const total = [...rates, ...serving].reduce((sum, rate) => sum + rate, 0);
    const span = -Math.log(stream.next()) / total;
    time += span;
    cost += span * queues.reduce((sum, queue, q) => sum + queue.cost * x[q]!, 0);
    let left = stream.next() * total;
    const what = [...rates, ...serving].findIndex((rate) => {
      left -= rate;
      return left < 0;
    });
    const q = what % queues.length;
    if (what < queues.length) x[q]!++;
    else {
      x[q]!--;
      const { next } = queues[q]!;
      if (next !== null) x[next]!++;
    }
  }
  return cost / time;
}

const summary = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
};

describe("published networks", () => {
  // Each within four standard errors of the difference: one false alarm in 16,000 on fresh seeds.
  test.each<[string, string, (net: Network) => (q: number, x: readonly number[]) => number]>([
    ["criss_cross_bh", "cmu", (net) => (q) => Math.max(...net.queues[q]!.rates)],
    ["criss_cross_bh", "maxweight", (net) => (q, x) => Math.max(...net.queues[q]!.rates) * x[q]!],
    ["reentrant_2", "maxweight", (net) => (q, x) => Math.max(...net.queues[q]!.rates) * x[q]!],
  ])("%s under %s costs what a Markov chain of its own does, over as many events", (name, rule, index) => {
    const short = { ...network(name), events: 600 };
    const seeds = Array.from({ length: 150 }, (_, k) => k + 1);
    const ours = summary(seeds.map((seed) => runNetwork(short, ruleFor(short, rule)!, seed)));
    const theirs = summary(seeds.map((seed) => chain(short, index(short), seed)));
    expect(Math.abs(ours.mean - theirs.mean)).toBeLessThan(4 * Math.hypot(ours.error, theirs.error));
  });

  test("a verdict tells a cost that is met from one that is missed, and from a network that cannot be run", async () => {
    const short = { ...network("criss_cross_bh"), events: 600 };
    const cmu = summary(
      Array.from({ length: 20 }, (_, k) => runNetwork(short, ruleFor(short, "cmu")!, k + 1)),
    );
    const published = (value: number) => ({ cmu: { value, unit: 0.1 } });
    const verdicts = await verifyNetworks(
      [
        { ...short, published: published(cmu.mean) },
        { ...short, published: published(cmu.mean * 10) },
        network("input_switch"),
      ],
      { replications: 20, threads: 1 },
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["met", "missed", "not run", "not run"]);
    expect(verdicts[0]!.mean).toBe(cmu.mean);
  });

  test("the table says what the reference file does", (context) => {
    const file = sharedJson<{ instances: { id: string }[] }>("reference/qgym.json");
    if (file === null) return context.skip();
    const read = readNetworks(new TextEncoder().encode(JSON.stringify(file)), "qgym.json");
    for (const theirs of read) {
      const ours = network(theirs.name);
      expect(ours.events, theirs.name).toBe(theirs.events);
      expect(ours.servers).toEqual(theirs.servers);
      for (const [q, queue] of theirs.queues.entries()) {
        const { rates, arrivals, ...rest } = ours.queues[q]!;
        expect({ cost: queue.cost, next: queue.next }).toEqual(rest);
        expect(arrivals).toBeCloseTo(queue.arrivals, 6);
        rates.forEach((rate, s) => {
          expect(rate).toBeCloseTo(queue.rates[s]!, 6);
        });
      }
      for (const [rule, { value }] of Object.entries(ours.published))
        expect(theirs.published[rule]!.value).toBe(value);
    }
  });
});
