// Makes the sample traces of this folder: invented workflows in WfCommons WfFormat 1.5, four of them as files, and all
// of them imported as `small.arrow`. All numbers are fixed: the same files come out every time.
//
//   npm run build && node scenarios/traces/make.mjs
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { mulberry32 } from "./mulberry32.mjs";

/** Workflows in `small.arrow`. */
const WORKFLOWS = 96;
/** Mean seconds between two submissions: at speed 1 they keep about six servers busy. */
const GAP = 12;
const START = Date.UTC(2024, 2, 4, 8, 0, 0);

/** Instances as { file, document }; the first of every application is committed as a file of its own. */
export function instances() {
  const applications = [orderPipeline, mediaTranscode, variantCalling, documentIntake];
  // Mostly orders, as in a shop; the first four are one of each.
  const schedule = [0, 1, 2, 3];
  const random = mulberry32(20240304);
  while (schedule.length < WORKFLOWS) {
    const u = random();
    schedule.push(u < 0.5 ? 0 : u < 0.7 ? 1 : u < 0.82 ? 2 : 3);
  }
  const counts = [0, 0, 0, 0];
  let at = START;
  return schedule.map((kind) => {
    const number = ++counts[kind];
    const { name, tasks } = applications[kind](random);
    const file = `${name}${number === 1 ? "" : `-${number}`}.wfformat.json`;
    const document = wfformat(`${name}-${number}`, tasks, at);
    at += Math.round(-Math.log(1 - random()) * GAP * 1000);
    return { file, sample: number === 1, document };
  });
}

/** A shop's order: goods are picked while the payment is checked. */
function orderPipeline(random) {
  const flow = new Flow(random);
  const receive = flow.task("receive", 0.4, []);
  const validate = flow.task("validate", 0.8, [receive]);
  const fraud = flow.task("fraud_check", 3, [validate]);
  const reserve = many(random, 2, 4, () => flow.task("reserve_stock", 1.2, [validate]));
  const charge = flow.task("charge", 2, [fraud, ...reserve]);
  const pack = reserve.map(() => flow.task("pack", 9, [charge]));
  const label = flow.task("print_label", 1, [charge]);
  const ship = flow.task("ship", 4, [...pack, label]);
  flow.task("notify", 0.3, [ship]);
  return { name: "order-pipeline", tasks: flow.tasks };
}

/** A film in pieces: every piece in two renditions, put together again. */
function mediaTranscode(random) {
  const flow = new Flow(random);
  const probe = flow.task("probe", 1, []);
  const split = flow.task("split", 4, [probe]);
  const thumbnails = flow.task("thumbnails", 6, [probe]);
  const pieces = 4 + Math.floor(random() * 5);
  const renditions = ["hd", "sd"].map((quality) => {
    const seconds = quality === "hd" ? 14 : 6;
    const encoded = Array.from({ length: pieces }, () => flow.task(`encode_${quality}`, seconds, [split]));
    return flow.task(`concat_${quality}`, 3, encoded);
  });
  const bundle = flow.task("bundle", 2, [...renditions, thumbnails]);
  flow.task("publish", 1, [bundle]);
  return { name: "media-transcode", tasks: flow.tasks };
}

/** Reads of a genome aligned in chunks, variants called by region. */
function variantCalling(random) {
  const flow = new Flow(random);
  const index = flow.task("index_reference", 10, []);
  const chunks = many(random, 4, 7, () => {
    const align = flow.task("align", 22, [index]);
    return flow.task("sort", 5, [align]);
  });
  const merge = flow.task("merge", 8, chunks);
  const calls = ["x", "y", "z"].map(() => flow.task("call_variants", 15, [merge]));
  const filter = flow.task("filter", 4, calls);
  const annotate = flow.task("annotate", 7, [filter]);
  flow.task("report", 2, [annotate, merge]);
  return { name: "variant-calling", tasks: flow.tasks };
}

