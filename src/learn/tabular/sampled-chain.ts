/**
 * A semi-Markov decision process as far as it has been seen. Decision states are numbered, and so are afterstates; in a
 * state each code of a candidate is an action, which costs something at once and leads to an afterstate, always the same
 * one but for what is not observed; from an afterstate the next state is reached after some time and at some cost, both
 * as means over what was seen.
 */
export class SampledChain {
  /** Actions of each state, by their place: code, times tried, sum of immediate costs, afterstate last reached. */
  readonly actions: Action[][] = [];
  /** Code of what is usually done in each state, by a policy that is known to be sound. */
  readonly usual: number[] = [];
  /** By afterstate: times left, and sums of the seconds and costs until the next decision. */
  readonly left: number[] = [];
  readonly seconds: number[] = [];
  readonly costs: number[] = [];
  /** By afterstate: how often each state came next. */
  readonly next: Map<number, number>[] = [];

  /** The action of a state with a code, made where there is none. */
  action(state: number, code: number): Action {
    while (this.actions.length <= state) this.actions.push([]);
    const known = this.actions[state]!;
    for (const action of known) if (action.code === code) return action;
    const action: Action = { code, tried: 0, cost: 0, after: -1 };
    known.push(action);
    return action;
  }

  took(action: Action, cost: number, after: number): void {
    action.tried++;
    action.cost += cost;
    action.after = after;
  }

  /** From an afterstate, the next decision came in a state after some seconds, at some cost. */
  moved(after: number, seconds: number, cost: number, state: number): void {
    while (this.next.length <= after) {
      this.next.push(new Map());
      this.left.push(0);
      this.seconds.push(0);
      this.costs.push(0);
    }
    this.left[after]!++;
    this.seconds[after]! += seconds;
    this.costs[after]! += cost;
    const next = this.next[after]!;
    next.set(state, (next.get(state) ?? 0) + 1);
  }
}

export interface Action {
  readonly code: number;
  tried: number;
  /** Sum over the times it was tried. */
  cost: number;
  after: number;
}
