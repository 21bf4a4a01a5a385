import type { Engine } from "../../src/engine/engine.js";
import { AT_THE_DOOR, COMPENSATING, GONE, LIVE } from "../../src/engine/flow-table.js";
import { fittingMachine } from "../../src/engine/machines.js";
import {
  ASKING,
  BLOCKED,
  DELEGATED,
  DONE,
  EXPANDED,
  READY,
  RUNNING,
  WAITING,
} from "../../src/engine/task-table.js";
import { UNLIMITED } from "../../src/model/scenario.js";

/** The states that the meter integrates, counted anew. */
export interface Census {
  readonly workflows: number;
  readonly waiting: number;
  readonly spending: number;
  readonly watts: number;
  /** By pool. */
  readonly busy: readonly number[];
  readonly running: readonly number[];
  /** By queue: pools, then central queues. */
  readonly queued: readonly number[];
}

/**
 * The engine's books against themselves: every figure that it keeps up to date is computed anew from the workflows in
 * flight. Throws at the first that differs, at anything that leaks, and where a server idles that could serve. To be called
 * between inputs, when all decisions have been made.
 * @returns what it has counted
 */
export function auditEngine(engine: Engine): Census {
  const { flows, tasks, attempts, pools, queues, meter, state } = engine;
  const perPool = () => new Array<number>(pools.count).fill(0);
  const perQueue = () => new Array<number>(queues.count).fill(0);
  const running = perPool();
  const runningWork = perPool();
  const startedSum = perPool();
  const waiting = perQueue();
  const queuedWork = perQueue();
  const present = new Map<number, number>();
  /** Tasks that wait in each queue, and run in each pool. */
  const standing = Array.from({ length: queues.count }, () => new Set<number>());
  const runners = Array.from({ length: pools.count }, () => new Set<number>());
  const held = new Map<number, number>();
  let own = 0;
  let pending = 0;
  let copies = 0;

  const auditTask = (task: number, graph: Engine["flows"]["graph"][number]): void => {
    const taskState = tasks.state[task]!;
    const attempt = tasks.attempt[task]!;
    const type = graph.type[tasks.spec[task]!]!;
    if (taskState === READY || taskState === ASKING) throw new Error(`task ${task} is undecided`);
    if (taskState === WAITING) {
      pending++;
      const queue = tasks.queue[task]!;
      waiting[queue]!++;
      queuedWork[queue]! += tasks.size[task]!;
      standing[queue]!.add(task);
    }
    if (taskState === RUNNING) {
      const pool = attempts.pool[attempt]!;
      same(pools.queue[pool]!, tasks.queue[task]!, `the queue of task ${task}`);
      if (!graph.pools[tasks.spec[task]!]!.includes(pool))
        throw new Error(`task ${task} runs where it may not`);
      running[pool]!++;
      runningWork[pool]! += tasks.size[task]!;
      startedSum[pool]! += attempts.startedAt[attempt]!;
      runners[pool]!.add(task);
    }
    if (taskState === WAITING || taskState === RUNNING) present.set(type, (present.get(type) ?? 0) + 1);
    if (attempt >= 0) {
      if (taskState !== RUNNING && taskState !== WAITING)
        throw new Error(`task ${task} in state ${taskState} has an attempt`);
      same(attempts.task[attempt]!, task, `the task of the attempt of task ${task}`);
      if (held.has(attempt)) throw new Error(`two tasks share attempt ${attempt}`);
      held.set(attempt, task);
    } else if (taskState === RUNNING) throw new Error(`task ${task} runs without an attempt`);
    if (tasks.size[task]! < 0) throw new Error(`task ${task} has ${tasks.size[task]} s left`);
  };

  const slotsOf = (count: number) => 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  let slots = 0;
  let alive = 0;
  for (let flow = 0; flow < flows.extent; flow++) {
    const flowState = flows.state[flow]!;
    if (flowState === GONE) continue;
    alive++;
    if (flows.parent[flow]! < 0) own++;
    if (flowState === AT_THE_DOOR) throw new Error(`workflow ${flow} is still at the door`);
    const graph = flows.graph[flow]!;
    slots += slotsOf(graph.count);
    const first = flows.first[flow]!;
    let done = 0;
    let moving = 0;
    for (let node = 0; node < graph.count; node++) {
      const task = first + node;
      const taskState = tasks.state[task]!;
      same(tasks.flow[task]!, flow, `the workflow of task ${task}`);
      same(tasks.node[task]!, node, `the node of task ${task}`);
      same(tasks.copy[task]!, 0, `whether task ${task} is a copy`);
      auditTask(task, graph);
      if (taskState === DONE) done++;
      else if (taskState !== BLOCKED) moving++;
      const copy = tasks.twin[task]!;
      if (copy >= 0) {
        copies++;
        slots++;
        same(tasks.twin[copy]!, task, `the other copy of ${copy}`);
        same(tasks.copy[copy]!, 1, `whether ${copy} is a copy`);
        same(tasks.flow[copy]!, flow, `the workflow of copy ${copy}`);
        same(tasks.spec[copy]!, tasks.spec[task]!, `the spec of copy ${copy}`);
        auditTask(copy, graph);
        if (![WAITING, RUNNING].includes(tasks.state[copy]!))
          throw new Error(`copy ${copy} is in state ${tasks.state[copy]}`);
        if (![WAITING, RUNNING, DELEGATED].includes(taskState))
          throw new Error(`task ${task} in state ${taskState} has a copy`);
      } else if (taskState === DELEGATED) throw new Error(`task ${task} waits for a copy that it has not`);
      const children = childrenOf(engine, task);
      if (taskState === EXPANDED) {
        const body = graph.bodies![node]!;
        const all = body.count === undefined || body.variants !== undefined;
        same(children, all ? 1 : tasks.childrenLeft[task]!, `workflows in the body of task ${task}`);
      } else same(children, 0, `workflows in the body of task ${task} in state ${taskState}`);
      if (flowState !== LIVE) continue;
      let undecided = 0;
      for (let e = graph.firstParent[node]!; e < graph.firstParent[node + 1]!; e++) {
        if (tasks.state[first + graph.parent[e]!] !== DONE) undecided++;
      }
      if (!graph.plain) same(tasks.undecided[task]!, undecided, `edges not yet known of task ${task}`);
      if (taskState === BLOCKED && tasks.attempts[task] === 0) {
        if (!(tasks.missing[task]! > 0)) throw new Error(`task ${task} is blocked by nothing`);
        if (tasks.missing[task]! > undecided) throw new Error(`task ${task} is blocked for ever`);
      }
    }
    if (flowState === LIVE) {
      same(flows.left[flow]!, graph.count - done, `tasks left of workflow ${flow}`);
      if (moving === 0) throw new Error(`workflow ${flow} has nothing to wait for`);
    } else if (flowState === COMPENSATING) same(moving, 1, `compensations at once of workflow ${flow}`);
  }

  // What is neither free nor held has leaked.
  const free = (table: object) => (table as { free: readonly number[] }).free;
  const used = (table: object) => (table as { used: number }).used;
  same(used(flows) - free(flows).length, alive, "slots of workflows");
  const freeTasks = (tasks as unknown as { free: readonly (readonly number[])[] }).free;
  const freeSlots = freeTasks.reduce((sum, blocks, k) => sum + blocks.length * 2 ** k, 0);
  same(used(tasks) - freeSlots, slots, "slots of tasks");
  const freed = new Set(free(attempts));
  same(freed.size, free(attempts).length, "attempts freed once");
  const cleaning = perPool();
  const cleaned: number[] = [];
  for (let attempt = 0; attempt < used(attempts); attempt++) {
    if (freed.has(attempt) || held.has(attempt)) continue;
    same(attempts.task[attempt]!, -1, `the task of attempt ${attempt}, which nobody holds`);
    cleaning[attempts.pool[attempt]!]!++;
    cleaned.push(attempt);
  }

  same(meter.workflows, own, "workflows in the system");
  same(state.due.size, 0, "decisions due");
  same(meter.submitted, meter.succeeded + meter.failures + meter.denials + own, "workflows submitted");
  same(meter.waiting, pending, "tasks ready or waiting");
  const all = running.map((count, pool) => count + cleaning[pool]!);
  same(state.running, state.pays ? all.reduce((sum, count) => sum + count, 0) : 0, "attempts on servers");
  if (state.countsTypes) {
    state.present.forEach((count, type) => {
      same(count, present.get(type) ?? 0, `tasks of type ${type}`);
    });
  }
  const busy = perPool();
  let spending = 0;
  let watts = 0;
  for (let pool = 0; pool < pools.count; pool++) {
    const of = `of pool ${pools.names[pool]}`;
    same(pools.running[pool]!, all[pool]!, `running tasks ${of}`);
    if (state.countsWork) {
      near(pools.runningWork[pool]!, runningWork[pool]!, `work running ${of}`);
      near(pools.startedSum[pool]!, startedSum[pool]!, `starts ${of}`);
    }
    if (pools.tracked[pool] === 1) {
      same(pools.runners[pool]!.length, running[pool]!, `runners ${of}`);
      pools.runners[pool]!.forEach((task, place) => {
        if (!runners[pool]!.has(task)) throw new Error(`task ${task} is no runner ${of}`);
        same(tasks.place[task]!, place, `the place of runner ${task} ${of}`);
      });
    }
    busy[pool] = auditServers(engine, pool, held, cleaned, all[pool]!);
    const idle = Math.max(0, pools.on[pool]! - busy[pool]!);
    const paid = pools.on[pool]! < UNLIMITED ? idle : 0;
    spending +=
      busy[pool]! * pools.price[pool]! +
      paid * pools.idlePrice[pool]! +
      pools.starting[pool]! * pools.setupPrice[pool]!;
    watts += busy[pool]! * pools.busyWatts[pool]! + paid * pools.idleWatts[pool]!;
    auditUrgency(engine, pool);
  }
  near(meter.spending, spending, "money per second");
  near(meter.watts, watts, "watts");
  for (let queue = 0; queue < queues.count; queue++) {
    const of = `of queue ${queues.names[queue]}`;
    same(queues.waiting[queue]!, waiting[queue]!, `waiting tasks ${of}`);
    if (state.countsWork) near(queues.queuedWork[queue]!, queuedWork[queue]!, `work queued ${of}`);
    auditQueue(engine, queue, standing[queue]!);
    auditRoom(engine, queue, waiting[queue]!, all, copies);
    auditIdleness(engine, queue, standing[queue]!);
  }
  return { workflows: own, waiting: pending, spending, watts, busy, running: all, queued: waiting };
}

