import { KeyedStream } from "../../kit/random.js";
import { sampler } from "../../kit/sampler.js";
import { arrivalProcess } from "../arrivals/arrival-process.js";
import type { ArrivalProcess } from "../arrivals/process.js";
import { blockOrder } from "./blocks/block-order.js";
import type { BlockArrivals, SynthesisSpec } from "./spec.js";

/** When workflows come, and which: one after another. */
export interface FlowSource {
  /** Goes on to workflow w, the one after the last. False where nothing more comes. */
  next(w: number): boolean;
  /** Of the present workflow: seconds, index of its template, and its place in the record, -1 where there is none. */
  readonly submitted: number;
  readonly template: number;
  readonly place: number;
}

export function flowSource({ arrivals, templates }: SynthesisSpec, seed: number): FlowSource {
  if (arrivals.kind === "blocks") return new BlockFlows(arrivals, KeyedStream.named(seed, "synth/blocks"));
  const weights = templates.map(({ weight }) => weight);
  return new IndependentFlows(
    arrivalProcess(arrivals, KeyedStream.named(seed, "synth/arrivals")),
    sampler({ kind: "empirical", values: weights.map((_, k) => k), weights }),
    KeyedStream.named(seed, "synth/template"),
  );
}

/** Templates are drawn by their weights, whatever the arrivals are. */
class IndependentFlows implements FlowSource {
  submitted = 0;
  template = 0;
  readonly place = -1;

  constructor(
    private readonly arrivals: ArrivalProcess,
    private readonly choose: (uniform: KeyedStream) => number,
    private readonly choices: KeyedStream,
  ) {}

  next(w: number): boolean {
    this.submitted = this.arrivals.next();
    this.template = this.choose(this.choices.at(w, 0));
    return this.submitted < Number.POSITIVE_INFINITY;
  }
}

/** Gaps and contents go together through the record, in blocks; after each pass there is another order. */
class BlockFlows implements FlowSource {
  submitted = 0;
  template = 0;
  place = -1;
  private order: Int32Array = new Int32Array(0);
  /** Recorded gaps run so much slower. */
  private readonly stretch: number;

  constructor(
    private readonly blocks: BlockArrivals,
    private readonly draws: KeyedStream,
  ) {
    const { gap } = blocks.record;
    this.stretch = gap.length / gap.reduce((sum, seconds) => sum + seconds, 0) / blocks.rate;
  }

  next(w: number): boolean {
    const { gap, template } = this.blocks.record;
    const step = w % gap.length;
    if (step === 0)
      this.order = blockOrder(gap.length, this.blocks, this.draws.at(Math.floor(w / gap.length), 0));
    this.place = this.order[step]!;
    this.template = template[this.place]!;
    this.submitted += gap[this.place]! * this.stretch;
    return true;
  }
}
