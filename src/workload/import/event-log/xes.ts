import type { Format } from "../format.js";
import { KeyCounts } from "../key-counts.js";
import { CaseFigures } from "./case-figures.js";
import { caseWorkflow } from "./case-workflow.js";
import { logName } from "./log-name.js";
import { emptyHeader, xesCases } from "./xes-cases.js";

/** XES (IEEE 1849): event logs in XML. */
export const xes: Format = {
  name: "xes",
  title: "event log (XES)",
  settings: ["eventWork"],

  sniff(head) {
    const text = Buffer.from(head).toString("latin1").replaceAll("\0", "");
    return /^[^<]{0,4}\s*</.test(text) && /<(?:\w+:)?log[\s>]|<!DOCTYPE\s+log/.test(text);
  },

  async *read(sources, reading) {
    const ids = new KeyCounts();
    for (const source of sources) {
      const header = emptyHeader();
      for await (const cases of xesCases(source, header)) {
        for (const each of cases) {
          if (each.id !== null) {
            if (ids.of(each.id) > 0) {
              reading.report.warn(
                "REPEATED_CASE",
                "two cases have one name; each is a workflow",
                () => `${each.where} (case ${each.id})`,
              );
            }
            ids.add(each.id);
          }
          const flow = caseWorkflow(header.name ?? logName(source.name), each, reading);
          if (flow !== null) yield flow;
        }
      }
    }
  },

  async statistics(source) {
    const header = emptyHeader();
    const figures = new CaseFigures();
    for await (const cases of xesCases(source, header)) for (const each of cases) figures.add(each);
    return {
      uncompressed_bytes: header.bytes,
      extensions: header.extensions,
      classifiers: header.classifiers,
      globals: header.globals,
      event_attribute_elements: Object.fromEntries(header.elements),
      log_namespace: header.namespace,
      xes_version: header.version,
      ...figures.toObject(),
    };
  },
};
