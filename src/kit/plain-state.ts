type Typed = Float64Array | Int32Array | Uint32Array | Int16Array | Uint8Array;

/** What an object's fields hold, as plain data: it can be kept, cloned and sent. */
export type PlainState =
  | number
  | boolean
  | string
  | null
  | undefined
  | Typed
  | readonly PlainState[]
  | { readonly [field: string]: PlainState };

/**
 * The state of an object whose state is all in its own fields: numbers and their like, typed arrays, and objects or lists of
 * the same kind. Functions are passed over: they must keep nothing. The copy is deep.
 */
export function plainState(value: unknown): PlainState {
  if (ArrayBuffer.isView(value)) return (value as Typed).slice();
  if (Array.isArray(value)) return value.map(plainState);
  if (typeof value !== "object" || value === null) return value as PlainState;
  const state: Record<string, PlainState> = {};
  for (const [field, held] of Object.entries(value)) {
    if (typeof held !== "function") state[field] = plainState(held);
  }
  return state;
}

/** Puts an object that was made in the same way into a state that `plainState` gave; the state stays the caller's. */
export function restorePlainState(into: object, state: PlainState): void {
  const fields = into as Record<string, unknown>;
  for (const [field, saved] of Object.entries(state as Record<string, PlainState>)) {
    const held = fields[field];
    if (ArrayBuffer.isView(saved)) fields[field] = saved.slice();
    else if (typeof saved === "object" && saved !== null) restorePlainState(held as object, saved);
    // What did not change may be shared with a model, which is nobody's to write to.
    else if (!Object.is(held, saved)) fields[field] = saved;
  }
}
