import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../kit/errors.js";

/** A recorded file: its stored bytes, and its content piece by piece. */
export interface Source {
  /** Its path or name, for complaints. */
  readonly name: string;
  /** Bytes as stored. */
  readonly size: number;
  /** Stored bytes [from, to), for formats that are read from their end. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** The stored bytes in pieces, each read when it is asked for. Every call begins anew. */
  stored(): AsyncGenerator<Uint8Array>;
  /** A file that lies where a path from its folder leads; null where there is none. Absent where it lies in no folder. */
  beside?(path: string): Promise<Source | null>;
}

const PIECE_BYTES = 256 * 1024;

export function bytesSource(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: bytes.length,
    read: async (from, to) => bytes.subarray(from, to),
    async *stored() {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
    },
  };
}

/** @throws {InputError} NO_FILE or NOT_A_FILE */
export async function fileSource(path: string): Promise<Source> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException): never => {
    throw unreadable(path, cause);
  });
  if (!found.isFile()) {
    throw new InputError("NOT_A_FILE", {
      what: found.isDirectory() ? "this is a folder" : "this is not a regular file",
      where: path,
      mend: "give a file",
    });
  }
  return {
    name: path,
    size: found.size,
    read: (from, to) => reading(path, (file) => readExactly(file, from, to)),
    stored: () => pieces(path, found.size),
    beside: (other) => fileSource(join(dirname(path), other)).catch(() => null),
  };
}

/** SHA-256 of the stored bytes, in hex. */
export async function digestOf(source: Source): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of source.stored()) hash.update(piece);
  return hash.digest("hex");
}

/** Files that are listed one by one; a digest covers them all in any case. */
const FILES_LISTED = 200;

/**
 * What a trace's provenance says of the files that it was made of. Names are without folders: where the files lay says
 * nothing about the trace, and differs between machines.
 */
export async function describeFiles(sources: readonly Source[]) {
  const all = createHash("sha256");
  const files: { name: string; sha256: string }[] = [];
  for (const source of sources) {
    const sha256 = await digestOf(source);
    all.update(sha256);
    if (files.length < FILES_LISTED) files.push({ name: source.name.split(/[\\/]/).at(-1)!, sha256 });
  }
  return { files, fileCount: sources.length, filesSha256: all.digest("hex") };
}

async function* pieces(path: string, size: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException): never => {
    throw unreadable(path, cause);
  });
  try {
    for (let at = 0; at < size; ) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, size - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function reading<T>(path: string, act: (file: Handle) => Promise<T>): Promise<T> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException): never => {
    throw unreadable(path, cause);
  });
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

async function readExactly(file: Handle, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, to - from));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function unreadable(path: string, cause: NodeJS.ErrnoException): InputError {
  const missing = cause.code === "ENOENT";
  return new InputError(
    "NO_FILE",
    {
      what: missing ? "there is no such file" : `the file cannot be read: ${cause.message}`,
      where: path,
      mend: missing ? "check the path" : "check the path and the file's permissions",
    },
    { cause },
  );
}
