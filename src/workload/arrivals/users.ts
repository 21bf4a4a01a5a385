import { KeyedHeap } from "../../kit/keyed-heap.js";
import type { KeyedStream } from "../../kit/random.js";
import { type Sampler, sampler } from "../../kit/sampler.js";
import type { ClosedArrivals } from "../../model/arrivals.js";

/**
 * A closed population. User u's thought before its submission c is drawn at the place (u, c), and that submission has the
 * serial c * users + u: neither depends on who was served first, so policies are compared on the same users.
 */
export class Users {
  private readonly count: number;
  private readonly think: Sampler;
  /** Submissions of each user so far. */
  private readonly cycle: Int32Array;
  /** Users who think, by when they submit; the lower number first. */
  private readonly thinking: KeyedHeap;
  private readonly places: Int32Array;

  constructor(
    { users, think, ramp }: ClosedArrivals,
    private readonly stream: KeyedStream,
  ) {
    this.count = users;
    this.think = sampler(think);
    this.cycle = new Int32Array(users);
    this.places = new Int32Array(users);
    this.thinking = new KeyedHeap(() => this.places);
    for (let u = 0; u < users; u++) this.startThinking(u, (ramp * u) / users);
  }

  /** When the next user submits; Infinity while all wait. */
  get nextAt(): number {
    return this.thinking.size > 0 ? this.thinking.firstKey : Number.POSITIVE_INFINITY;
  }

  get serial(): number {
    const user = this.thinking.first;
    return this.cycle[user]! * this.count + user;
  }

  /** The next user has submitted, and waits. */
  submitted(): void {
    const user = this.thinking.first;
    this.cycle[user]!++;
    this.thinking.remove(user);
  }

  /** A user need wait no longer. @returns whether it is now the next to submit */
  ended(at: number, serial: number): boolean {
    const before = this.nextAt;
    this.startThinking(serial % this.count, at);
    return this.nextAt < before;
  }

  private startThinking(user: number, at: number): void {
    this.thinking.add(user, at + this.think(this.stream.at(user, this.cycle[user]!)), user);
  }
}
