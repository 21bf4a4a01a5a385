import { mapped } from "../kit/mapped.js";
import { type Discipline, type Pool, RESOURCE_NAMES, type Scenario, UNLIMITED } from "../model/scenario.js";

const PREEMPTIVE: readonly Discipline[] = ["priority-preemptive", "srpt", "psjf"];
const SHARING: readonly Discipline[] = ["ps", "las"];

/** Pools: what they are, and how many of their servers are where. */
export class PoolTable {
  readonly count: number;
  readonly names: readonly string[];
  readonly discipline: readonly Discipline[];
  /** The queue that each serves: its own has its number, central ones come after. */
  readonly queue: Int32Array;
  /** Servers as the scenario has them at the start. */
  readonly servers: Int32Array;
  /** Servers switched on, of which `down` are broken; and servers being set up. */
  readonly on: Int32Array;
  readonly down: Int32Array;
  readonly starting: Int32Array;
  /** Servers that can work: on, not broken, and none during an outage. */
  readonly online: Int32Array;
  /** Tasks that may run at once when one more is to start: `online`, or all where they share; 0 while it drains. */
  readonly slots: Int32Array;
  /** Pools without slots. */
  closed = 0;
  readonly running: Int32Array;
  /** Outages and drains that are on: they may overlap. */
  readonly outages: Int32Array;
  readonly drains: Int32Array;
  /** What it does in a second: `baseSpeed` times the factors of the brownouts that are on. */
  readonly baseSpeed: Float64Array;
  readonly speed: Float64Array;
  /** The speed that policies see: without the brownouts that are hidden from them. */
  readonly shownSpeed: Float64Array;
  readonly price: Float64Array;
  readonly idlePrice: Float64Array;
  readonly setupPrice: Float64Array;
  readonly busyWatts: Float64Array;
  readonly idleWatts: Float64Array;
  readonly startPrice: Float64Array;
  readonly attemptFailure: Float64Array;
  readonly loadFailure: Float64Array;
  /** Probability of failure that observed weather adds. */
  readonly weatherFailure: Float64Array;
  /** 1 where all tasks run at once and share the servers. */
  readonly sharing: Uint8Array;
  /** 1 where a task that comes may stop one that runs. */
  readonly preemptive: Uint8Array;
  /** 1 where, besides, one that waits may have been more urgent all along: there was no token, or no server to take. */
  readonly contends: Uint8Array;
  /** 1 where `runners` is kept: where what runs may be stopped, slowed down or asked for. */
  readonly tracked: Uint8Array;
  /** The running tasks of tracked pools, in no order. `TaskTable.place` tells where each stands. */
  readonly runners: readonly number[][];
  /** Sizes of the tasks running, summed, and the times at which they started, summed; where somebody may ask for them. */
  readonly runningWork: Float64Array;
  readonly startedSum: Float64Array;
  /** 1 where starts take tokens; 2 where a task is turned away without one, 1 where it waits. */
  readonly limited: Uint8Array;
  readonly tokens: Float64Array;
  readonly tokensAt: Float64Array;
  readonly tokenRate: Float64Array;
  readonly burst: Float64Array;
  /** 1 while the executor has been told to wake the pool when there is a token. */
  readonly waking: Uint8Array;
  /** Fewest and most servers, where they are decided; and whether that is so after every change. */
  readonly least: Int32Array;
  readonly most: Int32Array;
  readonly scaling: Uint8Array;
  readonly scaledAlways: Uint8Array;
  /** 1 while a decision about it is due. */
  readonly scaleAsked: Uint8Array;
  /** Servers being set up, by number: the latest last. Idle servers that would go off by themselves, longest idle first. */
  readonly startingServers: readonly number[][];
  readonly idleServers: readonly number[][];
  readonly retires: Uint8Array;
  /** What each machine has left of each resource: machine m's are at 3 m; null where pools do not pack. */
  readonly free: readonly (Float64Array | null)[];
  /** Tasks on each machine, and machines that have any. */
  readonly onMachine: readonly Int32Array[];
  readonly busyMachines: Int32Array;
  /** What one machine has when nothing runs on it. */
  readonly machine: readonly Float64Array[];
  readonly packing: readonly NonNullable<Pool["packing"]>[];
  readonly backfill: Uint8Array;
  /** 1 where a start or an end of an attempt has to see to more than the numbers of what runs: limits, packing, scaling, runners. */
  readonly special: Uint8Array;
  /** Type of the task that each pool worked on last; -1 before the first. Kept where tasks have a changeover. */
  readonly lastType: Int32Array;

