import type { Distribution } from "../../../kit/distribution.js";
import type { UniformSource } from "../../../kit/random.js";
import { sampler } from "../../../kit/sampler.js";
import { agent } from "./agent.js";
import { chain } from "./chain.js";
import type { Family } from "./family.js";
import { forkJoin } from "./fork-join.js";
import { layered } from "./layered.js";
import { literal } from "./literal.js";
import { mapReduce } from "./map-reduce.js";
import { montage } from "./montage.js";
import { seriesParallel } from "./series-parallel.js";
import type { DrawnShape } from "./shape-builder.js";

/** More of a thing than this in one workflow is a law whose tail ran away. */
export const MOST_OF_A_COUNT = 100_000;

/** What draws the shapes of a family, one after another. */
export function shapeSource(family: Family): (uniform: UniformSource) => DrawnShape {
  switch (family.kind) {
    case "tasks": {
      const shape = literal(family.tasks).shape();
      return () => shape;
    }
    case "chain": {
      const tasks = counts(family.tasks);
      return (uniform) => chain(tasks(uniform)).shape();
    }
    case "forkJoin": {
      const [branches, length] = [counts(family.branches), counts(family.length)];
      return (uniform) => forkJoin(branches(uniform), length(uniform)).shape();
    }
    case "mapReduce": {
      const [maps, reduces] = [counts(family.maps), counts(family.reduces)];
      return (uniform) => mapReduce(maps(uniform), reduces(uniform)).shape();
    }
    case "layered": {
      const [layers, width] = [counts(family.layers), counts(family.width)];
      return (uniform) => layered(layers(uniform), () => width(uniform), family.density, uniform).shape();
    }
    case "seriesParallel": {
      const tasks = counts(family.tasks);
      return (uniform) => seriesParallel(tasks(uniform), family.parallel, uniform).shape();
    }
    case "montage": {
      const images = counts(family.images);
      return (uniform) => montage(images(uniform)).shape();
    }
    case "agent": {
      const calls = counts(family.calls);
      return (uniform) => {
        const rounds = [calls(uniform)];
        while (rounds.length < family.most && uniform.next() >= family.success) rounds.push(calls(uniform));
        return agent(rounds).shape();
      };
    }
  }
}

function counts(law: Distribution): (uniform: UniformSource) => number {
  const draw = sampler(law);
  return (uniform) => Math.min(MOST_OF_A_COUNT, Math.max(1, Math.round(draw(uniform))));
}
