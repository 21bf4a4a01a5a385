import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, importTrace } from "../../../src/workload/import/index.js";
import { MADE_UP } from "./fuzz-samples.js";
import { wtaBytes } from "./wta-bytes.js";

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A Zstandard frame of one raw block (RFC 8878, 3.1.1.2): no encoder is needed for that. */
function zstdOf(content: Uint8Array): Buffer {
  const header = (content.length << 3) | 1;
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]),
    Buffer.from([header & 255, (header >> 8) & 255, (header >> 16) & 255]),
    content,
  ]);
}

/** What a file may come in without meaning anything else. */
const WRAPPINGS: Readonly<Record<string, (content: Buffer) => Uint8Array>> = {
  "gzip, whatever its name": (content) => gzipSync(content),
  "gzip in two members": (content) =>
    Buffer.concat([gzipSync(content.subarray(0, 40)), gzipSync(content.subarray(40))]),
  Zstandard: zstdOf,
  "a byte order mark": (content) => Buffer.concat([MARK, content]),
  "a byte order mark and gzip": (content) => gzipSync(Buffer.concat([MARK, content])),
  "Windows line ends": (content) => Buffer.from(content.toString("utf8").replace(/\r?\n/g, "\r\n")),
  "no line end after the last line": (content) => Buffer.from(content.toString("utf8").trimEnd()),
};

/** Everything but where it came from; or why it is refused. */
async function readFrom(name: string, bytes: Uint8Array) {
  try {
    const { workflows, report } = await importTrace([bytesSource(name, bytes)]);
    return {
      workflows,
      skipped: report.skipped.map(({ cause, count }) => [cause, count]),
      warnings: report.warnings.map(({ code, count }) => [code, count]),
    };
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
}

describe.each(Object.entries(MADE_UP))("%s", (name, text) => {
  const content = Buffer.from(text);
  test.each(Object.entries(WRAPPINGS))("is the same in %s", async (_, wrapped) =>
    expect(await readFrom(name, wrapped(content))).toEqual(await readFrom(name, content)),
  );
});

test("a Parquet file that was packed once more is unpacked", async () => {
  const bytes = Buffer.from(wtaBytes([{ id: 1n, flow: 7n, submit: 1000, runtime: 500, wait: 20 }]));
  const plain = await readFrom("tasks.parquet", bytes);
  expect(plain).toMatchObject({ workflows: [{ count: 1 }] });
  for (const packed of [gzipSync(bytes), zstdOf(bytes)])
    expect(await readFrom("tasks.parquet", packed)).toEqual(plain);
});
