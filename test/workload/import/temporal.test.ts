import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace, type Source } from "../../../src/workload/import/index.js";
import { hasSharedData, sharedBytes } from "../shared-data.js";
import { complaintOf } from "./complaint-of.js";

type Event = readonly [second: number, type: string, attributes?: object];

/** A history whose first event is its start, and whose event ids count up from 1. */
const file = (events: readonly Event[], name = "h.json", spell = (type: string) => type): Source =>
  bytesSource(
    name,
    Buffer.from(
      JSON.stringify({
        events: events.map(([second, type, attributes = {}], i) => ({
          eventId: String(i + 1),
          eventTime: new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString(),
          eventType: spell(type),
          [`${type[0]!.toLowerCase()}${type.slice(1)}EventAttributes`]: attributes,
        })),
      }),
    ),
  );

const start: Event = [0, "WorkflowExecutionStarted", { workflowType: { name: "order" } }];
/** Three events, of which the second begins and the third ends a workflow task. */
const decision = (second: number, scheduled: number): Event[] => [
  [second, "WorkflowTaskScheduled"],
  [second, "WorkflowTaskStarted", { scheduledEventId: String(scheduled) }],
  [
    second,
    "WorkflowTaskCompleted",
    { scheduledEventId: String(scheduled), startedEventId: String(scheduled + 1) },
  ],
];
const schedule = (second: number, name: string, decided: number): Event => [
  second,
  "ActivityTaskScheduled",
  { activityType: { name }, taskQueue: { name: "q" }, workflowTaskCompletedEventId: String(decided) },
];
const begin = (second: number, scheduled: number, attempt = 1): Event => [
  second,
  "ActivityTaskStarted",
  { scheduledEventId: String(scheduled), attempt },
];
const end = (second: number, scheduled: number, started: number, how = "Completed"): Event => [
  second,
  `ActivityTask${how}`,
  { scheduledEventId: String(scheduled), startedEventId: String(started) },
];

/** Two activities at once; a third when the first has ended, a fourth when all have. */
const events: readonly Event[] = [
  start,
  ...decision(0, 2), // 2, 3, 4
  schedule(1, "a", 4), // 5
  schedule(1, "b", 4), // 6
  begin(2, 5), // 7
  end(5, 5, 7), // 8
  ...decision(5, 9), // 9, 10, 11
  schedule(6, "c", 11), // 12
  begin(2, 6, 3), // 13: attempts that failed are in no event
  end(9, 6, 13), // 14
  begin(8, 12), // 15
  end(10, 12, 15), // 16
  ...decision(10, 17), // 17, 18, 19
  schedule(11, "d", 19), // 20
];

test("an activity waits for what had ended when its workflow task began, and for nothing that follows from it", async () => {
  const { workflows, report } = await importTrace([file(events)]);
  const [flow] = workflows;
  expect(flow).toMatchObject({ template: "order", submitted: 0, type: ["a", "b", "c", "d"] });
  const parents = flow!.type.map((_, t) =>
    [...flow!.parent.slice(flow!.firstParent[t], flow!.firstParent[t + 1])].map((p) => flow!.type[p]),
  );
  expect(parents).toEqual([[], [], ["a"], ["b", "c"]]);
  expect([...flow!.work]).toEqual([3, 7, 2, Number.NaN]);
  expect([...flow!.attempts!]).toEqual([1, 3, 1, Number.NaN]);
  expect([...flow!.recordedReady!]).toEqual([1, 1, 6, 11]);
  expect([...flow!.recordedStart!]).toEqual([2, 2, 8, Number.NaN]);
  expect([...flow!.recordedEnd!]).toEqual([5, 9, 10, Number.NaN]);
  expect(flow!.outcome).toEqual(["succeeded", "succeeded", "succeeded", null]);
  expect(flow!.recordedPool).toEqual(["q", "q", "q", "q"]);
  expect(report.warnings.map(({ code, count }) => [code, count])).toEqual([["RUNTIME_UNKNOWN", 1]]);
});

