/** The part of the WebAssembly API in use; the types of Node 20 leave it out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (pages: { initial: number; maximum: number; shared: true }) => WasmMemory;
}

/** A linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

const api = (globalThis as unknown as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** A WebAssembly module that is embedded as base64, with what it exports. It imports nothing but a memory, if that. */
export class WasmModule<Exports> {
  private present: boolean | undefined;
  private compiled: object | undefined;

  constructor(private readonly base64: string) {}

  /** Whether this machine runs it: it has WebAssembly with what the module uses, such as 128-bit SIMD. */
  runsHere(): boolean {
    this.present ??= api?.validate(this.bytes()) ?? false;
    return this.present;
  }

  /** A fresh instance. Compiled once a thread. Only where it `runsHere()`. @param memory where it does not bring its own */
  instantiate(memory?: WasmMemory): Exports {
    if (api === undefined) throw absent();
    this.compiled ??= new api.Module(this.bytes());
    return new api.Instance(this.compiled, memory === undefined ? {} : { env: { memory } })
      .exports as Exports;
  }

  private bytes(): Uint8Array {
    return Uint8Array.from(atob(this.base64), (unit) => unit.charCodeAt(0));
  }
}

/** A memory that several threads may have instances over: it can be posted to them. */
export function sharedMemory(): WasmMemory {
  if (api === undefined) throw absent();
  return new api.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
}

/** 2 GiB: as build.mjs says it. */
const MOST_PAGES = 32_768;

const absent = (): Error => new Error("WebAssembly is absent: ask runsHere() first");
