import { asyncBatchesOf, guard, openArrowBytes, openArrowFile } from "./arrow-file.js";
import { ArrowTraceDecoder } from "./arrow-in.js";
import { WorkflowAssembler } from "./assemble.js";
import { assembled } from "./load-trace.js";
import { decodeMetadata, type TraceMetadata } from "./metadata.js";
import type { RecordedWorkflow } from "./workflow.js";

/**
 * The workflows of a trace, one after another, in memory for one batch of the file (about 64k rows, or one workflow if
 * it is larger) however long the trace is. The file is closed when the iteration ends, however it ends.
 * @param source path of the file, or its bytes
 * @returns what the trace says about itself, when the iteration is done
 * @throws {InputError} NO_FILE and all that `loadTrace` throws; workflows before the fault have then been given
 */
export async function* readTrace(
  source: string | Uint8Array,
  name = "trace",
): AsyncGenerator<RecordedWorkflow, TraceMetadata> {
  if (typeof source !== "string") {
    const reader = openArrowBytes(source, name);
    const metadata = guard(name, () => decodeMetadata(reader.schema.metadata, name));
    yield* assembled(reader, name);
    return metadata;
  }
  const { handle, reader } = await openArrowFile(source);
  try {
    const metadata = guard(source, () => decodeMetadata(reader.schema.metadata, source));
    const decoder = guard(source, () => new ArrowTraceDecoder(reader.schema, source));
    const assembler = new WorkflowAssembler(() => decoder.names, source);
    for await (const batch of asyncBatchesOf(reader, source)) {
      yield* assembler.push(guard(source, () => decoder.decode(batch)));
    }
    yield* assembler.finish();
    return metadata;
  } finally {
    await handle.close();
  }
}

/**
 * What a trace file says about itself.
 * @throws {InputError} NO_FILE, EMPTY, BAD_ARROW, NOT_A_TRACE or UNSUPPORTED_VERSION
 */
export async function readTraceMetadata(path: string): Promise<TraceMetadata> {
  const { handle, reader } = await openArrowFile(path);
  try {
    return guard(path, () => decodeMetadata(reader.schema.metadata, path));
  } finally {
    await handle.close();
  }
}
