import fc from "fast-check";
import { expect } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace, type Source } from "../../../src/workload/import/index.js";
import { wholeOf } from "../../../src/workload/import/source.js";
import { encodeTrace, loadTrace } from "../../../src/workload/trace/index.js";

/** What an act that must fail complains about; any other error than an `InputError` passes through. */
export async function complaintOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was complained about");
}

/** Texts that stand where a file has others: numbers, times and names gone wrong, brackets missing, bytes of nothing. */
const BAD = [
  "",
  "0",
  "-1",
  "1e999",
  "null",
  "[]",
  "{}",
  '"',
  "\0",
  "\xff",
  "9007199254740993",
  "__proto__",
  "2024-02-31T00:00:00Z",
];

/**
 * Changes a sound file in a few places at a time. Each must be read into a trace that holds, or refused by an
 * `InputError`: nothing else may come, and nothing take long.
 */
export async function survivesMutation(source: Source, format: string, runs: number): Promise<void> {
  const bytes = Buffer.from(await wholeOf(source));
  const edit = fc.record({
    at: fc.nat(bytes.length - 1),
    length: fc.oneof(fc.nat(3), fc.nat(60)),
    text: fc.oneof(fc.constantFrom(...BAD), fc.string({ maxLength: 8 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let mutated = bytes;
      for (const { at, length, text } of edits) {
        const rest = mutated.subarray(Math.min(mutated.length, at + length));
        mutated = Buffer.concat([mutated.subarray(0, at), Buffer.from(text, "latin1"), rest]);
      }
      await held(bytesSource(source.name, mutated), format);
    }),
    { numRuns: runs, seed: 20_240_517 },
  );
}

async function held(source: Source, format: string): Promise<void> {
  const began = performance.now();
  try {
    const { workflows, metadata, report } = await importTrace([source], { format });
    const trace = loadTrace(encodeTrace(workflows, metadata));
    expect([trace.workflows, trace.submitted.every((at) => at >= 0)]).toEqual([report.workflows, true]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  try {
    await fileStatistics(source, format);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  expect(performance.now() - began).toBeLessThan(5000);
}
