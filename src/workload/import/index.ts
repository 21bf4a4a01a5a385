export { formatOf } from "./detect-format.js";
export { fileStatistics } from "./file-statistics.js";
export type { Format, Reading, ReadWorkflow } from "./format.js";
export { FORMATS } from "./formats.js";
export {
  type FileImportOptions,
  type Imported,
  type ImportOptions,
  importToFile,
  importTrace,
} from "./import-trace.js";
export type { Mapping } from "./mapped/mapping.js";
export { parseMapping } from "./mapped/parse-mapping.js";
export type { ImportReport } from "./report.js";
export { type ImportSettings, parseWorkModel, type WorkModel } from "./settings.js";
export { bytesSource, fileSource, type Source } from "./source.js";
export type { Submission } from "./submission.js";
export type { WfInstance, WfTask } from "./wfformat/instance.js";
export { readWfInstance } from "./wfformat/read-instance.js";
export { type WfFormatStatistics, wfformatStatistics } from "./wfformat/statistics.js";
