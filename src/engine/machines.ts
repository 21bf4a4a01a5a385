import { chargeServer, type EngineState } from "./state.js";

/** Packing: which machine of a pool has room for a task's needs, and taking and giving back that room. */

const WIDTH = 3;

/** Rounding: a machine that gave back what it had lent has room for it again. */
const SLACK = 1e-9;

/** The machine that takes the task by the pool's packing rule; -1 where none has room. */
export function fittingMachine(s: EngineState, task: number, pool: number): number {
  const free = s.pools.free[pool]!;
  const packing = s.pools.packing[pool]!;
  const whole = s.pools.machine[pool]!;
  const graph = s.flows.graph[s.tasks.flow[task]!]!;
  const { needs } = graph;
  const at = WIDTH * s.tasks.spec[task]!;
  let best = -1;
  let bestLeft = packing === "worst-fit" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (let m = 0; WIDTH * m < free.length; m++) {
    // What would be left over of the resources that the task needs, each as a share of a whole machine's.
    let left = 0;
    let fits = true;
    for (let r = 0; r < WIDTH; r++) {
      const need = needs === null ? 0 : needs[at + r]!;
      const has = free[WIDTH * m + r]!;
      if (need > has * (1 + SLACK)) fits = false;
      else if (need > 0 && has < Number.POSITIVE_INFINITY) left += (has - need) / whole[r]!;
    }
    if (!fits) continue;
    if (packing === "first-fit") return m;
    if (packing === "worst-fit" ? left > bestLeft : left < bestLeft) {
      best = m;
      bestLeft = left;
    }
  }
  return best;
}

/** Takes the task's needs from the machine that fits, for its attempt. */
export function occupy(s: EngineState, task: number, pool: number, attempt: number): void {
  const { took, machine: machineOf } = s.attempts;
  const { needs } = s.flows.graph[s.tasks.flow[task]!]!;
  const machine = fittingMachine(s, task, pool);
  machineOf[attempt] = machine;
  for (let r = 0; r < WIDTH; r++) {
    const need = needs === null ? 0 : needs[WIDTH * s.tasks.spec[task]! + r]!;
    took[WIDTH * attempt + r] = need;
    s.pools.free[pool]![WIDTH * machine + r]! -= need;
  }
  if (s.pools.onMachine[pool]![machine]!++ === 0) {
    s.pools.busyMachines[pool]!++;
    chargeServer(s, pool, 1);
  }
}

/** An attempt gives back what it took of its machine. */
export function vacate(s: EngineState, pool: number, attempt: number): void {
  const { took, machine: machineOf } = s.attempts;
  const machine = machineOf[attempt]!;
  for (let r = 0; r < WIDTH; r++) s.pools.free[pool]![WIDTH * machine + r]! += took[WIDTH * attempt + r]!;
  if (--s.pools.onMachine[pool]![machine]! === 0) {
    s.pools.busyMachines[pool]!--;
    chargeServer(s, pool, -1);
  }
}
