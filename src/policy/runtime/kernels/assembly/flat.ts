/**
 * From a ragged batch to the inputs of a flat network: context and candidates of each decision along its row of `out` (outRow bytes
 * apart), `most` candidates in each. Masked and missing ones are 0.
 *
 * Numbers are moved four at a time: sources may be read, and rows of `out` written, up to 3 floats past their end.
 */
export function layAlong(
  contexts: usize, contextWidth: u32,
  candidates: usize, candidateWidth: u32,
  offsets: usize, mask: usize, size: u32,
  most: u32, out: usize, outRow: usize,
): void {
  const contextBytes = (<usize>contextWidth) << 2;
  const candidateBytes = (<usize>candidateWidth) << 2;
  const end = contextBytes + (<usize>most) * candidateBytes;
  for (let d: u32 = 0; d < size; d++) {
    const from = load<u32>(offsets);
    const to = load<u32>(offsets, 4);
    offsets += 4;
    for (let j: usize = 0; j < contextBytes; j += 16) v128.store(out + j, v128.load(contexts + j));
    const first = out + contextBytes;
    const bytes = (<usize>(to - from)) * candidateBytes;
    for (let j: usize = 0; j < bytes; j += 16) v128.store(first + j, v128.load(candidates + j));
    for (let row = from, at = first; row < to; row++, at += candidateBytes)
      if (!load<u8>(mask + row)) zero(at, at + candidateBytes);
    zero(first + bytes, out + end);
    contexts += contextBytes;
    candidates += bytes;
    out += outRow;
  }
}

// @ts-ignore: decorator
@inline
function zero(from: usize, to: usize): void {
  for (; from < to; from += 4) store<f32>(from, 0);
}

/** From a flat network's rows of scores (scoreRow bytes apart) to a ragged batch's logits: -Infinity for masked candidates. */
export function scoresToLogits(
  scores: usize, scoreRow: usize, offsets: usize, mask: usize, size: u32, logits: usize,
): void {
  let row = load<u32>(offsets);
  for (let d: u32 = 0; d < size; d++, scores += scoreRow) {
    const to = load<u32>(offsets + ((<usize>d) << 2), 4);
    for (let at = scores; row < to; row++, at += 4)
      store<f32>(logits + ((<usize>row) << 2), load<u8>(mask + row) ? load<f32>(at) : -Infinity);
  }
}

/** From derivatives by a ragged batch's logits to those by a flat network's rows of scores: 0 for masked and missing candidates. */
export function logitsToScores(
  logits: usize, offsets: usize, mask: usize, size: u32, scores: usize, scoreRow: usize,
): void {
  memory.fill(scores, 0, (<usize>size) * scoreRow);
  let row = load<u32>(offsets);
  for (let d: u32 = 0; d < size; d++, scores += scoreRow) {
    const to = load<u32>(offsets + ((<usize>d) << 2), 4);
    for (let at = scores; row < to; row++, at += 4)
      if (load<u8>(mask + row)) store<f32>(at, load<f32>(logits + ((<usize>row) << 2)));
  }
}
