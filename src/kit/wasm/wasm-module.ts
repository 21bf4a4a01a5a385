/** The part of the WebAssembly API in use; the types of Node 20 leave it out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const api = (globalThis as unknown as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** A WebAssembly module that is embedded as base64, with what it exports. It imports nothing. */
export class WasmModule<Exports> {
  private present: boolean | undefined;
  private compiled: object | undefined;

  constructor(private readonly base64: string) {}

  /** Whether this machine runs it: it has WebAssembly with what the module uses, such as 128-bit SIMD. */
  runsHere(): boolean {
    this.present ??= api?.validate(this.bytes()) ?? false;
    return this.present;
  }

  /** A fresh instance. Compiled once a thread. Only where it `runsHere()`. */
  instantiate(): Exports {
    if (api === undefined) throw new Error("WebAssembly is absent: ask runsHere() first");
    this.compiled ??= new api.Module(this.bytes());
    return new api.Instance(this.compiled, {}).exports as Exports;
  }

  private bytes(): Uint8Array {
    return Uint8Array.from(atob(this.base64), (unit) => unit.charCodeAt(0));
  }
}
