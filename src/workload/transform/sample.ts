import { KeyedStream } from "../../kit/random.js";
import { type Transform, transform } from "./transform.js";

/** Each workflow stays, whole, with this probability. */
export function sample(share: number, seed: number): Transform {
  return transform("sample", { share, seed }, async function* (flows) {
    const draws = KeyedStream.named(seed, "transform/sample");
    let number = 0;
    for await (const flow of flows) if (draws.at(number++, 0).next() < share) yield flow;
  });
}
