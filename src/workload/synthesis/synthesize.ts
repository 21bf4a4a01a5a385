import { InputError } from "../../kit/errors.js";
import { TraceWriter } from "../trace/index.js";
import { type GenerateOptions, generate } from "./generate.js";
import type { SynthesisSpec } from "./spec.js";

/**
 * Writes a made-up trace, workflow by workflow: memory does not grow with it. There is nothing under its name until it is
 * whole. The provenance has the seed, the length, and the digest of the spec's text.
 * @throws {InputError} NO_WORKFLOWS where nothing arrives; TOO_LARGE
 */
export async function synthesize(
  spec: SynthesisSpec,
  path: string,
  options: GenerateOptions,
  specSha256: string,
): Promise<{ readonly workflows: number; readonly tasks: number }> {
  const { seed, workflows, span } = options;
  const length =
    span === undefined
      ? { workflows: workflows ?? spec.workflows }
      : { span, ...(workflows === undefined ? {} : { workflows }) };
  const writer = await TraceWriter.open(path, {
    source: `synthesis ${spec.name}`,
    provenance: [{ step: "synth", spec: spec.name, specSha256, seed, ...length }],
    origin: null,
  });
  try {
    let any = false;
    for (const workflow of generate(spec, options)) {
      await writer.write(workflow);
      any = true;
    }
    if (!any) {
      throw new InputError("NO_WORKFLOWS", {
        what: "no workflow arrives in the time asked for",
        where: path,
        mend: "ask for a longer --span, or for a number of --workflows",
      });
    }
    return await writer.close();
  } finally {
    await writer.abort();
  }
}
