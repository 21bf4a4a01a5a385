import type { Engine } from "../../src/engine/engine.js";
import { GONE } from "../../src/engine/flow-table.js";
import { BLOCKED, DONE, READY, RUNNING, WAITING } from "../../src/engine/task-table.js";

/**
 * The engine's books against themselves: every figure that it keeps up to date is computed anew from the tasks in
 * flight. Throws at the first that differs. To be called between inputs.
 */
export function auditEngine(engine: Engine): void {
  const { flows, tasks, attempts, pools, queues, meter } = engine;
  const running = new Array<number>(pools.count).fill(0);
  const waiting = new Array<number>(pools.count).fill(0);
  const queued = new Array<number>(pools.count).fill(0);
  const runningWork = new Array<number>(pools.count).fill(0);
  const seen = new Set<number>();
  let alive = 0;
  let pending = 0;
  for (let flow = 0; flow < flows.extent; flow++) {
    if (flows.state[flow] === GONE) continue;
    alive++;
    const { count } = flows.graph[flow]!;
    let done = 0;
    for (let task = flows.first[flow]!; task < flows.first[flow]! + count; task++) {
      same(tasks.flow[task]!, flow, `the workflow of task ${task}`);
      const state = tasks.state[task]!;
      const pool = tasks.pool[task]!;
      if (state === DONE) done++;
      if (state === READY || state === WAITING) pending++;
      if (state === WAITING) {
        waiting[pool]!++;
        queued[pool]! += tasks.size[task]!;
      }
      if (state === RUNNING) {
        running[pool]!++;
        runningWork[pool]! += tasks.size[task]!;
        same(attempts.task[tasks.attempt[task]!]!, task, `the task of the attempt of task ${task}`);
        if (seen.has(tasks.attempt[task]!)) throw new Error(`two tasks share attempt ${tasks.attempt[task]}`);
        seen.add(tasks.attempt[task]!);
      }
      if (state === BLOCKED && tasks.missing[task]! <= 0)
        throw new Error(`task ${task} is blocked by nothing`);
    }
    same(flows.left[flow]!, count - done, `tasks left of workflow ${flow}`);
  }
  same(meter.workflows, alive, "workflows in the system");
  same(meter.waiting, pending, "tasks ready or waiting");
  for (let pool = 0; pool < pools.count; pool++) {
    const of = `of pool ${pools.names[pool]}`;
    same(pools.running[pool]!, running[pool]!, `running tasks ${of}`);
    if (pools.tracked[pool] === 1) same(pools.runners[pool]!.length, running[pool]!, `runners ${of}`);
    const present = running[pool]! + waiting[pool]!;
    if (present > queues.capacity[pool]!) throw new Error(`${present} tasks are beyond the capacity ${of}`);
    same(queues.waiting[pool]!, waiting[pool]!, `waiting tasks ${of}`);
    if (running[pool]! > pools.slots[pool]!) throw new Error(`more tasks run than servers ${of}`);
    near(queues.queuedWork[pool]!, queued[pool]!, `work queued ${of}`);
    near(pools.runningWork[pool]!, runningWork[pool]!, `work running ${of}`);
    auditQueue(engine, pool, waiting[pool]!);
    auditUrgency(engine, pool);
    // Nobody waits beside a free server, unless the policy is being asked who is next.
    if (waiting[pool]! > 0 && running[pool]! < pools.slots[pool]! && queues.asked[pool] === 0) {
      throw new Error(`a server idles while tasks wait ${of}`);
    }
  }
}

/** In a preemptive pool nobody who waits is more urgent than anybody who runs. */
function auditUrgency({ pools, queues, tasks, attempts, meter }: Engine, pool: number): void {
  const queue = queues.sorted[pool]!;
  if (pools.preemptive[pool] === 0 || queue === null || queue.size === 0) return;
  for (const task of pools.runners[pool]!) {
    const started = attempts.startedAt[tasks.attempt[task]!]!;
    const done = pools.discipline[pool] === "srpt" ? pools.speed[pool]! * (meter.now - started) : 0;
    const left = tasks.rank[task]! - done;
    if (left > tasks.rank[queue.first]! + 1e-9) {
      throw new Error(`task ${queue.first} waits for less urgent ${task} of pool ${pools.names[pool]}`);
    }
  }
}

function auditQueue({ pools, queues, tasks }: Engine, pool: number, waiting: number): void {
  const of = `of pool ${pools.names[pool]}`;
  const sorted = queues.sorted[pool]!;
  if (sorted !== null) {
    same(sorted.size, waiting, `size of the sorted queue ${of}`);
    for (let place = 0; place < sorted.size; place++) {
      const task = sorted.at(place);
      same(tasks.pool[task]!, pool, `the pool of task ${task}`);
      same(tasks.place[task]!, place, `the place of task ${task}`);
      const next = sorted.first;
      const sooner = tasks.rank[task]! < tasks.rank[next]!;
      const equal = tasks.rank[task] === tasks.rank[next] && tasks.order[task]! < tasks.order[next]!;
      if (sooner || equal) throw new Error(`task ${next} is served before task ${task} ${of}`);
    }
    return;
  }
  let length = 0;
  let before = -1;
  for (let task = queues.head[pool]!; task >= 0; before = task, task = tasks.next[task]!) {
    same(tasks.previous[task]!, before, `the neighbour before task ${task}`);
    same(tasks.pool[task]!, pool, `the pool of task ${task}`);
    if (++length > waiting) throw new Error(`the queue is too long ${of}`);
  }
  same(length, waiting, `length of the queue ${of}`);
  same(queues.tail[pool]!, before, `tail of the queue ${of}`);
}

function same(kept: number, counted: number, what: string): void {
  if (kept !== counted) throw new Error(`${what}: ${kept} kept, ${counted} counted`);
}

function near(kept: number, counted: number, what: string): void {
  if (!(Math.abs(kept - counted) <= 1e-9 * (1 + Math.abs(counted)))) {
    throw new Error(`${what}: ${kept} kept, ${counted} counted`);
  }
}