function childrenOf({ tasks, flows }: Engine, task: number): number {
  let count = 0;
  let before = -1;
  for (let flow = tasks.children[task]!; flow >= 0; before = flow, flow = flows.sibling[flow]!) {
    if (flows.state[flow] === GONE)
      throw new Error(`workflow ${flow} is gone, and yet a child of task ${task}`);
    same(flows.parent[flow]!, task, `the task that workflow ${flow} is the body of`);
    same(flows.elder[flow]!, before, `the neighbour of workflow ${flow}`);
    if (++count > flows.extent) throw new Error(`the children of task ${task} go round in a circle`);
  }
  return count;
}

/** Numbers of servers, tokens and machines. @returns the servers that are busy */
function auditServers(
  engine: Engine,
  pool: number,
  held: ReadonlyMap<number, number>,
  cleaning: readonly number[],
  running: number,
): number {
  const { pools, attempts, tasks, flows, state } = engine;
  const of = `of pool ${pools.names[pool]}`;
  const online = pools.outages[pool]! > 0 ? 0 : Math.max(0, pools.on[pool]! - pools.down[pool]!);
  same(pools.online[pool]!, online, `servers that can work ${of}`);
  for (const count of [pools.outages[pool]!, pools.drains[pool]!, pools.down[pool]!]) {
    if (count < 0) throw new Error(`fewer than no outages, drains or broken servers ${of}`);
  }
  const many = pools.sharing[pool] === 1 || pools.free[pool] !== null;
  const slots = pools.drains[pool]! > 0 || (many && online === 0) ? 0 : many ? UNLIMITED : online;
  same(pools.slots[pool]!, slots, `slots ${of}`);
  if (pools.retires[pool] === 1)
    same(pools.idleServers[pool]!.length, Math.max(0, online - running), `idle servers ${of}`);
  same(pools.starting[pool]!, pools.startingServers[pool]!.length, `servers being set up ${of}`);
  if (pools.scaling[pool] === 1) {
    const [on, starting] = [pools.on[pool]!, pools.starting[pool]!];
    const { least, most } = state.scenario.pools[pool]!.scaling!;
    if (on + starting > most || on + starting < least)
      throw new Error(`${on} servers and ${starting} being set up are out of bounds ${of}`);
  } else same(pools.on[pool]!, pools.servers[pool]!, `servers ${of}`);
  if (pools.tokens[pool]! > pools.burst[pool]! || pools.tokens[pool]! < -1e-6)
    throw new Error(`${pools.tokens[pool]} tokens ${of}`);
  // Servers that never go may have more running on them than there are only while what cannot be stopped goes on.
  const { breakdown, scaling, drain } = state.scenario.pools[pool]!;
  const steady = breakdown === undefined && scaling === undefined && drain === undefined;
  if (steady && pools.outages[pool] === 0 && running > slots && !cleans(engine))
    throw new Error(`${running} run on ${slots} servers ${of}`);
  const free = pools.free[pool]!;
  // A server that was let go while it ran a task is busy until that ends.
  if (free === null) return pools.sharing[pool] === 1 ? Math.min(running, online) : running;
  const machine = pools.machine[pool]!;
  const left = Float64Array.from(free, (_, i) => machine[i % 3]!);
  const on = new Array<number>(free.length / 3).fill(0);
  for (const [attempt, task] of held) {
    if (tasks.state[task] !== RUNNING || attempts.pool[attempt] !== pool) continue;
    const m = attempts.machine[attempt]!;
    on[m]!++;
    const { needs } = flows.graph[tasks.flow[task]!]!;
    for (let r = 0; r < 3; r++) left[3 * m + r]! -= needs === null ? 0 : needs[3 * tasks.spec[task]! + r]!;
  }
  for (const attempt of cleaning) {
    if (attempts.pool[attempt] !== pool) continue;
    const m = attempts.machine[attempt]!;
    on[m]!++;
    for (let r = 0; r < 3; r++) left[3 * m + r]! -= attempts.took[3 * attempt + r]!;
  }
  for (let i = 0; i < free.length; i++) {
    if (left[i]! < -1e-6) throw new Error(`a machine is overfull ${of}`);
    if (left[i]! < Number.POSITIVE_INFINITY)
      near(free[i]!, left[i]!, `room on machine ${Math.floor(i / 3)} ${of}`);
  }
  on.forEach((count, m) => {
    same(pools.onMachine[pool]![m]!, count, `tasks on machine ${m} ${of}`);
  });
  const busy = on.filter((count) => count > 0).length;
  same(pools.busyMachines[pool]!, busy, `busy machines ${of}`);
  return busy;
}

