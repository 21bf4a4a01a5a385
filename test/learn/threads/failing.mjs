// Environments for threads of a test: the fourth of them breaks in its tenth step, where it is told to.

export function failing(how, number) {
  const observation = {
    head: 0,
    count: 2,
    context: new Float32Array([1]),
    candidates: new Float32Array([1, 0]),
    mask: new Uint8Array([1, 1]),
  };
  let steps = 0;
  return {
    spaces: [{ name: "choice", context: 1, candidate: how === "other spaces" && number === 3 ? 2 : 1 }],
    continuing: true,
    reset() {
      return observation;
    },
    step(action) {
      if (number === 3 && ++steps === 10) {
        if (how === "throws") throw new RangeError("out of fuel");
        // Of a worker alone: there it ends the thread.
        if (how === "dies") process.exit(7);
        if (how === "dies of memory") for (const held = []; ; ) held.push(new Array(1e6).fill(held.length));
        if (how === "not a number") observation.context[0] = Number.NaN;
      }
      return { observation, reward: action, elapsed: 1, terminated: false, truncated: false };
    },
  };
}

export const notAFunction = 1;
