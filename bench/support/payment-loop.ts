/**
 * The skeleton of scenarios/payment-routing.yaml under JSQ, written by hand: what a simulation of just this system, for
 * just this policy, has to do. No engine, no decision views, no metrics but the flow time, no draws by key. Its figures
 * agree with the simulator's within their noise (the tests say so), but for one thing that is rare: where a payment fails
 * while a task of it runs, that task runs on to its end.
 */
export interface PaymentFigures {
  readonly events: number;
  /** Attempts begun. */
  readonly attempts: number;
  /** Mean seconds of the payments that succeeded. */
  readonly flowTime: number;
  readonly failed: number;
}

const SERVERS = Int32Array.of(3, 5, 6);
const SPEED = Float64Array.of(3, 1.2, 0.7);
const FAILURE = Float64Array.of(0.22, 0.06, 0);
const RATE = 2.6;
const ATTEMPTS = 3;
/** Of authorize, screen, capture, receipt. */
const BACKOFF = Float64Array.of(0.5, 0.5, 1, 0.5);
const TASKS = 4;
const CAPTURE = 2;
const RECEIPT = 3;

/** Kinds of event, in the low bits of what the heap holds; above them the task. */
const ARRIVAL = 0;
const END = 1;
const RETRY = 2;

const RING = 1 << 16;

export function paymentLoop(horizon: number, random: () => number): PaymentFigures {
  let slots = 256;
  let submittedAt = new Float64Array(slots);
  let blocked = new Uint8Array(slots); // parents that capture still waits for
  let out = new Uint8Array(slots); // tasks queued, running or backing off
  let failed = new Uint8Array(slots);
  let attempts = new Uint8Array(slots * TASKS);
  let poolOf = new Uint8Array(slots * TASKS);
  const free: number[] = [];
  let used = 0;

  const running = new Int32Array(3);
  const waiting = new Int32Array(3);
  const heads = new Int32Array(3);
  const rings = [new Int32Array(RING), new Int32Array(RING), new Int32Array(RING)];

  let at = new Float64Array(256);
  let what = new Int32Array(256);
  let heaped = 0;

  const push = (time: number, event: number): void => {
    if (heaped === at.length) {
      at = wider(at, new Float64Array(2 * heaped));
      what = wider(what, new Int32Array(2 * heaped));
    }
    let hole = heaped++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (at[parent]! <= time) break;
      at[hole] = at[parent]!;
      what[hole] = what[parent]!;
      hole = parent;
    }
    at[hole] = time;
    what[hole] = event;
  };
  const pop = (): void => {
    const time = at[--heaped]!;
    const event = what[heaped]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heaped) break;
      if (child + 1 < heaped && at[child + 1]! < at[child]!) child++;
      if (at[child]! >= time) break;
      at[hole] = at[child]!;
      what[hole] = what[child]!;
      hole = child;
    }
    at[hole] = time;
    what[hole] = event;
  };

  let [now, events, begun, succeeded, lost, total] = [0, 0, 0, 0, 0, 0];
  const start = (task: number, pool: number): void => {
    running[pool]!++;
    attempts[task]!++;
    begun++;
    push(now + workOf(task % TASKS, random) / SPEED[pool]!, (task << 2) | END);
  };
  const route = (task: number): void => {
    let [best, least, equals] = [0, Number.POSITIVE_INFINITY, 1];
    for (let p = 0; p < 3; p++) {
      const load = (running[p]! + waiting[p]!) / SERVERS[p]!;
      if (load < least) [best, least, equals] = [p, load, 1];
      else if (load === least && random() * ++equals < 1) best = p;
    }
    poolOf[task] = best;
    if (running[best]! < SERVERS[best]!) start(task, best);
    else {
      if (waiting[best] === RING) throw new Error("a queue of the reference loop is full");
      rings[best]![(heads[best]! + waiting[best]!++) & (RING - 1)] = task;
    }
  };
  const drop = (flow: number): void => {
    if (--out[flow]! === 0) free.push(flow);
  };
  const serve = (pool: number): void => {
    while (running[pool]! < SERVERS[pool]! && waiting[pool]! > 0) {
      const task = rings[pool]![heads[pool]!++ & (RING - 1)]!;
      waiting[pool]!--;
      const flow = Math.floor(task / TASKS);
      if (failed[flow]) drop(flow);
      else start(task, pool);
    }
  };
  const submit = (): void => {
    if (free.length === 0 && used === slots) {
      slots *= 2;
      submittedAt = wider(submittedAt, new Float64Array(slots));
      blocked = wider(blocked, new Uint8Array(slots));
      out = wider(out, new Uint8Array(slots));
      failed = wider(failed, new Uint8Array(slots));
      attempts = wider(attempts, new Uint8Array(slots * TASKS));
      poolOf = wider(poolOf, new Uint8Array(slots * TASKS));
    }
    const flow = free.pop() ?? used++;
    submittedAt[flow] = now;
    blocked[flow] = 2;
    out[flow] = 2;
    failed[flow] = 0;
    attempts.fill(0, flow * TASKS, (flow + 1) * TASKS);
    route(flow * TASKS);
    route(flow * TASKS + 1);
  };
  const succeed = (flow: number, node: number): void => {
    if (node < CAPTURE && --blocked[flow]! > 0) {
      out[flow]!--;
      return;
    }
    if (node === RECEIPT) {
      total += now - submittedAt[flow]!;
      succeeded++;
      drop(flow);
    } else route(flow * TASKS + (node < CAPTURE ? CAPTURE : RECEIPT));
  };
  const end = (task: number): void => {
    const pool = poolOf[task]!;
    const flow = Math.floor(task / TASKS);
    const node = task % TASKS;
    running[pool]!--;
    if (failed[flow]) drop(flow);
    else if (random() >= FAILURE[pool]!) succeed(flow, node);
    else if (attempts[task]! < ATTEMPTS) {
      push(now + BACKOFF[node]! * 2 ** (attempts[task]! - 1), (task << 2) | RETRY);
    } else {
      failed[flow] = 1;
      lost++;
      drop(flow);
    }
    serve(pool);
  };

  push(-Math.log(random()) / RATE, ARRIVAL);
  while (at[0]! < horizon) {
    now = at[0]!;
    const event = what[0]!;
    const kind = event & 3;
    const task = event >> 2;
    pop();
    events++;
    if (kind === END) end(task);
    else if (kind === ARRIVAL) {
      submit();
      push(now - Math.log(random()) / RATE, ARRIVAL);
    } else {
      const flow = Math.floor(task / TASKS);
      if (failed[flow]) drop(flow);
      else route(task);
    }
  }
  return { events, attempts: begun, flowTime: total / succeeded, failed: lost };
}

/** Work of a task, seconds at speed 1. */
function workOf(node: number, random: () => number): number {
  switch (node) {
    case 0:
      return lognormal(1.2, 0.9, random);
    case 1:
      return gamma(0.8, 1.1, random);
    case CAPTURE:
      return lognormal(1.6, 1, random);
    default:
      return -0.3 * Math.log(random());
  }
}

function lognormal(mean: number, cv: number, random: () => number): number {
  const variance = Math.log1p(cv * cv);
  return mean * Math.exp(Math.sqrt(variance) * normal(random) - variance / 2);
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** Marsaglia and Tsang 2000, for a shape below 1. */
function gamma(mean: number, cv: number, random: () => number): number {
  const shape = 1 / (cv * cv);
  const d = shape + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return (mean / shape) * d * v * random() ** (1 / shape);
    }
  }
}

function wider<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