const cleans = ({ state }: Engine): boolean =>
  state.scenario.workflows.some(({ tasks }) =>
    tasks.some(({ hedge, oneOf = [], compensate }) =>
      [hedge, compensate?.hedge, ...oneOf.map((one) => one.hedge)].some((h) => h?.cleanUp !== undefined),
    ),
  );

/** In a preemptive pool nobody who waits is more urgent than anybody who runs, and could have run instead. */
function auditUrgency({ pools, queues, tasks, attempts, meter }: Engine, pool: number): void {
  const queue = queues.sorted[pool]!;
  const closed =
    pools.slots[pool]! === 0 || pools.limited[pool] === 1 || pools.running[pool]! !== pools.slots[pool]!;
  if (pools.preemptive[pool] === 0 || queue === null || queue.size === 0 || closed) return;
  if (queue.size === 0) return;
  for (const task of pools.runners[pool]!) {
    const started = attempts.startedAt[tasks.attempt[task]!]!;
    const done = pools.discipline[pool] === "srpt" ? 2 * pools.speed[pool]! * (meter.now - started) : 0;
    const left = tasks.rank[task]! - done;
    if (left > tasks.rank[queue.first]! + 1e-9) {
      throw new Error(`task ${queue.first} waits for less urgent ${task} of pool ${pools.names[pool]}`);
    }
  }
}