  constructor({ pools, queues = [], decide }: Scenario, trackAll: boolean) {
    this.count = pools.length;
    this.names = mapped(pools, (pool) => pool.name);
    this.discipline = mapped(pools, (pool) => pool.discipline);
    const integers = (of: (pool: Pool, p: number) => number) => Int32Array.from(pools, of);
    const numbers = (of: (pool: Pool, p: number) => number) => Float64Array.from(pools, of);
    const flags = (of: (pool: Pool, p: number) => boolean) =>
      Uint8Array.from(pools, (pool, p) => (of(pool, p) ? 1 : 0));
    this.queue = integers((_, p) => p);
    queues.forEach((queue, q) => {
      for (const p of queue.pools) this.queue[p] = pools.length + q;
    });
    const central = (p: number) => queues[this.queue[p]! - pools.length];
    this.servers = integers((pool) => pool.servers);
    this.on = this.servers.slice();
    this.online = this.servers.slice();
    this.down = new Int32Array(this.count);
    this.starting = new Int32Array(this.count);
    this.sharing = flags((pool, p) => central(p) === undefined && SHARING.includes(pool.discipline));
    // Where the policy dispatches, the discipline orders nothing.
    const asked = decide.includes("dispatch");
    this.preemptive = flags(
      ({ discipline }, p) => !asked && central(p) === undefined && PREEMPTIVE.includes(discipline),
    );
    this.contends = flags(
      ({ rateLimit, scaling, drain, breakdown }, p) =>
        this.preemptive[p] === 1 &&
        (trackAll || [rateLimit, scaling, drain, breakdown].some((part) => part !== undefined)),
    );
    this.slots = new Int32Array(this.count);
    this.closed = this.count;
    this.running = new Int32Array(this.count);
    this.outages = new Int32Array(this.count);
    this.drains = new Int32Array(this.count);
    this.baseSpeed = numbers((pool) => pool.speed);
    this.speed = this.baseSpeed.slice();
    this.shownSpeed = this.baseSpeed.slice();
    this.price = numbers((pool) => pool.price);
    // Where there is no bound, a server is on while it is busy, and none is ever idle.
    const bounded = (pool: Pool) => (pool.servers === UNLIMITED ? 0 : 1);
    this.idlePrice = numbers((pool) => bounded(pool) * (pool.idlePrice ?? 0));
    this.setupPrice = numbers((pool) => pool.setupPrice ?? 0);
    this.startPrice = numbers((pool) => pool.startPrice ?? 0);
    this.busyWatts = numbers((pool) => pool.power?.busy ?? 0);
    this.idleWatts = numbers((pool) => bounded(pool) * (pool.power?.idle ?? 0));
    this.attemptFailure = numbers((pool) => pool.attemptFailure);
    this.loadFailure = numbers((pool) => pool.loadFailure ?? 0);
    this.weatherFailure = new Float64Array(this.count);
    this.tracked = flags(
      ({ breakdown, stragglers }, p) =>
        trackAll ||
        this.preemptive[p] === 1 ||
        breakdown !== undefined ||
        (stragglers !== undefined && "onset" in stragglers) ||
        central(p)?.reallocate === true ||
        central(p)?.duplicates === true ||
        central(p)?.reconsider === true,
    );
    this.runners = mapped(pools, () => []);
    this.runningWork = new Float64Array(this.count);
    this.startedSum = new Float64Array(this.count);
    this.limited = Uint8Array.from(pools, ({ rateLimit }) =>
      rateLimit === undefined ? 0 : rateLimit.onLimit === "reject" ? 2 : 1,
    );
    this.burst = numbers(({ rateLimit }) => rateLimit?.burst ?? 0);
    this.tokens = this.burst.slice();
    this.tokensAt = new Float64Array(this.count);
    this.tokenRate = numbers(({ rateLimit }) => rateLimit?.rate ?? 0);
    this.waking = new Uint8Array(this.count);
    this.least = integers(({ scaling, servers }) => scaling?.least ?? servers);
    this.most = integers(({ scaling, servers }) => scaling?.most ?? servers);
    this.scaling = flags(({ scaling }) => scaling !== undefined);
    this.scaledAlways = flags(({ scaling }) => scaling?.every === 0);
    this.scaleAsked = new Uint8Array(this.count);
    this.startingServers = mapped(pools, () => []);
    this.retires = flags(({ scaling }) => scaling?.idleTimeout !== undefined);
    this.idleServers = mapped(pools, () => []);
    this.machine = mapped(pools, ({ resources }) =>
      Float64Array.from(RESOURCE_NAMES, (name) => resources?.[name] ?? Number.POSITIVE_INFINITY),
    );
    this.free = mapped(pools, ({ resources, servers }, p) =>
      resources === undefined
        ? null
        : Float64Array.from({ length: 3 * servers }, (_, i) => this.machine[p]![i % 3]!),
    );
    this.onMachine = mapped(
      pools,
      ({ resources, servers }) => new Int32Array(resources === undefined ? 0 : servers),
    );
    this.busyMachines = new Int32Array(this.count);
    this.packing = mapped(pools, (pool) => pool.packing ?? "best-fit");
    this.backfill = flags((pool) => pool.backfill === true);
    this.special = flags(
      ({ rateLimit, resources, scaling }, p) =>
        this.tracked[p] === 1 || rateLimit !== undefined || resources !== undefined || scaling !== undefined,
    );
    this.lastType = new Int32Array(this.count).fill(-1);
    for (let p = 0; p < this.count; p++) this.settleSlots(p);
  }

