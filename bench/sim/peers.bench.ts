import { Simulation } from "../../src/sim/simulation.js";
import { fastest, onCpu, type Run } from "../support/contest.js";
import { atLeast, atMost, type Figure, type Goal, type Size, size } from "../support/figure.js";
import { findPeers } from "../support/peers.js";
import { horizonFor, QUEUE_MODELS, type QueueModel, queueScenario, theory } from "../support/queue-model.js";

const SEED = 42;
const SWITCHYARD = "Switchyard";

/**
 * How far a mean sojourn may lie from the closed form, in standard errors: one run in 15,000 lies farther away, and the
 * seeds are fixed.
 */
const STRAY = 4;

/** What is wanted of the ratio to each peer, by the first word of its name. */
const GOALS: Readonly<Record<string, (peer: string, peers: number, ours: number) => Goal>> = {
  C: (peer, theirs, ours) => atMost(6, `${peer} / ${SWITCHYARD}`, theirs / ours),
  SimPy: (peer, theirs, ours) => atLeast(20, `${SWITCHYARD} / ${peer}`, ours / theirs),
  Ciw: (peer, theirs, ours) => atLeast(40, `${SWITCHYARD} / ${peer}`, ours / theirs),
};

/**
 * Three queueing models through the general engine, beside the same models in other simulators: events per second of
 * processor time. An event is a job's arrival or its departure from a station, on both sides. Everyone's mean sojourn is
 * held to the closed form, so everyone has simulated the same. Run in the project's root.
 */
export function peersBench(which: Size): Figure[] {
  const events = size(which, { smoke: 20_000, real: 1_000_000 });
  // Rates are those of long runs: who needs no second for a million events is given ten.
  const many = size(which, { smoke: 20_000, real: 10_000_000 });
  const rounds = size(which, { smoke: 1, real: 5 });
  const { peers, absent, remove } = findPeers();
  for (const { name, absent: why } of absent) console.log(`${name} is absent: ${why}`);
  try {
    return QUEUE_MODELS.flatMap((model) => {
      const horizonOf = (name: string) =>
        horizonFor(model, name === SWITCHYARD || name === "C" ? many : events);
      const contenders: Record<string, () => Run> = {
        [SWITCHYARD]: () => simulated(model, horizonOf(SWITCHYARD)),
      };
      for (const peer of peers) {
        contenders[peer.name] = () => {
          const { events, cpuSeconds, sojourn } = peer.run(model, horizonOf(peer.name), SEED);
          return { count: events, seconds: cpuSeconds, checksum: sojourn };
        };
      }
      const runs = fastest(rounds, contenders);
      for (const [name, run] of Object.entries(runs)) holdToTheory(name, model, horizonOf(name), run);
      const rate = ({ count, seconds }: Run) => count / seconds;
      const ours = rate(runs[SWITCHYARD]!);
      return Object.entries(runs).map(([name, run]): Figure => {
        const goal = GOALS[name.split(" ")[0]!]?.(name, rate(run), ours);
        return {
          name: `${model.name}, ${name}`,
          unit: "events/CPU s",
          value: rate(run),
          checksum: run.checksum,
          ...(goal === undefined ? {} : { goals: [goal] }),
        };
      });
    });
  } finally {
    remove();
  }
}

function simulated(model: QueueModel, horizon: number): Run {
  const scenario = queueScenario(model, horizon);
  return onCpu(() => {
    const sim = new Simulation(scenario, { seed: SEED });
    sim.advance();
    const { events, flowTime } = sim.outcome();
    return { count: events, checksum: flowTime.mean };
  });
}

/** @throws where what was simulated was not the model */
function holdToTheory(name: string, model: QueueModel, horizon: number, run: Run): void {
  const { sojourn, relativeError } = theory(model, horizon);
  const expected = horizon * model.rate * (model.stations + 1);
  const off = run.checksum / sojourn - 1;
  if (Math.abs(off) > STRAY * relativeError || Math.abs(run.count / expected - 1) > 0.05) {
    throw new Error(
      `${name} on ${model.name}: mean sojourn ${run.checksum} s where ${sojourn} s is true (standard error ` +
        `${sojourn * relativeError} s), ${run.count} events where ${expected} are expected`,
    );
  }
}
