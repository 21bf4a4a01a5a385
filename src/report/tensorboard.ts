import { crc32c } from "../kit/crc32c.js";
import { ProtobufWriter } from "../kit/protobuf.js";

/**
 * Event files that TensorBoard reads: records in TensorFlow's TFRecord framing, each an `Event` (tensorflow/core/util/
 * event.proto). A file begins with `eventFileHeader`; records are appended to it.
 */

/** @param wallTime seconds since 1970 at which the file is begun */
export function eventFileHeader(wallTime: number): Uint8Array {
  return record(new ProtobufWriter().double(1, wallTime).text(3, "brain.Event:2").finish());
}

/** Figures at a step, by tag; what is no finite number is left out. */
export function scalarEvent(
  wallTime: number,
  step: number,
  figures: Readonly<Record<string, number>>,
): Uint8Array {
  const event = new ProtobufWriter().double(1, wallTime).varint(2, step);
  event.message(5, (summary) => {
    for (const [tag, value] of Object.entries(figures)) {
      if (Number.isFinite(value)) summary.message(1, (entry) => entry.text(1, tag).float(2, value));
    }
  });
  return record(event.finish());
}

/** uint64 length, masked CRC of the length, data, masked CRC of the data; all little-endian. */
function record(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(16 + data.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(out.subarray(0, 8))), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return out;
}

/** Rotated right by 15 bits and added to, so that a CRC of data with CRCs in it is still one (LevelDB, util/crc32c.h). */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
