import { InputError } from "../../../kit/errors.js";
import type { Format } from "../format.js";
import { ReportBuilder } from "../report.js";
import { argoStatistics } from "./statistics.js";
import { toWorkflow } from "./to-workflow.js";
import { CODE, looksLikeJson, readArgo } from "./workflow.js";

/** Argo Workflows with their status, and what Kubeflow Pipelines v1 keeps of them. */
export const argo: Format = {
  name: "argo-workflow",
  title: "Argo Workflow status",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    if (!looksLikeJson(head)) {
      return (
        /^\s*(?:- )?["']?apiVersion["']?:\s*["']?argoproj\.io\//m.test(text) ||
        (/^["']?metadata["']?:/m.test(text) &&
          /^\s+["']?(?:entrypoint|templateName|boundaryID|outboundNodes)["']?:/m.test(text))
      );
    }
    return (
      /argoproj\.io\//.test(text) ||
      /"workflow_manifest"|"compressedNodes"/.test(text) ||
      (/"metadata"/.test(text) && /"(?:entrypoint|templateName|boundaryID)"/.test(text))
    );
  },

  async *read(sources, reading) {
    for (const source of sources) {
      for (const each of await readArgo(source, reading.report)) {
        const workflow = toWorkflow(each, reading);
        if (workflow !== null) yield workflow;
      }
    }
  },

  async statistics(source) {
    const workflows = await readArgo(source, new ReportBuilder());
    const [first] = workflows;
    if (workflows.length === 1) return argoStatistics(first!);
    throw new InputError(CODE, {
      what: `the file holds ${workflows.length} workflows, and figures are those of one`,
      where: source.name,
      mend: "give each a file of its own",
    });
  },
};
