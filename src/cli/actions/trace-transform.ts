import { parseStep, remakeTrace, STEPS } from "../../workload/transform/index.js";

export interface TransformOptions {
  readonly inputs: readonly string[];
  readonly steps: readonly string[];
  readonly align: "start" | "recorded";
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function transformTraces({ inputs, steps, align, out, json, quiet }: TransformOptions) {
  const { workflows, tasks } = await remakeTrace({ inputs, steps: steps.map(parseStep), align }, out);
  if (json) process.stdout.write(`${JSON.stringify({ out, workflows, tasks }, null, 2)}\n`);
  else if (!quiet) {
    process.stdout.write(
      `${out}: ${workflows.toLocaleString("en")} workflows, ${tasks.toLocaleString("en")} tasks\n`,
    );
  }
}

export function printSteps(): void {
  const width = Math.max(...STEPS.map(({ name }) => name.length));
  const lines = STEPS.map(
    ({ name, meaning, example }) => `${name.padEnd(width)}  ${meaning}\n${" ".repeat(width)}  ${example}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}
