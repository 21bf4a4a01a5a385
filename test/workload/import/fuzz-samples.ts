import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { hasSharedData, sharedPath } from "../shared-data.js";

/** Small files of every format, made up; what is fuzzed where no recorded ones are at hand. */
export const MADE_UP: Readonly<Record<string, string>> = {
  "wf.json": JSON.stringify({
    name: "app-7",
    schemaVersion: "1.5",
    workflow: {
      specification: {
        tasks: [
          { id: "a_1", name: "a_1", parents: [], children: ["b_2"], inputFiles: ["f"] },
          { id: "b_2", name: "b_2", parents: ["a_1"], children: [] },
        ],
        files: [{ id: "f", sizeInBytes: 12 }],
      },
      execution: {
        makespanInSeconds: 9,
        executedAt: "2023-03-29T10:02:36.25-10:00",
        tasks: [
          { id: "a_1", runtimeInSeconds: 1.5, coreCount: 2, machines: ["m"] },
          { id: "b_2", runtimeInSeconds: 4, memoryInBytes: 1024, priority: 1 },
        ],
        machines: [{ nodeName: "m" }],
      },
    },
  }),
  "exported.csv": `workflow,submitted,template,task,type,after,work,cpu,recordedPool,outcome,attempts
0,0,order,0,pay,,1.5,2,fast,succeeded,1
0,0,order,1,ship,0,4,,slow,failed,3
1,2.5,order,0,pay,,0.25,1,,,
`,
  "jobs.swf": `; MaxProcs: 128
; UnixStartTime: 749458803
1 0 5 100 4 -1 -1 4 200 -1 1 3 1 2 1 -1 -1 -1
2 60 -1 30 1 20.5 512 1 -1 -1 0 3 1 2 2 -1 1 10
3 61 7 0 8 -1 -1 8 60 -1 5 4 1 -1 1 -1 -1 -1
`,
  "trace.gwf": `WorkflowID, JobID     , SubmitTime, RunTime   , NProcs    , ReqNProcs , Dependencies
0         , 1         , 16        , 11        , 1         , 1         ,
0         , 2         , 40        , 11        , 2         , 2         , 1
1         , 1         , 50        , 3         , 1         , 1         ,
1         , 2         , 50        , 5         , 1         , 1         , 1
`,
  "batch_task.csv": `M1,1,j_1,1,Terminated,100,160,100,0.5
R2_1,4,j_1,1,Terminated,160,200,50,0.3
J3_1_2,1,j_1,2,Failed,200,210,,
task_abc=,1,j_2,1,Terminated,120,130,100,0.1
M1,2,j_3,1,Running,150,0,100,0.2
`,
  "batch_2017.csv": `task_create_time, task_end_time, job_id, task_id,number_of_instances, status, number_of_cpus_requested_per_instance_in_the_task,normalized_memory_requested_per_instance_in_the_task
100,165,3,4,15,Terminated,50,0.0079
101,120,3,5,1,Terminated,50,0.0044
130,0,4,1,3,Waiting,,
`,
  "pods.csv": `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
pod-0,12000,16384,1,1000,,LS,Running,0,1250,0
pod-1,6000,12288,1,460,V100|A10,BE,Failed,42,129,43
pod-2,6000,12288,0,0,,LS,Pending,50,60,
`,
  "calls.csv": `,traceid,timestamp,rpcid,um,rpctype,dm,interface,rt
0,t1,100,0.1,a,http,b,x,12
1,t1,101,0.1.1,b,rpc,c,y,5
2,t1,101,0.1.1,b,rpc,c,y,-5
3,t2,150,0.1,a,http,(?),,0
`,
  "task_events.csv": `0,,1,0,,0,user,3,9,0.125,0.07,0.2,0
10,,1,0,7,1,user,3,9,0.125,0.07,0.2,0
90000000,,1,0,7,4,user,3,9,0.125,0.07,0.2,0
20,,2,0,,0,user,2,1,0.1,0.01,0.2,0
30,,2,0,8,1,user,2,1,0.1,0.01,0.2,0
5000040,,2,0,8,3,user,2,1,0.1,0.01,0.2,0
`,
  "task_events.lightsaber.txt": `1    52        0      32064642   0    280  0  9    0.063 0.006 0.000     0
2    52        0      32064642   1    280  0  9    0.063 0.006 0.000     0
9    52        0      32064642   4    280  0  9    0.063 0.006 0.000     0
`,
  "borg2019.csv": `time,instance_events_type,collection_id,scheduling_class,priority,instance_index,machine_id,user,start_after_collection_ids,start_time,end_time,cluster,event,failed
0,2,94591244395,3,200,144,168846390496,u1,,0,300000000,7,FAIL,1
2517305308183,2,260697606809,2,360,335,85515092,u2,"[26, 27]",2517000000000,2517300000000,7,FINISH,0
195684022913,6,3.76E+11,0,103,268,3.9E+11,u3,,195600000000,195684022913,7,KILL,0
`,
  "functions.csv": `app,func,end_timestamp,duration
a1,f1,0.0795,0.078
a1,f2,57.15786004066467,57.154
b2,f1,59.13,0
`,
  "functions2019.csv": `HashOwner,HashApp,HashFunction,Trigger,1,2,3,4
o1,a1,f1,http,0,2,1,0
o1,a1,f2,timer,1,1,1,1
`,
  "llm.csv": `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319600,3180,8
`,
  "mooncake.jsonl": `{"timestamp": 0, "input_length": 700, "output_length": 50, "hash_ids": [0, 1]}
{"timestamp": 20, "input_length": 1200, "output_length": 9, "hash_ids": [0, 1, 2]}
`,
  "otlp.json": JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
        scopeSpans: [
          {
            spans: [
              span("1", "", "checkout", 0, 900),
              span("2", "1", "reserve", 100, 300),
              { ...span("3", "1", "pay", 350, 800), status: { code: 2 } },
              span("4", "1", "notify", 700, 1200),
            ],
          },
        ],
      },
    ],
  }),
  "jaeger.json": JSON.stringify({
    data: [
      {
        traceID: "ab12",
        spans: [
          {
            traceID: "ab12",
            spanID: "1",
            operationName: "root",
            references: [],
            startTime: 1700000000000000,
            duration: 900,
            processID: "p1",
            tags: [],
          },
          {
            traceID: "ab12",
            spanID: "2",
            operationName: "child",
            references: [{ refType: "CHILD_OF", traceID: "ab12", spanID: "1" }],
            startTime: 1700000000000100,
            duration: 300,
            processID: "p1",
            tags: [{ key: "error", type: "bool", value: true }],
          },
        ],
        processes: { p1: { serviceName: "shop", tags: [] } },
      },
    ],
  }),
  "log.xes": `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="x"/></global>
  <trace><string key="concept:name" value="c1"/>
    <event><string key="concept:name" value="a"/><string key="lifecycle:transition" value="start"/><date key="time:timestamp" value="2020-01-01T10:00:00.000+01:00"/></event>
    <event><string key="concept:name" value="a"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="2020-01-01T10:05:00.000+01:00"/></event>
    <event><string key="concept:name" value="b"/><string key="org:resource" value="R"/><date key="time:timestamp" value="2020-01-01T10:06:00Z"/></event>
  </trace>
</log>
`,
  "events.csv": `case:concept:name,concept:name,time:timestamp,start_timestamp
C1,place order,2015-01-05 09:02:50+00:00,2015-01-05 09:00:07+00:00
C1,ship,2015-01-05 10:02:50+00:00,2015-01-05 10:00:07+00:00
C2,place order,2015-01-05 10:54:11+00:00,2015-01-05 10:18:21+00:00
`,
  "temporal.json": JSON.stringify({
    events: [
      [
        "WORKFLOW_EXECUTION_STARTED",
        "workflowExecutionStartedEventAttributes",
        { workflowType: { name: "Order" } },
      ],
      ["WORKFLOW_TASK_SCHEDULED", "workflowTaskScheduledEventAttributes", {}],
      ["WORKFLOW_TASK_STARTED", "workflowTaskStartedEventAttributes", { scheduledEventId: "2" }],
      [
        "WORKFLOW_TASK_COMPLETED",
        "workflowTaskCompletedEventAttributes",
        { scheduledEventId: "2", startedEventId: "3" },
      ],
      [
        "ACTIVITY_TASK_SCHEDULED",
        "activityTaskScheduledEventAttributes",
        { activityId: "5", activityType: { name: "charge" }, workflowTaskCompletedEventId: "4" },
      ],
      ["ACTIVITY_TASK_STARTED", "activityTaskStartedEventAttributes", { scheduledEventId: "5", attempt: 2 }],
      [
        "ACTIVITY_TASK_COMPLETED",
        "activityTaskCompletedEventAttributes",
        { scheduledEventId: "5", startedEventId: "6" },
      ],
      [
        "WORKFLOW_EXECUTION_COMPLETED",
        "workflowExecutionCompletedEventAttributes",
        { workflowTaskCompletedEventId: "4" },
      ],
    ].map(([type, attributes, value], i) => ({
      eventId: `${i + 1}`,
      eventTime: `2024-01-01T00:00:0${i}.5Z`,
      eventType: `EVENT_TYPE_${type as string}`,
      [attributes as string]: value,
    })),
  }),
  "argo.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: dag-x }