/** Tasks beyond the capacity: second copies that a policy starts by itself come on top. */
function auditRoom(
  engine: Engine,
  queue: number,
  waiting: number,
  running: readonly number[],
  copies: number,
): void {
  const { queues } = engine;
  let present = waiting;
  for (const pool of queues.pools[queue]!) present += running[pool]!;
  if (queues.duplicates[queue] === 1) present -= copies;
  if (present > queues.capacity[queue]!)
    throw new Error(`${present} tasks are beyond the capacity of queue ${queues.names[queue]}`);
}

/** Nobody waits beside a server that could serve him, unless the policy is being asked who is next. */
function auditIdleness(engine: Engine, queue: number, standing: ReadonlySet<number>): void {
  const { queues, pools, tasks, flows, meter, state } = engine;
  same(queues.asked[queue]!, 0, `questions due in queue ${queues.names[queue]}`);
  same(queues.inRound[queue]!, 0, `rounds that are on in queue ${queues.names[queue]}`);
  if (standing.size === 0) return;
  const idles = (task: number, pool: number) => {
    const graph = flows.graph[tasks.flow[task]!]!;
    if (pools.running[pool]! >= pools.slots[pool]! || !graph.pools[tasks.spec[task]!]!.includes(pool)) return;
    if (pools.free[pool] !== null && fittingMachine(state, task, pool) < 0) return;
    const refilled = pools.tokens[pool]! + pools.tokenRate[pool]! * (meter.now - pools.tokensAt[pool]!);
    if (pools.limited[pool] === 1 && tasks.attempt[task]! < 0 && refilled < 1 + 1e-9) return;
    throw new Error(
      `a server of ${pools.names[pool]} idles while a ${graph.types[tasks.spec[task]!]} waits in ${queues.names[queue]}`,
    );
  };
  if (queues.central[queue] === 1) {
    if (queues.idling[queue] === 1 && state.asksDispatch) return;
    for (const line of queues.lines[queue]!) {
      if (line === undefined || line.size === 0) continue;
      for (const pool of queues.pools[queue]!) idles(line.first, pool);
    }
    return;
  }
  if (pools.backfill[queue] === 1) {
    // Who needs no token may not overtake who waits for one: only who does not fit is overtaken.
    const inTurn = (task: number) => pools.limited[queue] !== 1 || tasks.attempt[task]! < 0;
    for (const task of standing) if (inTurn(task)) idles(task, queue);
  } else if (state.asksDispatch) idles(queues.head[queue]!, queue);
  else idles(queues.next(queue), queue);
}