  /**
   * Servers of the pool that are busy: those that run something, however much they run. One that was let go while it ran a
   * task is busy until that ends.
   */
  busy(pool: number): number {
    if (this.free[pool] !== null) return this.busyMachines[pool]!;
    const running = this.running[pool]!;
    return this.sharing[pool] === 1 ? Math.min(running, this.online[pool]!) : running;
  }

  /** Servers that are switched on, those among them that are to go once they are free. */
  switchedOn(pool: number): number {
    return this.scaling[pool] === 1 ? Math.max(this.on[pool]!, this.busy(pool)) : this.on[pool]!;
  }

  /** Whether tasks that come can hope to be served: servers that can work, or will when they are set up, and no drain or outage. */
  open(pool: number): boolean {
    const { on, down, starting, drains, outages } = this;
    return drains[pool] === 0 && outages[pool] === 0 && on[pool]! - down[pool]! + starting[pool]! > 0;
  }

  /** To be called when servers came, went, broke or were mended, and at the ends of outages and drains. */
  settleSlots(pool: number): void {
    const online = this.outages[pool]! > 0 ? 0 : Math.max(0, this.on[pool]! - this.down[pool]!);
    this.online[pool] = online;
    const all = this.sharing[pool] === 1 || this.free[pool]! !== null;
    const slots = this.drains[pool]! > 0 || (all && online === 0) ? 0 : all ? UNLIMITED : online;
    this.closed += (slots === 0 ? 1 : 0) - (this.slots[pool] === 0 ? 1 : 0);
    this.slots[pool] = slots;
  }
}
