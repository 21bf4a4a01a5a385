/** A longer column with the same beginning; what is new holds `fill`. */
export function resized<T extends Float64Array | Int32Array | Uint8Array>(
  from: T,
  length: number,
  fill = 0,
): T {
  const to = new (from.constructor as new (length: number) => T)(length);
  if (fill !== 0) to.fill(fill, from.length);
  to.set(from);
  return to;
}
