import { airflow } from "./airflow/format.js";
import { alibabaBatch2017 } from "./alibaba/batch-task-2017.js";
import { alibabaBatch2018 } from "./alibaba/batch-task-2018.js";
import { alibabaCallGraph2021 } from "./alibaba/call-graph-2021.js";
import { alibabaGpuNodes2023, alibabaGpuPods2023 } from "./alibaba/gpu-2023.js";
import { argo } from "./argo/format.js";
import { azureFunctions2019 } from "./azure/functions-2019.js";
import { azureFunctions2021 } from "./azure/functions-2021.js";
import { azureLlm2023 } from "./azure/llm-2023.js";
import { eventLogCsv } from "./event-log/csv-log.js";
import { xes } from "./event-log/xes.js";
import type { Format } from "./format.js";
import { githubActions } from "./github-actions/format.js";
import { googleBorg2019 } from "./google/borg-2019.js";
import { googleLightSaber } from "./google/lightsaber.js";
import { googleMachineEvents2011, googleTaskUsage2011 } from "./google/machines-2011.js";
import { googleTaskEvents2011 } from "./google/task-events-2011.js";
import { gwf } from "./gwf/format.js";
import { edgeCsv } from "./jaeger/edge-csv.js";
import { jaeger } from "./jaeger/format.js";
import { mooncake } from "./mooncake/format.js";
import { otlp } from "./otlp/format.js";
import { ownCsv, ownParquet } from "./own/format.js";
import { swf } from "./swf/format.js";
import { temporal } from "./temporal/format.js";
import { wfformat } from "./wfformat/format.js";
import { wta } from "./wta/format.js";

/** Every format that is known, in the order in which they are tried on a file. */
export const FORMATS: readonly Format[] = [
  wfformat,
  temporal,
  argo,
  githubActions,
  airflow,
  ownParquet,
  wta,
  otlp,
  jaeger,
  edgeCsv,
  ownCsv,
  swf,
  gwf,
  alibabaBatch2018,
  alibabaBatch2017,
  alibabaGpuPods2023,
  alibabaGpuNodes2023,
  alibabaCallGraph2021,
  googleTaskEvents2011,
  googleLightSaber,
  googleMachineEvents2011,
  googleTaskUsage2011,
  googleBorg2019,
  azureFunctions2021,
  azureFunctions2019,
  azureLlm2023,
  mooncake,
  xes,
  eventLogCsv,
];
