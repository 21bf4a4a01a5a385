import { createHash } from "node:crypto";
import { InputError } from "../../kit/errors.js";
import { batchesOf, guard, openArrowBytes } from "./arrow-file.js";
import { ArrowTraceDecoder } from "./arrow-in.js";
import { WorkflowAssembler } from "./assemble.js";
import type { TraceColumns } from "./columns.js";
import { ColumnsBuilder } from "./columns-builder.js";
import { TRACE_LIMITS } from "./limits.js";
import { decodeMetadata, type TraceMetadata } from "./metadata.js";
import type { RecordedWorkflow } from "./workflow.js";

/** A trace in memory, checked, with what it says about itself. Plain data: it can be sent to a worker as it is. */
export interface Trace extends TraceColumns {
  readonly metadata: TraceMetadata;
}

/**
 * Reads a trace from the bytes of its Arrow file.
 * @param file name for complaints
 * @param watch is shown every workflow in turn: what the columns do not keep need not be read for a second time
 * @throws {InputError} EMPTY, BAD_ARROW, NOT_A_TRACE, UNSUPPORTED_VERSION, BAD_TRACE or TOO_LARGE
 */
export function loadTrace(
  bytes: Uint8Array,
  file = "trace",
  watch?: (workflow: RecordedWorkflow) => void,
): Trace {
  if (bytes.length > TRACE_LIMITS.bytesInMemory) {
    throw new InputError("TOO_LARGE", {
      what: `the trace has ${bytes.length} bytes, and at most ${TRACE_LIMITS.bytesInMemory} fit in memory`,
      where: file,
      mend: "split it, or read it with readTrace",
    });
  }
  const reader = openArrowBytes(bytes, file);
  const metadata = guard(file, () => decodeMetadata(reader.schema.metadata, file));
  const columns = new ColumnsBuilder();
  for (const workflow of assembled(reader, file)) {
    columns.add(workflow);
    watch?.(workflow);
  }
  return { ...columns.take(createHash("sha256").update(bytes).digest("hex")), metadata };
}

/** The workflows of a trace in memory, one after another. */
export function* assembled(
  reader: ReturnType<typeof openArrowBytes>,
  file: string,
): Generator<RecordedWorkflow> {
  const decoder = guard(file, () => new ArrowTraceDecoder(reader.schema, file));
  const assembler = new WorkflowAssembler(() => decoder.names, file);
  for (const batch of batchesOf(reader, file))
    yield* assembler.push(guard(file, () => decoder.decode(batch)));
  yield* assembler.finish();
}
