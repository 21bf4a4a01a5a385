import { argo } from "./argo/format.js";
import type { Format } from "./format.js";
import { githubActions } from "./github-actions/format.js";
import { edgeCsv } from "./jaeger/edge-csv.js";
import { jaeger } from "./jaeger/format.js";
import { otlp } from "./otlp/format.js";
import { temporal } from "./temporal/format.js";
import { wfformat } from "./wfformat/format.js";

/** Every format that is known, in the order in which they are tried on a file. */
export const FORMATS: readonly Format[] = [wfformat, temporal, argo, githubActions, otlp, jaeger, edgeCsv];
