import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventFileHeader, scalarEvent } from "../../src/report/index.js";
import { python, pythonHas } from "../support/python.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("a file begins as those that TensorFlow writes: length 24, its masked CRC, and the version", () => {
  const header = eventFileHeader(1_600_000_000.5);
  // The first twelve bytes of every event file of format 2.
  expect(hex(header.subarray(0, 12))).toBe("1800000000000000a37f4b22");
  expect(hex(header.subarray(12, 13))).toBe("09");
  expect(new DataView(header.buffer).getFloat64(13, true)).toBe(1_600_000_000.5);
  expect(hex(header.subarray(21, 36))).toBe(hex(new TextEncoder().encode("\u001a\rbrain.Event:2")));
  expect(header).toHaveLength(40);
});

test("figures at a step are floats under their tags; what is no number is left out", () => {
  const event = scalarEvent(2, 300, { kl: 0.5, gone: Number.NaN });
  // wall_time = 2.0, step = 300, summary { value { tag: "kl" simple_value: 0.5 } }
  expect(hex(event.subarray(12, -4))).toBe(
    "090000000000000040" + "10ac02" + "2a0b" + "0a09" + "0a026b6c" + "150000003f",
  );
});

const present = pythonHas("tensorboard");
test.skipIf(!present)("TensorBoard reads them back", () => {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-events-"));
  const parts = [
    eventFileHeader(1e9),
    scalarEvent(1e9 + 1, 10, { "train/kl": 0.25, "validation/cost": 4.5 }),
    scalarEvent(1e9 + 2, 5_000_000_000, { "train/kl": 0.125 }),
  ];
  writeFileSync(join(folder, "events.out.tfevents.1000000000.switchyard"), Buffer.concat(parts));
  const read = python<Record<string, [number, number, number][]>>(
    `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(json.load(sys.stdin)); events.Reload()
print(json.dumps({tag: [[s.wall_time, s.step, s.value] for s in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`,
    folder,
  );
  expect(read).toEqual({
    "train/kl": [
      [1e9 + 1, 10, 0.25],
      [1e9 + 2, 5_000_000_000, 0.125],
    ],
    "validation/cost": [[1e9 + 1, 10, 4.5]],
  });
});
