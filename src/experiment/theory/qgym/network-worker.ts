import type { Network } from "./network.js";
import { runNetwork } from "./run-network.js";

export interface NetworkRun {
  readonly network: Network;
  readonly rule: string;
  readonly seed: number;
}

/** A worker thread's whole program: the cost of one run. */
export default function run({ network, rule, seed }: NetworkRun): number {
  return runNetwork(network, rule, seed);
}
