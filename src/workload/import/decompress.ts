import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { InputError } from "../../kit/errors.js";

/** Content that grew by more than this from what is stored is a bomb, once it is large. Logs grow 5 to 60 times. */
const MOST_GROWTH = 400;
const LARGE_BYTES = 256 * 1024 * 1024;

/**
 * The content of stored bytes: gzip (RFC 1952) and Zstandard (RFC 8878) are taken apart as they come, anything else
 * stands as it is.
 * @throws {InputError} BAD_GZIP, BAD_ZSTD for damaged or truncated bytes; BOMB where a small file becomes a huge one
 */
export async function* decompressed(
  stored: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* takenApart(stored, name);
  } finally {
    // Whoever stops before the first piece is passed on has not begun to walk over the others, which then stay open.
    await stored.return(undefined);
  }
}

async function* takenApart(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const first = await stored.next();
  if (first.done === true) return;
  let read = 0;
  async function* all() {
    read += first.value!.length;
    yield first.value!;
    for await (const piece of stored) {
      read += piece.length;
      yield piece;
    }
  }
  const kind = compressionOf(first.value);
  if (kind === null) {
    yield* all();
    return;
  }
  let grown = 0;
  for await (const piece of kind === "gzip" ? gunzipped(all(), name) : unzstd(all(), name)) {
    grown += piece.length;
    if (grown > LARGE_BYTES && grown > read * MOST_GROWTH) {
      throw new InputError("BOMB", {
        what: `${read} stored bytes have become ${grown}: more than ${MOST_GROWTH} times as many`,
        where: name,
        mend: "decompress the file yourself if you trust it",
      });
    }
    yield piece;
  }
}

/** How a file is compressed, by its first bytes. */
export function compressionOf([a, b, c, d]: Uint8Array): "gzip" | "zstd" | null {
  if (a === 0x1f && b === 0x8b) return "gzip";
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? "zstd" : null;
}

async function* gunzipped(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // What feeds the stream may throw for reasons of its own, which must not be taken for damage.
  let failure: unknown;
  const feeding = (async () => {
    try {
      for await (const piece of stored) {
        if (gunzip.destroyed) return;
        if (!gunzip.write(piece)) {
          await new Promise<void>((resolve) => {
            gunzip.once("drain", resolve);
            gunzip.once("close", resolve);
          });
        }
      }
      gunzip.end();
    } catch (error) {
      failure = error;
      gunzip.destroy(error as Error);
    }
  })();
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (cause) {
    throw failure ?? damaged("BAD_GZIP", "gzip", name, cause);
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

async function* unzstd(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  const stream = new Decompress((piece) => {
    if (piece.length > 0) pieces.push(piece);
  });
  const push = (piece: Uint8Array, last: boolean) => {
    try {
      stream.push(piece, last);
    } catch (cause) {
      throw damaged("BAD_ZSTD", "Zstandard", name, cause);
    }
  };
  for await (const piece of stored) {
    push(piece, false);
    yield* pieces;
    pieces = [];
  }
  push(new Uint8Array(0), true);
  yield* pieces;
}

function damaged(code: string, title: string, name: string, cause: unknown): InputError {
  return new InputError(
    code,
    {
      what: `the ${title} data is damaged or cut short: ${(cause as Error).message}`,
      where: name,
      mend: "fetch the file again",
    },
    { cause },
  );
}
