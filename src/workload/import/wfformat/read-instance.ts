import { InputError } from "../../../kit/errors.js";
import { type JsonDocument, readJson } from "../../../kit/json.js";
import { remark } from "../entry.js";
import { parseInstant, secondsOf } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import { Complaints } from "./complaints.js";
import { Fields } from "./fields.js";
import type { WfInstance, WfTask } from "./instance.js";

/** Versions that are read. 1.6 adds figures that are not used here, and is otherwise 1.5. */
export const WFFORMAT_VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"] as const;

/**
 * Reads a WfFormat file. All that is wrong with its values is complained about at once.
 * @throws {InputError} all that `readJson` throws, UNSUPPORTED_VERSION, BAD_WFFORMAT
 */
export function readWfInstance(
  { name: file, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  report: ReportBuilder,
): WfInstance {
  const document = readJson(bytes, file);
  const complaints = new Complaints();
  const root = Fields.root(document, complaints);
  complaints.throwIfAny();
  const schemaVersion = versionOf(root, document);
  const workflow = root.child("workflow");
  complaints.throwIfAny();
  const reading: Reading = { root, workflow, report, complaints, files: new Map() };
  const modern = schemaVersion >= "1.5";
  const { tasks, facts, machines } = modern ? readModern(reading) : readLegacy(reading);
  if (tasks.length === 0) {
    complaints.add({
      what: "tasks is empty, and a workflow has at least one task",
      where: facts.where(),
      mend: "give its tasks",
    });
  }
  const executedAtRaw = facts.text("executedAt");
  const instance: WfInstance = {
    file,
    name: root.name("name"),
    schemaVersion,
    executedAtRaw,
    executedAt: instantOf(executedAtRaw, () => facts.where("executedAt"), report),
    makespan: facts.amount(facts.has("makespanInSeconds") ? "makespanInSeconds" : "makespan"),
    runtimeSystem: systemOf(root),
    machines,
    files: reading.files,
    tasks,
  };
  complaints.throwIfAny();
  remark(document, report);
  return instance;
}

interface Reading {
  readonly root: Fields;
  readonly workflow: Fields;
  readonly report: ReportBuilder;
  readonly complaints: Complaints;
  readonly files: Map<string, number | null>;
}

interface Parts {
  readonly tasks: readonly WfTask[];
  /** What holds makespan and date. */
  readonly facts: Fields;
  readonly machines: ReadonlySet<string>;
}

function versionOf(root: Fields, document: JsonDocument): string {
  const where = root.where("schemaVersion");
  const supported = WFFORMAT_VERSIONS.map((version) => `"${version}"`).join(", ");
  const version = (document.value as Record<string, unknown>)["schemaVersion"];
  if (typeof version !== "string") {
    throw new InputError("UNSUPPORTED_VERSION", {
      what:
        version === undefined
          ? '"schemaVersion" is missing, so this is not WfFormat'
          : `schemaVersion is the ${typeof version} ${JSON.stringify(version)}, and the schema wants a string`,
      where,
      mend: `write one of ${supported}`,
    });
  }
  if (!(WFFORMAT_VERSIONS as readonly string[]).includes(version)) {
    throw new InputError("UNSUPPORTED_VERSION", {
      what: `schemaVersion ${JSON.stringify(version.slice(0, 40))} is not supported`,
      where,
      mend: `supported are ${supported}`,
    });
  }
  return version;
}

/** 1.5 and later: what was to be done and what was done stand apart, joined by id. */
function readModern(reading: Reading): Parts {
  const { workflow, report, complaints, files } = reading;
  const specification = workflow.child("specification");
  for (const file of specification.children("files"))
    addFile(files, file.name("id"), file.amount("sizeInBytes"), file, report);
  const execution = workflow.has("execution") ? workflow.child("execution") : null;
  const records = new Map<string, Fields>();
  for (const record of execution?.children("tasks") ?? []) {
    const id = record.name("id");
    if (records.has(id)) {
      complaints.add({
        what: `id "${id}" occurs twice in execution`,
        where: record.where(),
        mend: "give every task one record",
      });
    }
    records.set(id, record);
  }
  const tasks = specification.children("tasks").map((fields): WfTask => {
    const id = fields.name("id");
    const record = records.get(id);
    const inputs = fields.names("inputFiles");
    const outputs = fields.names("outputFiles");
    for (const key of [...(inputs ?? []), ...(outputs ?? [])]) {
      if (files.has(key)) continue;
      files.set(key, null);
      report.warn(
        "UNDECLARED_FILE",
        "a task names a file that the file list does not have; its size is unknown",
        () => fields.where(),
      );
    }
    for (const key of ["parents", "children"]) {
      if (!fields.has(key))
        fields.complain(key, `"${key}" is missing`, "list the ids, or give an empty list");
    }
    return {
      id,
      name: fields.name("name"),
      parents: fields.names("parents") ?? [],
      children: fields.names("children") ?? [],
      inputs,
      outputs,
      executed: record !== undefined,
      runtime: record?.amount("runtimeInSeconds") ?? null,
      coreCount: record?.amount("coreCount") ?? null,
      memoryInBytes: record?.amount("memoryInBytes") ?? null,
      priority: record?.number("priority") ?? null,
      machines: record?.names("machines") ?? [],
      startedAt:
        record === undefined
          ? null
          : instantOf(record.text("executedAt"), () => record.where("executedAt"), report),
      where: () => fields.where(),
    };
  });
  refuseRepeated(tasks, complaints, "specification");
  const known = new Set(tasks.map(({ id }) => id));
  for (const [id, record] of records) {
    if (known.has(id)) continue;
    complaints.add({
      what: `there is an execution record for "${id}", and no such task in the specification`,
      where: record.where(),
      mend: "remove the record, or add the task",
    });
  }
  return { tasks, facts: execution ?? workflow, machines: machinesOf(execution) };
}

/** 1.4 and older: one list of tasks (up to 1.2: jobs) with their files, parents by name. */
function readLegacy({ workflow, report, complaints, files }: Reading): Parts {
  const key = !workflow.has("tasks") && workflow.has("jobs") ? "jobs" : "tasks";
  const tasks = workflow.children(key).map((fields): WfTask => {
    const links: Record<"input" | "output", string[]> = { input: [], output: [] };
    for (const file of fields.children("files")) {
      const link = file.text("link");
      if (link !== "input" && link !== "output") {
        file.complain(
          "link",
          `link must be "input" or "output", got ${JSON.stringify(link)}`,
          "say which it is",
        );
        continue;
      }
      // Names repeat between folders: a file is its folder and its name.
      const id = `${file.text("path") ?? ""}\u0000${file.name("name")}`;
      addFile(files, id, file.amount(file.has("sizeInBytes") ? "sizeInBytes" : "size"), file, report);
      links[link].push(id);
    }
    const name = fields.name("name");
    const machine = fields.text("machine");
    const kilobytes = fields.has("memoryInBytes") ? null : fields.amount("memory");
    return {
      id: fields.has("id") ? fields.name("id") : name,
      name,
      parents: fields.names("parents") ?? [],
      children: fields.names("children") ?? [],
      inputs: fields.has("files") ? links.input : null,
      outputs: fields.has("files") ? links.output : null,
      executed: true,
      runtime: fields.amount(fields.has("runtimeInSeconds") ? "runtimeInSeconds" : "runtime"),
      coreCount: fields.amount(fields.has("coreCount") ? "coreCount" : "cores"),
      memoryInBytes: kilobytes === null ? fields.amount("memoryInBytes") : kilobytes * 1000,
      priority: fields.number("priority"),
      machines: machine === null ? [] : [machine],
      startedAt: instantOf(fields.text("executedAt"), () => fields.where("executedAt"), report),
      where: () => fields.where(),
    };
  });
  refuseRepeated(tasks, complaints, key);
  return { tasks, facts: workflow, machines: machinesOf(workflow) };
}

function refuseRepeated(tasks: readonly WfTask[], complaints: Complaints, list: string): void {
  const seen = new Set<string>();
  for (const { id, where } of tasks) {
    if (seen.has(id))
      complaints.add({
        what: `id "${id}" occurs twice in ${list}`,
        where: where(),
        mend: "give every task its own id",
      });
    seen.add(id);
  }
}

function addFile(
  files: Map<string, number | null>,
  key: string,
  size: number | null,
  fields: Fields,
  report: ReportBuilder,
): void {
  const known = files.get(key);
  if (known === undefined || known === null) files.set(key, size);
  else if (size !== null && size !== known) {
    report.warn("FILE_SIZES_DIFFER", "a file has two sizes, and the first counts", () => fields.where());
  }
}

function machinesOf(holder: Fields | null): ReadonlySet<string> {
  return new Set((holder?.children("machines") ?? []).map((machine) => machine.name("nodeName")));
}

function systemOf(root: Fields): string | null {
  const key = root.has("runtimeSystem") ? "runtimeSystem" : "wms";
  return root.has(key) ? root.child(key).text("name") : null;
}

function instantOf(text: string | null, where: () => string, report: ReportBuilder): number | null {
  const instant = text === null ? null : parseInstant(text);
  if (text !== null && instant === null) {
    report.warn("BAD_INSTANT", "a date is in no spelling that is known, and is taken as unknown", where);
  }
  return instant === null ? null : secondsOf(instant);
}
