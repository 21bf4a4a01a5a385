import { gunzipSync } from "node:zlib";
import { InputError } from "../../../kit/errors.js";
import { readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { Entry, type ReadDocument, remark } from "../entry.js";
import type { Nanos } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { readYaml } from "../yaml.js";

/** The status of an Argo workflow. */
export interface ArgoWorkflow {
  readonly file: string;
  /** Its path in the file, where that holds several. */
  readonly place: string;
  readonly name: string | null;
  /** What it is an instance of. */
  readonly template: string;
  readonly phase: string | null;
  readonly created: Nanos | null;
  readonly started: Nanos | null;
  readonly finished: Nanos | null;
  /** Whether the nodes stood in `compressedNodes`. */
  readonly compressed: boolean;
  /** Whether the nodes are kept in a database, and not here. */
  readonly offloaded: boolean;
  readonly nodes: readonly ArgoNode[];
}

export interface ArgoNode {
  /** Key in `status.nodes`, by which others name it. */
  readonly key: string;
  readonly id: string | null;
  /** Full name: `workflow.step(0)`. */
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly template: string | null;
  readonly phase: string | null;
  readonly started: Nanos | null;
  readonly finished: Nanos | null;
  readonly children: readonly string[];
  /** The DAG or Steps node that it is a part of. */
  readonly boundary: string | null;
  readonly host: string | null;
  /** Its path in the file. */
  readonly place: string;
}

export const CODE = "BAD_ARGO_WORKFLOW";
const MOST_DECOMPRESSED = 256 * 1024 * 1024;

/**
 * The workflows of a file in YAML or JSON: one, several documents, a list as `kubectl get workflows` gives it, or a run of
 * Kubeflow Pipelines v1 with the workflow as text in it.
 * @throws {InputError} BAD_ARGO_WORKFLOW; what `readJson` and `readYaml` throw
 */
export async function readArgo(source: Source, report: ReportBuilder): Promise<ArgoWorkflow[]> {
  const bytes = await wholeOf(source);
  const documents = looksLikeJson(bytes) ? [json(bytes, source.name, report)] : readYaml(bytes, source.name);
  const roots = documents
    .flatMap((document) => Entry.elements(document, CODE))
    .flatMap((root) => unpacked(root, report));
  if (roots.length > 0) return roots.map((root) => workflowOf(root, source.name, report));
  throw new InputError(CODE, {
    what: "there is no workflow",
    where: source.name,
    mend: "check that it was copied whole",
  });
}

export const looksLikeJson = (bytes: Uint8Array): boolean =>
  /^(?:\xEF\xBB\xBF)?\s*[{[]/.test(Buffer.from(bytes.subarray(0, 1000)).toString("latin1"));

function json(bytes: Uint8Array, name: string, report: ReportBuilder): ReadDocument {
  const document = readJson(bytes, name);
  remark(document, report);
  return document;
}

function unpacked(root: Entry, report: ReportBuilder): Entry[] {
  const runtime = root.has("pipeline_runtime") ? root.required("pipeline_runtime") : root;
  if (runtime.has("workflow_manifest")) {
    const text = runtime.text("workflow_manifest") ?? "";
    const name = runtime.where("workflow_manifest");
    return [Entry.root(json(Buffer.from(text), name, report), CODE)];
  }
  return root.has("items") && !root.has("status") ? root.children("items") : [root];
}

function workflowOf(root: Entry, file: string, report: ReportBuilder): ArgoWorkflow {
  const metadata = root.required("metadata");
  const status = root.child("status");
  const compressed = status?.has("compressedNodes") ?? false;
  const nodes = compressed ? compressedNodes(status!, report) : (status?.child("nodes") ?? null);
  const name = metadata.name("name");
  return {
    file,
    place: root.place,
    name,
    template:
      root.child("spec")?.child("workflowTemplateRef")?.name("name") ??
      metadata.name("generateName")?.replace(/-+$/, "") ??
      name ??
      "workflow",
    phase: status?.name("phase") ?? null,
    created: metadata.instant("creationTimestamp"),
    started: status?.instant("startedAt") ?? null,
    finished: status?.instant("finishedAt") ?? null,
    compressed,
    offloaded: status?.has("offloadNodeStatusVersion") ?? false,
    nodes: (nodes?.members() ?? []).map(([key, node]) => nodeOf(key, node)),
  };
}

/** Base64 of gzip of JSON: what Argo writes where the nodes would not fit into a resource otherwise. */
function compressedNodes(status: Entry, report: ReportBuilder): Entry {
  const key = "compressedNodes";
  const text = status.text(key) ?? "";
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return status.fail(key, "is not base64");
  let bytes: Uint8Array;
  try {
    bytes = gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: MOST_DECOMPRESSED });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      return status.fail(key, `becomes more than ${MOST_DECOMPRESSED} bytes when decompressed`);
    return status.fail(
      key,
      /unexpected end/.test(message)
        ? "is base64 of a gzip stream that ends early"
        : `is not base64 of a sound gzip stream: ${message}`,
    );
  }
  return Entry.root(json(bytes, status.where(key), report), CODE);
}

function nodeOf(key: string, node: Entry): ArgoNode {
  const name = node.name("name") ?? key;
  const reference = node.child("templateRef");
  const referred = [reference?.name("name") ?? null, reference?.name("template") ?? null].filter(
    (part) => part !== null,
  );
  return {
    key,
    id: node.name("id"),
    name,
    displayName: node.name("displayName") ?? name,
    type: node.name("type") ?? node.fail("type", "is missing"),
    template: node.name("templateName") ?? (referred.length > 0 ? referred.join("/") : null),
    phase: node.name("phase"),
    started: node.instant("startedAt"),
    finished: node.instant("finishedAt"),
    children: node.texts("children"),
    boundary: node.name("boundaryID"),
    host: node.name("hostNodeName"),
    place: node.place,
  };
}
