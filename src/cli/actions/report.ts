import { join } from "node:path";
import { FailureError, InputError } from "../../kit/errors.js";
import type { Chart } from "../../report/index.js";
import { writeFileAtomic } from "../files.js";
import { PNG_FONT, pngOf } from "../png.js";
import { reportLibraries } from "../report-libraries.js";

export interface ReportOptions {
  readonly results: string;
  readonly out: string | undefined;
  readonly charts: string | undefined;
  readonly format: readonly ("svg" | "png")[] | undefined;
  readonly theme: "light" | "dark";
  readonly width: number;
  readonly scale: number;
  readonly training: string | undefined;
  readonly title: string | undefined;
  readonly baseline: string | undefined;
  readonly level: number | undefined;
  readonly json: boolean;
}

/** Beyond these a chart is no picture any more. */
const WIDTHS = { least: 200, most: 4000 };
const SCALES = { least: 0.25, most: 8 };

/** Writes the page of a benchmark, a training, a sweep or a trace, or its charts as pictures, or both; says what it wrote. */
export async function report(options: ReportOptions): Promise<void> {
  const { results: path, charts, training, title, baseline, level } = options;
  requireWithin("width", options.width, WIDTHS);
  requireWithin("scale", options.scale, SCALES);
  const { reportSubject } = await import("../report-subject.js");
  const subject = await reportSubject(path, { training, title, baseline, level });
  const out = options.out ?? (charts === undefined ? subject.page : undefined);
  const written: string[] = [];
  if (out !== undefined) {
    await writeFileAtomic(out, subject.report(await reportLibraries()));
    written.push(out);
  }
  if (charts !== undefined) written.push(...(await writeCharts(charts, subject.charts(), options)));
  if (options.json) process.stdout.write(`${JSON.stringify({ written }, null, 2)}\n`);
  else for (const file of written) process.stdout.write(`${file}\n`);
}

async function writeCharts(
  folder: string,
  charts: readonly Chart[],
  { format, theme, width, scale }: ReportOptions,
): Promise<string[]> {
  const { DARK, LIGHT, svgChart } = await import("../../report/index.js");
  const palette = theme === "dark" ? DARK : LIGHT;
  const formats = new Set(format ?? ["svg", "png"]);
  const written: string[] = [];
  const write = async (file: string, data: string | Uint8Array) => {
    await writeFileAtomic(join(folder, file), data);
    written.push(join(folder, file));
  };
  for (const { name, title, caption, description, spec } of charts) {
    const drawing = { width, palette, heading: { title, caption }, description };
    if (formats.has("svg")) await write(`${name}.svg`, await svgChart(spec, drawing));
    if (!formats.has("png")) continue;
    try {
      await write(
        `${name}.png`,
        await pngOf(await svgChart(spec, { ...drawing, font: PNG_FONT }), { scale }),
      );
    } catch (error) {
      // Asked for by name it must be; as a default it may be left out.
      if (format !== undefined || !(error instanceof FailureError && error.code === "MISSING_LIBRARY"))
        throw error;
      formats.delete("png");
      process.stderr.write(`no PNG: ${error.message}\n`);
    }
  }
  return written;
}

function requireWithin(
  name: string,
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (value >= least && value <= most) return;
  throw new InputError("BAD_ARGUMENT", {
    what: `${value} is not from ${least} to ${most}`,
    where: `--${name}`,
    mend: "give a number between them",
  });
}
