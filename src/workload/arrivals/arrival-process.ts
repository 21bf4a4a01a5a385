import type { UniformSource } from "../../kit/random.js";
import { sampler } from "../../kit/sampler.js";
import type { OpenArrivals } from "../../model/arrivals.js";
import { ringSwitching, stationaryLaw } from "../../model/switching.js";
import { Batches, batchSize } from "./batches.js";
import { Diurnal } from "./diurnal.js";
import { FlashCrowd } from "./flash-crowd.js";
import { Hawkes } from "./hawkes.js";
import { Modulated } from "./modulated.js";
import { OnOff } from "./on-off.js";
import { Piecewise } from "./piecewise.js";
import type { ArrivalProcess } from "./process.js";
import { Poisson, Renewal } from "./renewal.js";

/** The process of a model, from its start. All that it draws comes from `uniform`, in order. */
export function arrivalProcess(arrivals: OpenArrivals, uniform: UniformSource): ArrivalProcess {
  switch (arrivals.kind) {
    case "poisson":
      return new Poisson(arrivals.rate, uniform);
    case "renewal":
      return new Renewal(sampler(arrivals.gap), uniform);
    case "batch": {
      const batches =
        "of" in arrivals ? arrivalProcess(arrivals.of, uniform) : new Poisson(arrivals.rate, uniform);
      return new Batches(batches, batchSize(arrivals.size), uniform);
    }
    case "mmpp": {
      const { rates, observed } = arrivals;
      if ("switching" in arrivals)
        return new Modulated(rates, arrivals.switching, stationaryLaw(arrivals.switching), uniform, observed);
      // In a ring the stationary share of a phase is in proportion to how long it lasts.
      const lasts = arrivals.leave.map((rate) => 1 / rate);
      return new Modulated(rates, ringSwitching(arrivals.leave), lasts, uniform, observed);
    }
    case "diurnal":
      return new Diurnal(arrivals.mean, arrivals.amplitude, arrivals.period, arrivals.shift, uniform);
    case "piecewise":
      return new Piecewise(arrivals.rates, arrivals.lengths, arrivals.repeat, uniform);
    case "flashCrowd": {
      const { base, at, rise, peak, decay } = arrivals;
      return new FlashCrowd(base, at, rise, peak, decay, uniform);
    }
    case "onOff":
      return new OnOff(arrivals.rate, sampler(arrivals.on), sampler(arrivals.off), uniform);
    case "hawkes":
      return new Hawkes(arrivals.base, arrivals.branching, arrivals.decay, uniform);
  }
}
