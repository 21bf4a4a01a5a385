/**
 * A network of your own, in place of the candidate scorer: candidates look at each other by attention (Vaswani et al. 2017,
 * section 3.2.1) before they are scored. All trainers take it as their backend; needs the optional TensorFlow.js.
 */
import { type TensorModel, type TensorNetwork, tensorNetworkBackend } from "switchyard";

const WIDTH = 16;

/** How a candidate is embedded, with the context beside its own features. */
const attentionNetwork: TensorNetwork = {
  name: "attention",
  parameters: ({ context, candidate }) => [
    { name: "embed", shape: [context + candidate, WIDTH] },
    { name: "embed.bias", shape: [WIDTH] },
    { name: "query", shape: [WIDTH, WIDTH] },
    { name: "key", shape: [WIDTH, WIDTH] },
    { name: "content", shape: [WIDTH, WIDTH] },
    { name: "score", shape: [WIDTH, 1] },
    { name: "value", shape: [WIDTH, 1] },
    { name: "value.bias", shape: [1] },
  ],
  model:
    ({ context, candidate }): TensorModel =>
    (tf, parameters, { contexts, candidates, mask }) => {
      const [B, N] = mask.shape;
      const weight = (name: string) => parameters.get(name)!;
      /** [B, N, inputs] times [inputs, outputs]. */
      const times = (x: typeof candidates, name: string) => {
        const [inputs, outputs] = weight(name).shape as [number, number];
        return tf
          .matMul(x.reshape([B * N, inputs]), weight(name))
          .reshape([B, N, outputs]) as typeof candidates;
      };
      const beside = contexts.expandDims(1).tile([1, N, 1]).reshape([B, N, context]);
      const seen = tf
        .concat([beside, candidates], 2)
        .reshape([B, N, context + candidate]) as typeof candidates;
      const x = tf.tanh(times(seen, "embed").add(weight("embed.bias"))) as typeof candidates;

      const similar = tf.matMul(times(x, "query"), times(x, "key"), false, true).div(Math.sqrt(WIDTH));
      // Nobody looks at a masked candidate.
      const closed = mask.sub(1).mul(1e9).expandDims(1);
      const looked = tf.matMul(tf.softmax(similar.add(closed), -1), times(x, "content"));
      const mixed = tf.tanh(x.add(looked)) as typeof candidates;

      const logits = times(mixed, "score").reshape([B, N]) as typeof mask;
      const allowed = mask.sum(1, true).maximum(1);
      const mean = mixed.mul(mask.expandDims(2)).sum(1).div(allowed);
      const values = tf.matMul(mean, weight("value")).add(weight("value.bias")).reshape([B]);
      return { logits, values: values as ReturnType<TensorModel>["values"] };
    },
};

/** For `Trainer`, `trainPolicy` and the others; `neuralPolicy(name, heads, backend.own.runtime)` runs what they learn. */
export const attentionBackend = () => tensorNetworkBackend(attentionNetwork);
