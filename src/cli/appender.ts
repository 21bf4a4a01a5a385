import { appendFile } from "node:fs/promises";

/**
 * Adds to files in the background. What comes while a write is under way goes with the next one to its file: who adds in every turn of
 * the event loop, of which a write takes several, is never more than a write or two ahead of the disk.
 */
export class Appender {
  /** By path. */
  private readonly waiting = new Map<string, (string | Uint8Array)[]>();
  private writing = false;
  private pending: Promise<void> = Promise.resolve();

  /** @param write adds to the end of a file, which it makes where there is none */
  constructor(private readonly write: (path: string, data: Uint8Array) => Promise<void> = appendFile) {}

  add(path: string, data: string | Uint8Array): void {
    const pieces = this.waiting.get(path);
    if (pieces === undefined) this.waiting.set(path, [data]);
    else pieces.push(data);
    if (!this.writing) this.pending = this.writeAll();
  }

  /** Waits until all that was added is written. */
  flush(): Promise<void> {
    return this.pending;
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    try {
      // Also what is added meanwhile: a map is walked in the order of adding, to its end.
      for (const [path, pieces] of this.waiting) {
        this.waiting.delete(path);
        await this.write(path, Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
      }
    } finally {
      this.writing = false;
    }
  }
}