function auditQueue({ queues, tasks, flows }: Engine, queue: number, standing: ReadonlySet<number>): void {
  const of = `of queue ${queues.names[queue]}`;
  const central = queues.central[queue] === 1;
  const sorted = queues.sorted[queue]!;
  if (central || sorted !== null) {
    let found = 0;
    (central ? queues.lines[queue]! : [sorted!]).forEach((line, type) => {
      if (line === undefined) return;
      found += line.size;
      for (let place = 0; place < line.size; place++) {
        const task = line.at(place);
        if (!standing.has(task)) throw new Error(`task ${task} stands in line and does not wait ${of}`);
        same(tasks.place[task]!, place, `the place of task ${task}`);
        const graph = flows.graph[tasks.flow[task]!]!;
        if (central) same(graph.type[tasks.spec[task]!]!, type, `the line of task ${task}`);
        const next = line.first;
        const sooner = tasks.rank[task]! < tasks.rank[next]!;
        const equal = tasks.rank[task] === tasks.rank[next] && tasks.order[task]! < tasks.order[next]!;
        if (sooner || equal) throw new Error(`task ${next} is served before task ${task} ${of}`);
      }
    });
    same(found, standing.size, `tasks in line ${of}`);
    return;
  }
  let length = 0;
  let before = -1;
  for (let task = queues.head[queue]!; task >= 0; before = task, task = tasks.next[task]!) {
    same(tasks.previous[task]!, before, `the neighbour before task ${task}`);
    if (!standing.has(task)) throw new Error(`task ${task} stands in line and does not wait ${of}`);
    if (++length > standing.size) throw new Error(`the queue is too long ${of}`);
  }
  same(length, standing.size, `length of the queue ${of}`);
  same(queues.tail[queue]!, before, `tail of the queue ${of}`);
}

function same(kept: number, counted: number, what: string): void {
  if (kept !== counted) throw new Error(`${what}: ${kept} kept, ${counted} counted`);
}

function near(kept: number, counted: number, what: string): void {
  if (!(Math.abs(kept - counted) <= 1e-9 * (1 + Math.abs(counted)))) {
    throw new Error(`${what}: ${kept} kept, ${counted} counted`);
  }
}