test("event types read alike in either spelling", async () => {
  const scream = (type: string) =>
    `EVENT_TYPE_${type.replace(/[a-z](?=[A-Z])/g, (letter) => `${letter}_`).toUpperCase()}`;
  const [camel, screaming] = await Promise.all([
    fileStatistics(file(events)),
    fileStatistics(file(events, "s.json", scream)),
  ]);
  expect(screaming).toEqual({ ...camel, sha256: screaming["sha256"], enum_style: "SCREAMING" });
});

test("timers and child workflows are tasks; what was cancelled or timed out says so", async () => {
  const child = { workflowType: { name: "ship" }, workflowTaskCompletedEventId: "4" };
  const { workflows } = await importTrace([
    file([
      start,
      ...decision(0, 2),
      [1, "TimerStarted", { startToFireTimeout: "10s", workflowTaskCompletedEventId: "4" }], // 5
      [1, "TimerStarted", { startToFireTimeout: "10s", workflowTaskCompletedEventId: "4" }], // 6
      [1, "StartChildWorkflowExecutionInitiated", child], // 7
      schedule(1, "slow", 4), // 8
      [2, "ChildWorkflowExecutionStarted", { initiatedEventId: "7" }], // 9
      [4, "TimerCanceled", { startedEventId: "6" }],
      [6, "ChildWorkflowExecutionTerminated", { initiatedEventId: "7", startedEventId: "9" }],
      [11, "TimerFired", { startedEventId: "5" }],
      [20, "ActivityTaskTimedOut", { scheduledEventId: "8", startedEventId: "0" }],
      [20, "SomethingNew", { scheduledEventId: "999" }],
      [21, "TimerStarted", { startToFireTimeout: "0.5s", workflowTaskCompletedEventId: "4" }],
    ]),
  ]);
  const [flow] = workflows;
  expect(flow!.type).toEqual(["timer", "timer", "ship", "slow", "timer"]);
  expect([...flow!.work]).toEqual([10, 3, 4, Number.NaN, 0.5]);
  expect(flow!.outcome).toEqual(["succeeded", "cancelled", "cancelled", "timed out", null]);
});

test("files are workflows, by the date of their first event; a local activity is told to be left out", async () => {
  const marker: Event = [3, "MarkerRecorded", { markerName: "core_local_activity" }];
  const late = file(
    events.map(([second, ...rest]) => [second + 60, ...rest] as const),
    "late.json",
  );
  const { workflows, report } = await importTrace([late, file([...events, marker])]);
  expect(workflows.map(({ submitted }) => submitted)).toEqual([0, 60]);
  expect(report.skipped).toEqual([
    {
      cause: "a local activity, of which a history keeps the result and not the times",
      count: 1,
      first: "h.json > events[20]",
    },
  ]);
});

test.each<[string, readonly Event[], string]>([
  ["no event at all", [], "events is missing or empty"],
  ["no beginning", events.slice(1), "a history begins with WorkflowExecutionStarted"],
  ["an activity that ends twice", [...events, end(12, 5, 7)], "names event 5, which has ended"],
  ["an end of a start that was not", [...events, begin(12, 20), end(13, 20, 7)], "which did not start it"],
  ["a timer that ends an activity", [...events, [12, "TimerFired", { startedEventId: "20" }]], "opens none"],
  ["a decision that is none", [start, schedule(1, "a", 1)], "which is no workflow task"],
])("a history with %s is refused", async (_, history, message) => {
  expect(await complaintOf(() => importTrace([file(history)], { format: "temporal-history" }))).toContain(
    message,
  );
});

describe.skipIf(!hasSharedData)("a broken Temporal history", () => {
  test.each([
    [
      "temporal-unknown-scheduled-event.json",
      "event 9 completes the activity scheduled by event 999, which does not exist",
    ],
    [
      "temporal-events-out-of-order.json",
      "event ids are not ascending: 6 at position 5 is followed by 5 at position 6",
    ],
  ])("%s is refused", async (name, message) => {
    const source = bytesSource(name, sharedBytes(`broken/${name}`));
    expect(await complaintOf(() => importTrace([source]))).toContain(message);
    await expect(fileStatistics(source)).rejects.toThrow(InputError);
  });
});
