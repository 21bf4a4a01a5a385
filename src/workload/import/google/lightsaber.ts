import { InputError } from "../../../kit/errors.js";
import type { JsonObject } from "../../../kit/json.js";
import { decimal } from "../decimal.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Format } from "../format.js";
import { linesOf } from "../lines.js";
import type { Source } from "../source.js";
import { EVENT, isEnd, type TaskEvent } from "./task-event.js";
import { jobWorkflows } from "./to-workflow.js";

/** Time (s), job, task, machine (0: none), event, user, class, priority, CPU, memory, disk, constraints. */
const FIELDS = 12;

/** Task events of 2011 as LightSaber has them: blanks between the columns, seconds from its own start. */
export const googleLightSaber: Format = {
  name: "google-2011-lightsaber",
  title: "Google cluster data 2011, task events (LightSaber's excerpt)",

  sniff(head) {
    const line = Buffer.from(head).toString("latin1").split(/\r?\n/, 1)[0] ?? "";
    const fields = line.trim().split(/\s+/);
    return fields.length === FIELDS && fields.every((field) => decimal(field) !== null);
  },

  read: (sources, reading) => jobWorkflows(() => eventsOf(sources), sources[0]!.name, reading),

  statistics,
};

async function* eventsOf(sources: readonly Source[]): AsyncGenerator<readonly TaskEvent[]> {
  for (const source of sources) {
    for await (const { first, lines } of linesOf(source)) {
      const events: TaskEvent[] = [];
      lines.forEach((line, i) => {
        if (line.trim() !== "") events.push(parse(line.trim().split(/\s+/), `${source.name}:${first + i}`));
      });
      yield events;
    }
  }
}

function parse(fields: readonly string[], where: string): TaskEvent {
  const [time, job, task, machine, event, user, scheduling, priority] = fields as readonly [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const bad = fields.findIndex((field) => decimal(field) === null);
  if (fields.length !== FIELDS || bad >= 0 || !/^[0-8]$/.test(event)) {
    throw new InputError("BAD_RECORD", {
      what:
        fields.length !== FIELDS
          ? `the event has ${fields.length} fields, ${FIELDS} wanted`
          : bad >= 0
            ? `field ${bad + 1} is ${JSON.stringify(fields[bad]!.slice(0, 60))}, not a number`
            : `the event is ${event}, and events are 0 to 8`,
      where,
      mend: "correct the line, or remove it",
    });
  }
  return {
    time: Number(time),
    job,
    task,
    machine: machine === "0" ? null : machine,
    event: Number(event),
    user,
    class: scheduling,
    priority: Number(priority),
    where,
  };
}

async function statistics(source: Source): Promise<JsonObject> {
  const events = new Tally();
  const jobs = new Set<string>();
  const tasks = new Set<string>();
  const machines = new Set<string>();
  const scheduled = new Map<string, number>();
  const times = new Extent();
  const submissions = new Extent();
  const work = new Sum();
  const count = {
    rows: 0,
    out_of_order: 0,
    completed_schedule_to_end_pairs: 0,
    end_events_without_schedule: 0,
    machine_zero: 0,
  };
  let last = Number.NEGATIVE_INFINITY;
  for await (const portion of eventsOf([source])) {
    for (const { time, job, task, machine, event } of portion) {
      const key = `${job} ${task}`;
      count.rows++;
      jobs.add(job);
      tasks.add(key);
      events.add(String(event));
      if (machine === null) count.machine_zero++;
      else machines.add(machine);
      if (time < last) count.out_of_order++;
      last = time;
      times.add(time);
      if (event === EVENT.submit) submissions.add(time);
      if (event === EVENT.schedule) scheduled.set(key, time);
      if (!isEnd(event)) continue;
      const start = scheduled.get(key);
      if (start === undefined) count.end_events_without_schedule++;
      else {
        count.completed_schedule_to_end_pairs++;
        work.add(Math.max(0, time - start));
        scheduled.delete(key);
      }
    }
  }
  return {
    ...count,
    columns: count.rows > 0 ? { [FIELDS]: count.rows } : {},
    jobs: jobs.size,
    tasks: tasks.size,
    edges: 0,
    event_types: events.toObject(),
    failures: events.of(String(EVENT.fail)),
    evictions: events.of(String(EVENT.evict)),
    kills: events.of(String(EVENT.kill)),
    finishes: events.of(String(EVENT.finish)),
    first_time: times.first,
    last_time: times.last,
    submit_arrival_rate_per_s: submissions.rate,
    total_work_s: work.value,
    still_running_at_end: scheduled.size,
    machines: machines.size,
  };
}
