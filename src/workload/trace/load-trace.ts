import { createHash } from "node:crypto";
import { InputError } from "../../kit/errors.js";
import { GrowingColumn } from "../../kit/growing-column.js";
import { batchesOf, guard, openArrowBytes } from "./arrow-file.js";
import { ArrowTraceDecoder } from "./arrow-in.js";
import { WorkflowAssembler } from "./assemble.js";
import type { TraceColumns } from "./columns.js";
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
 * @throws {InputError} EMPTY, BAD_ARROW, NOT_A_TRACE, UNSUPPORTED_VERSION, BAD_TRACE or TOO_LARGE
 */
export function loadTrace(bytes: Uint8Array, file = "trace"): Trace {
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
  for (const workflow of assembled(reader, file)) columns.add(workflow);
  return { ...columns.columns(createHash("sha256").update(bytes).digest("hex")), metadata };
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

class ColumnsBuilder {
  private readonly firstRow = new GrowingColumn(Int32Array);
  private readonly submitted = new GrowingColumn(Float64Array);
  private readonly deadline = new GrowingColumn(Float64Array);
  private readonly priority = new GrowingColumn(Int32Array);
  private readonly template = new GrowingColumn(Int32Array);
  private readonly type = new GrowingColumn(Int32Array);
  private readonly work = new GrowingColumn(Float64Array);
  private readonly parentFirst = new GrowingColumn(Int32Array);
  private readonly parents = new GrowingColumn(Int32Array);
  private readonly templates = new Map<string, number>();
  private readonly types = new Map<string, number>();

  constructor() {
    this.firstRow.push(0);
    this.parentFirst.push(0);
  }

  add({
    count,
    firstParent,
    parent,
    submitted,
    deadline,
    priority,
    template,
    type,
    work,
  }: RecordedWorkflow): void {
    this.submitted.push(submitted);
    this.deadline.push(deadline);
    this.priority.push(commonPriority(priority));
    this.template.push(numberOf(template, this.templates));
    for (let t = 0; t < count; t++) {
      this.type.push(numberOf(type[t]!, this.types));
      this.work.push(work[t]!);
      for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) this.parents.push(parent[e]!);
      this.parentFirst.push(this.parents.length);
    }
    this.firstRow.push(this.work.length);
  }

  columns(digest: string): TraceColumns {
    return {
      workflows: this.submitted.length,
      rows: this.work.length,
      firstRow: this.firstRow.view().slice(),
      submitted: this.submitted.view().slice(),
      deadline: this.deadline.view().slice(),
      priority: Int16Array.from(this.priority.view()),
      template: this.template.view().slice(),
      templateNames: [...this.templates.keys()],
      type: this.type.view().slice(),
      typeNames: [...this.types.keys()],
      work: this.work.view().slice(),
      parentFirst: this.parentFirst.view().slice(),
      parents: this.parents.view().slice(),
      digest,
    };
  }
}

/** The priority that all tasks of a workflow share; 0 where they share none or it is unknown. */
function commonPriority(priority: Float64Array | undefined): number {
  const first = priority?.[0] ?? Number.NaN;
  return Number.isNaN(first) || priority!.some((p) => p !== first) ? 0 : first;
}

function numberOf(name: string, table: Map<string, number>): number {
  let number = table.get(name);
  if (number === undefined) table.set(name, (number = table.size));
  return number;
}
