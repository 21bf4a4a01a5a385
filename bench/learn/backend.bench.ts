import { pathToFileURL } from "node:url";
import { KeyedStream } from "../../src/kit/random.js";
import {
  adamDefaults,
  type GradientBackend,
  plainBackend,
  simdBackend,
  tensorflowBackend,
} from "../../src/learn/backend/index.js";
import {
  type Batch,
  createRuntime,
  forwardFor,
  initialParameters,
  type NetworkSpec,
  simdPresent,
} from "../../src/policy/runtime/network/index.js";

/** What was measured for one backend. Times are the best of several rounds: the rest is other people's noise. */
export interface BackendFigures {
  readonly name: string;
  /** Microseconds for one decision of 4 candidates by `score`; absent where the backend does not ship. */
  readonly decisionMicroseconds?: number;
  /** Milliseconds for forward, backward and Adam on 256 decisions of 4 candidates. */
  readonly stepMilliseconds: number;
  /** How many times as long as simd (as the first, where there is no simd). */
  readonly decisionRatio?: number;
  readonly stepRatio: number;
  /** A sum over what was computed: the same for a backend and size on every run. */
  readonly checksum: number;
}

const spec: NetworkSpec = {
  kind: "candidate-scorer",
  context: 12,
  candidate: 12,
  hidden: [64, 64],
  activation: "tanh",
};
const CANDIDATES = 4;
const DECISIONS = 256;

/** Speed of the network's backends, on fixed inputs. `smoke` is small enough for the test suite. */
export async function backendBench(size: "smoke" | "real"): Promise<BackendFigures[]> {
  const rounds = size === "smoke" ? 1 : 7;
  const backends: GradientBackend[] = simdPresent() ? [simdBackend, plainBackend] : [plainBackend];
  for (const engine of ["node", "wasm"] as const) {
    const backend = await tensorflowBackend(engine).catch(() => undefined); // Optional: left out where absent.
    if (backend !== undefined) backends.push(backend);
  }
  const figures = backends.map((backend) => {
    const quick = backend.name === "simd";
    const decision = decide(backend.name, rounds, size === "smoke" ? 10 : quick ? 100_000 : 5_000);
    const step = train(backend, rounds, size === "smoke" ? 1 : quick ? 50 : 10);
    return { name: backend.name, decision, step };
  });
  const first = figures[0]!;
  return figures.map(({ name, decision, step }) => ({
    name,
    ...(decision === undefined
      ? {}
      : {
          decisionMicroseconds: decision.seconds * 1e6,
          decisionRatio: decision.seconds / first.decision!.seconds,
        }),
    stepMilliseconds: step.seconds * 1e3,
    stepRatio: step.seconds / first.step.seconds,
    checksum: (decision?.checksum ?? 0) + step.checksum,
  }));
}

interface Timing {
  readonly seconds: number;
  readonly checksum: number;
}

function decide(name: string, rounds: number, calls: number): Timing | undefined {
  if (name !== "simd" && name !== "plain") return undefined;
  const stream = KeyedStream.named(42, "bench/backend/decide");
  const runtime = createRuntime(spec, name);
  runtime.setParameters(initialParameters(spec, stream));
  const { contexts, candidates, mask } = batchOf(1, stream);
  const logits = new Float32Array(CANDIDATES);
  return best(rounds, calls, (call) => {
    contexts[0] = (call % 7) / 7;
    runtime.score(contexts, candidates, mask, CANDIDATES, logits);
    return logits[0]!;
  });
}

function train(backend: GradientBackend, rounds: number, calls: number): Timing {
  const stream = KeyedStream.named(42, "bench/backend/train");
  const network = backend.create(spec, initialParameters(spec, stream), adamDefaults);
  const batch = batchOf(DECISIONS, stream);
  const out = forwardFor(batch);
  const dLogits = out.logits.map(() => stream.next() - 0.5);
  const dValues = out.values.map(() => stream.next() - 0.5);
  const timing = best(rounds, calls, () => {
    network.forward(batch, out);
    network.backward(dLogits, dValues);
    return network.adamStep(1e-4, 0.5);
  });
  network.dispose();
  return timing;
}

function batchOf(size: number, stream: KeyedStream): Batch {
  const uniforms = (length: number) => Float32Array.from({ length }, () => 2 * stream.next() - 1);
  return {
    size,
    contexts: uniforms(size * spec.context),
    candidates: uniforms(size * CANDIDATES * spec.candidate),
    offsets: Int32Array.from({ length: size + 1 }, (_, b) => b * CANDIDATES),
    mask: new Uint8Array(size * CANDIDATES).fill(1),
  };
}

/** Seconds per call in the best round, and the sum of what all calls returned. */
function best(rounds: number, calls: number, work: (call: number) => number): Timing {
  let seconds = Number.POSITIVE_INFINITY;
  let checksum = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) checksum += work(call);
    seconds = Math.min(seconds, (performance.now() - start) / 1e3 / calls);
  }
  return { seconds, checksum };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`one decision of ${CANDIDATES}; one training step on ${DECISIONS} decisions of ${CANDIDATES}`);
  for (const row of await backendBench("real")) {
    const { decisionMicroseconds: us, decisionRatio, stepMilliseconds, stepRatio, checksum } = row;
    const decision = us === undefined ? "-" : `${us.toFixed(2)} us (x${decisionRatio!.toFixed(1)})`;
    const step = `${stepMilliseconds.toFixed(2)} ms (x${stepRatio.toFixed(1)})`;
    console.log(`${row.name.padEnd(16)} ${decision.padEnd(20)} ${step.padEnd(18)} checksum ${checksum}`);
  }
}
