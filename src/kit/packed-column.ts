/** A column that changes no more: row r holds `least + beyond[r]`, or `least` throughout where `beyond` is null. */
export interface PackedColumn {
  readonly least: number;
  readonly beyond: Uint8Array | Uint16Array | Int32Array | Float64Array | null;
}

/**
 * Keeps a column in as few bytes as its values allow (frame of reference: Goldstein, Ramakrishnan and Shaft 1998, by whole
 * bytes). Numbers that differ at all stay as they are in columns of Float64.
 * @param values is left in an undefined state
 */
export function pack(values: Int32Array | Float64Array): PackedColumn {
  return values instanceof Float64Array ? packReals(values) : packWhole(values);
}

function packReals(values: Float64Array): PackedColumn {
  const first = values[0] ?? 0;
  for (let r = 1; r < values.length; r++) {
    if (!Object.is(values[r], first)) return { least: 0, beyond: values.slice() };
  }
  return { least: first, beyond: null };
}

function packWhole(values: Int32Array): PackedColumn {
  let least = values[0] ?? 0;
  let most = least;
  for (let r = 1; r < values.length; r++) {
    const value = values[r]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const span = most - least;
  if (span === 0) return { least, beyond: null };
  if (span >= 2 ** 16) return { least: 0, beyond: values.slice() };
  for (let r = 0; r < values.length; r++) values[r] = values[r]! - least;
  return { least, beyond: span < 2 ** 8 ? new Uint8Array(values) : new Uint16Array(values) };
}

/** Writes a packed column's values over all of `into`, which is of the type and length that was packed. */
export function unpack({ least, beyond }: PackedColumn, into: Int32Array | Float64Array): void {
  if (beyond === null) into.fill(least);
  else into.set(beyond);
  if (beyond === null || least === 0) return;
  for (let r = 0; r < into.length; r++) into[r] = into[r]! + least;
}
