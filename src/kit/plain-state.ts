type Typed = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint8Array;

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

/** An object that says itself what its state is. */
export interface Stateful {
  save(): PlainState;
  /** @param spared objects within it that keep the state that they have */
  restore(state: PlainState, spared?: (held: object) => boolean): void;
}

const isStateful = (value: object): value is Stateful =>
  typeof (value as Partial<Stateful>).save === "function" &&
  typeof (value as Partial<Stateful>).restore === "function";

/**
 * The state of an object whose state is all in its own fields: numbers and their like, typed arrays, and objects or lists of
 * the same kind; objects within it that are `Stateful` are asked. Functions are passed over: they must keep nothing. The copy
 * is deep.
 * @param except fields of `value` itself that are no state: what never changes, and what belongs to others
 */
export function plainState(value: unknown, except: readonly string[] = []): PlainState {
  if (ArrayBuffer.isView(value)) return (value as Typed).slice();
  if (Array.isArray(value)) return value.map((held) => inner(held));
  if (typeof value !== "object" || value === null) return value as PlainState;
  const state: Record<string, PlainState> = {};
  for (const [field, held] of Object.entries(value)) {
    if (typeof held !== "function" && !except.includes(field)) state[field] = inner(held);
  }
  return state;
}

function inner(held: unknown): PlainState {
  return typeof held === "object" && held !== null && isStateful(held) ? held.save() : plainState(held);
}

/**
 * Puts an object that was made in the same way into a state that `plainState` gave; the state stays the caller's.
 * @param spared objects within it that keep the state that they have
 */
export function restorePlainState(
  into: object,
  state: PlainState,
  spared: (held: object) => boolean = () => false,
): void {
  const fields = into as Record<string, unknown>;
  const given = state as Record<string, PlainState>;
  for (const field in given) {
    const saved = given[field];
    const held = fields[field];
    if (typeof held === "object" && held !== null && isStateful(held)) held.restore(saved, spared);
    else if (typeof saved !== "object" || saved === null) {
      // What did not change may be shared with a model, which is nobody's to write to.
      if (!Object.is(held, saved)) fields[field] = saved;
    } else if (ArrayBuffer.isView(saved)) {
      if (ArrayBuffer.isView(held) && (held as Typed).length === saved.length)
        (held as Typed).set(saved as never);
      else fields[field] = saved.slice();
    } else if (Array.isArray(saved) && isData(saved)) fields[field] = copied(saved);
    else if (!spared(held as object)) restorePlainState(held as object, saved, spared);
  }
}

/** Lists of data, copied: `structuredClone` takes ten times as long. */
const copied = (list: readonly PlainState[]): PlainState[] =>
  list.map((entry) => (Array.isArray(entry) ? copied(entry) : entry));

/** Lists of numbers and their like, and lists of such lists: they may have another length than they had. */
function isData(list: readonly PlainState[]): boolean {
  return list.every((entry) =>
    Array.isArray(entry) ? isData(entry) : typeof entry !== "object" || entry === null,
  );
}
