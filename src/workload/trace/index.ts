export type { TraceColumns } from "./columns.js";
export { encodeTrace } from "./encode-trace.js";
export { loadTrace, type Trace } from "./load-trace.js";
export { TRACE_VERSION, type TraceMetadata } from "./metadata.js";
export { readTrace } from "./read-trace.js";
export { renderTraceSummary } from "./render-trace-summary.js";
export { type Spread, type TraceSummary, traceSummary } from "./trace-summary.js";
export { TraceWriter } from "./trace-writer.js";
export type { RecordedWorkflow, TraceWorkflow } from "./workflow.js";
