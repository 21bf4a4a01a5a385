/**
 * From a ragged batch to the network's inputs. Keeps the allowed candidates, one after another, as rows of `kept`
 * (keptRow bytes apart); notes for each the decision that it belongs to (`owner`) and its place in the batch
 * (`place`); gives masked candidates the logit -Infinity; writes [context, mean, max] of every decision to `shared`
 * (sharedRow bytes apart). Mean and max are over the allowed candidates, 0 where there is none.
 *
 * Rows are moved four floats at a time: sources may be read, and rows of `kept` and `shared` written, up to 3 floats
 * past their end, so what comes later in a row is written later.
 * @returns how many candidates were kept
 */
export function gather(
  contexts: usize, contextWidth: u32,
  candidates: usize, candidateWidth: u32,
  offsets: usize, mask: usize, size: u32,
  kept: usize, keptRow: usize, owner: usize, place: usize,
  shared: usize, sharedRow: usize, logits: usize,
): u32 {
  const contextBytes = (<usize>contextWidth) << 2;
  const candidateBytes = (<usize>candidateWidth) << 2;
  let count: u32 = 0;
  for (let d: u32 = 0; d < size; d++) {
    const from = load<u32>(offsets);
    const to = load<u32>(offsets, 4);
    offsets += 4;
    const first = count;
    for (let row = from; row < to; row++) {
      if (load<u8>(mask + row)) {
        const at = (<usize>count) << 2;
        store<u32>(owner + at, d);
        store<u32>(place + at, row);
        const source = candidates + (<usize>row) * candidateBytes;
        const target = kept + (<usize>count) * keptRow;
        for (let j: usize = 0; j < candidateBytes; j += 16) v128.store(target + j, v128.load(source + j));
        count++;
      } else {
        store<f32>(logits + ((<usize>row) << 2), -Infinity);
      }
    }
    const allowed = count - first;
    const rows = kept + (<usize>first) * keptRow;
    const means = shared + contextBytes;
    const maxima = means + candidateBytes;
    for (let j: usize = 0; j < contextBytes; j += 16) v128.store(shared + j, v128.load(contexts + j));
    const share = f32x4.splat(allowed > 0 ? <f32>1 / <f32>allowed : 0);
    for (let j: usize = 0; j < candidateBytes; j += 16) {
      let sum = f32x4.splat(0);
      let row = rows + j;
      for (let r: u32 = 0; r < allowed; r++, row += keptRow) sum = f32x4.add(sum, v128.load(row));
      v128.store(means + j, f32x4.mul(sum, share));
    }
    for (let j: usize = 0; j < candidateBytes; j += 16) {
      let top = allowed > 0 ? v128.load(rows + j) : f32x4.splat(0);
      let row = rows + j + keptRow;
      for (let r: u32 = 1; r < allowed; r++, row += keptRow) top = f32x4.pmax(top, v128.load(row));
      v128.store(maxima + j, top);
    }
    contexts += contextBytes;
    shared += sharedRow;
  }
  return count;
}

/** out[r] = source[owner[r]], rows of `width` floats. */
export function spread(source: usize, owner: usize, rows: u32, width: u32, out: usize): void {
  const bytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < rows; r++) {
    const from = source + (<usize>load<u32>(owner + ((<usize>r) << 2))) * bytes;
    for (let j: usize = 0; j < bytes; j += 16) v128.store(out + j, v128.load(from + j));
    out += bytes;
  }
}

/** out[d] = the sum of the rows that d owns, rows of `width` floats: the transpose of `spread`. */
export function collect(source: usize, owner: usize, rows: u32, width: u32, out: usize, size: u32): void {
  const bytes = (<usize>width) << 2;
  memory.fill(out, 0, (<usize>size) * bytes);
  for (let r: u32 = 0; r < rows; r++) {
    const to = out + (<usize>load<u32>(owner + ((<usize>r) << 2))) * bytes;
    for (let j: usize = 0; j < bytes; j += 16) v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(source + j)));
    source += bytes;
  }
}
