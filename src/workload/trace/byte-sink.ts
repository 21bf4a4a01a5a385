import { AsyncByteQueue } from "apache-arrow";

/** Keeps what the writer makes until it is drained; Arrow's own queue would keep all of it. */
export class ByteSink extends AsyncByteQueue {
  private chunks: Uint8Array[] = [];

  override write(chunk: ArrayBufferView): void {
    this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  drain(): Uint8Array[] {
    const drained = this.chunks;
    this.chunks = [];
    return drained;
  }
}