/** Scanned pages read one by one, the whole classified and filed. */
function documentIntake(random) {
  const flow = new Flow(random);
  const scan = flow.task("ingest", 1, []);
  const pages = many(random, 3, 9, () => flow.task("read_page", 5, [scan]));
  const language = flow.task("detect_language", 0.5, pages.slice(0, 1));
  const join = flow.task("join_pages", 0.8, pages);
  const classify = flow.task("classify", 2.5, [join, language]);
  const extract = flow.task("extract_fields", 4, [classify]);
  const redact = flow.task("redact", 3, [classify]);
  flow.task("archive", 0.6, [extract, redact]);
  return { name: "document-intake", tasks: flow.tasks };
}

class Flow {
  tasks = [];

  constructor(random) {
    this.random = random;
  }

  /** @param mean seconds; the sum of three uniforms, skewed, in milliseconds @returns its index */
  task(type, mean, parents) {
    const { random } = this;
    const seconds = mean * (0.25 + 0.5 * random() + 2 * random() * random());
    const bytes = Math.round(1e5 + 4e7 * random() * random());
    this.tasks.push({ type, parents, seconds: Math.round(seconds * 1000) / 1000, bytes });
    return this.tasks.length - 1;
  }
}

function many(random, least, most, make) {
  return Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, make);
}

function wfformat(name, tasks, at) {
  const id = (t) => `${tasks[t].type}_${String(t + 1).padStart(4, "0")}`;
  const output = (t) => `${id(t)}.out`;
  const children = tasks.map(() => []);
  tasks.forEach(({ parents }, t) => {
    for (const p of parents) children[p].push(id(t));
  });
  const finish = [];
  tasks.forEach(({ parents, seconds }, t) => {
    finish[t] = seconds + Math.max(0, ...parents.map((p) => finish[p]));
  });
  const executedAt = new Date(at).toISOString();
  return {
    name,
    description: "Invented for Switchyard's samples; nobody ran it",
    createdAt: executedAt,
    schemaVersion: "1.5",
    workflow: {
      specification: {
        tasks: tasks.map(({ parents }, t) => ({
          name: id(t),
          id: id(t),
          parents: parents.map(id),
          children: children[t],
          inputFiles: parents.map(output),
          outputFiles: [output(t)],
        })),
        files: tasks.map(({ bytes }, t) => ({ id: output(t), sizeInBytes: bytes })),
      },
      execution: {
        makespanInSeconds: Math.round(1000 * (Math.max(...finish) + 0.5 * tasks.length)) / 1000,
        executedAt,
        tasks: tasks.map(({ seconds }, t) => ({ id: id(t), runtimeInSeconds: seconds, coreCount: 1 })),
        machines: [],
      },
    },
  };
}

/** The bytes of an instance's file: indented, with lists of names on one line where they fit. */
export function bytesOf({ document }) {
  const text = JSON.stringify(document, null, 2).replace(
    /^(.*)\[\n([^[\]{}]*)\n\s*\](,?)$/gm,
    (whole, key, names, comma) => {
      const line = `${key}[${names.trim().replace(/,\n\s*/g, ", ")}]${comma}`;
      return line.length <= 110 ? line : whole;
    },
  );
  return new TextEncoder().encode(`${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytesSource, importTrace } = await import("../../dist/workload/import/index.js");
  const { encodeTrace } = await import("../../dist/workload/trace/index.js");
  const all = instances();
  for (const instance of all) {
    if (instance.sample) await writeFile(new URL(instance.file, import.meta.url), bytesOf(instance));
  }
  const files = all.map((instance) => bytesSource(instance.file, bytesOf(instance)));
  const { workflows, metadata, report } = await importTrace(files, { strict: true });
  await writeFile(new URL("small.arrow", import.meta.url), encodeTrace(workflows, metadata));
  process.stdout.write(`${report.workflows} workflows, ${report.tasks} tasks, ${report.edges} edges\n`);
}