status:
  phase: Succeeded
  startedAt: "2024-01-01T00:00:00Z"
  finishedAt: "2024-01-01T00:00:20Z"
  nodes:
    dag-x: { id: dag-x, name: dag-x, type: DAG, phase: Succeeded, startedAt: "2024-01-01T00:00:00Z", finishedAt: "2024-01-01T00:00:20Z", children: [n1] }
    n1: { id: n1, name: dag-x.A, displayName: A, type: Pod, templateName: echo, phase: Succeeded, startedAt: "2024-01-01T00:00:00Z", finishedAt: "2024-01-01T00:00:08Z", children: [n2] }
    n2: { id: n2, name: dag-x.B, displayName: B, type: Pod, templateName: echo, phase: Failed, startedAt: "2024-01-01T00:00:09Z", finishedAt: "2024-01-01T00:00:20Z" }
`,
  "gha.json": JSON.stringify({
    total_count: 1,
    jobs: [
      {
        id: 1,
        run_id: 7,
        run_attempt: 1,
        name: "build",
        status: "completed",
        conclusion: "success",
        created_at: "2024-01-01T00:00:00Z",
        started_at: "2024-01-01T00:00:05Z",
        completed_at: "2024-01-01T00:01:05Z",
        labels: ["ubuntu-latest"],
        steps: [
          {
            name: "checkout",
            number: 1,
            status: "completed",
            conclusion: "success",
            started_at: "2024-01-01T00:00:05Z",
            completed_at: "2024-01-01T00:00:15Z",
          },
        ],
      },
    ],
  }),
  "airflow.json": JSON.stringify({
    task_instances: [
      {
        dag_id: "etl",
        dag_run_id: "r1",
        task_id: "extract",
        state: "success",
        start_date: "2024-01-01T00:00:00+00:00",
        end_date: "2024-01-01T00:00:30+00:00",
        duration: 30,
        try_number: 1,
        pool: "default_pool",
        map_index: -1,
      },
    ],
    total_entries: 1,
  }),
};

function span(id: string, parent: string, name: string, from: number, to: number) {
  const at = (ms: number) => `${1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n}`;
  return {
    traceId: "0123456789abcdef0123456789abcdef",
    spanId: id.padStart(16, "0"),
    parentSpanId: parent === "" ? "" : parent.padStart(16, "0"),
    name,
    kind: 1,
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(to),
    attributes: [],
  };
}

const RECORDED = sharedPath("open");
const MOST_BYTES = 24 * 1024;

/** Recorded files by their paths, the larger ones cut after a line; none where they are not at hand. */
export function recordedSamples(): [string, Uint8Array][] {
  if (!hasSharedData) return [];
  return filesIn(RECORDED).flatMap((path): [string, Uint8Array][] => {
    let bytes: Uint8Array = readFileSync(path);
    if (path.endsWith(".gz")) bytes = gunzipSync(bytes);
    const lines = /\.(csv|swf|txt|ndjson|jsonl|gwf|xes)(\.gz)?$/.test(path);
    if (bytes.length > MOST_BYTES && !lines) return [];
    const end = bytes.length > MOST_BYTES ? bytes.lastIndexOf(10, MOST_BYTES) + 1 : bytes.length;
    return [[relative(RECORDED, path).replace(/\.gz$/, ""), bytes.subarray(0, end)]];
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    });
}
