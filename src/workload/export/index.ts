export { EXPORT_FORMATS, type ExportFormat, exportFormatOf, exportTrace } from "./export-trace.js";
