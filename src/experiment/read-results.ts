import { z } from "zod";
import { type Complaint, InputError, InputErrors } from "../kit/errors.js";
import { CELL_FIGURES, type CellFigure } from "./cell-figure.js";
import type { BenchmarkResults } from "./results.js";

/** JSON has no NaN: what a run could not say is null there. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const figures = z.array(figure).max(100_000);
const name = z.string().max(10_000);
const count = z.int().nonnegative();

const histogram = z.object({
  zeros: count,
  first: z.int().min(-2000).max(2000),
  counts: z.array(count).max(2000),
});
const profile = z
  .object({
    parts: z.int().min(1).max(1000),
    waiting: figures,
    pools: z.array(z.object({ name, waiting: figures, utilisation: figures })).max(1000),
    flowTimes: histogram,
  })
  .refine(
    ({ parts, waiting, pools }) =>
      [waiting, ...pools.flatMap((pool) => [pool.waiting, pool.utilisation])].every(
        (series) => series.length === parts,
      ),
    "has not a figure for each of its parts",
  );

const cell = z.looseObject({
  scenario: name,
  policy: name,
  seed: count,
  objective: figure,
  metrics: z.record(z.string(), figure),
  flowTime: z.looseObject({ mean: figure, p50: figure, p90: figure, p95: figure, p99: figure }),
  pools: z.array(z.looseObject({ name, utilisation: figure, meanWaiting: figure })),
  workflows: z.looseObject({ submitted: count, succeeded: count, failed: count }),
  events: count,
  decisions: count,
  profile: profile.optional(),
});

/** What is read of results; fields that are not here are kept as they are. */
const RESULTS = z.looseObject({
  format: z.string(),
  command: z.string().optional(),
  machine: z
    .looseObject({
      platform: z.string(),
      architecture: z.string(),
      cpu: z.string().optional(),
      cores: z.number().optional(),
      memory: z.number().optional(),
    })
    .optional(),
  createdWith: z.looseObject({ switchyard: z.string(), node: z.string() }),
  experiment: z
    .looseObject({
      name: z.string(),
      digest: z.string(),
      metric: z.enum(CELL_FIGURES as readonly [CellFigure, ...CellFigure[]]),
      level: z.number().gt(0).lt(1),
      baseline: z.string(),
      comparisons: z.array(z.object({ policy: name, against: name })),
      stop: z
        .discriminatedUnion("of", [
          z.object({
            halfWidth: z.number(),
            relative: z.boolean(),
            of: z.enum(["means", "differences"]),
            atMost: z.number(),
          }),
          z.object({
            indifference: z.number(),
            relative: z.boolean(),
            of: z.literal("best"),
            atMost: z.number(),
          }),
        ])
        .optional(),
      overrides: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    })
    .optional(),
  scenarios: z.array(
    z.looseObject({
      name,
      digest: z.string(),
      objective: z.string(),
      horizon: z.number().positive(),
      warmup: z.number().nonnegative(),
      definition: z.string().optional(),
      trace: z.string().optional(),
      seeds: z.int().positive().optional(),
      reached: z.boolean().optional(),
    }),
  ),
  policies: z.array(
    z.looseObject({
      name,
      kind: z.enum(["heuristic", "learned"]),
      digest: z.string().optional(),
      tunedFrom: z.string().optional(),
    }),
  ),
  seeds: z.array(count),
  cells: z.array(cell),
});

const MEND = "give a file that `switchyard bench --out` wrote";
const MOST_COMPLAINTS = 20;

/**
 * Results from the text of their file. Whether they are whole is for `summarize` to say.
 * @param where the file, for complaints
 * @throws {InputError} BAD_RESULTS where it is not JSON, or not of results
 */
export function parseResults(text: string, where: string): BenchmarkResults {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const what = `it is not JSON: ${(cause as Error).message}`;
    throw new InputError("BAD_RESULTS", { what, where, mend: MEND }, { cause });
  }
  const format = (json as { readonly format?: unknown } | null)?.format;
  if (format !== "switchyard.benchmark/1") {
    const what =
      format === undefined ? "it holds no benchmark results" : `its format is ${JSON.stringify(format)}`;
    throw new InputError("BAD_RESULTS", { what, where, mend: MEND });
  }
  const read = RESULTS.safeParse(json);
  if (read.success) return read.data as unknown as BenchmarkResults;
  const complaints = read.error.issues.slice(0, MOST_COMPLAINTS).map(
    ({ path, message }): Complaint => ({
      what: message,
      where: `${where} > ${path
        .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
        .join("")
        .replace(/^\./, "")}`,
      mend: MEND,
    }),
  );
  throw new InputErrors("BAD_RESULTS", complaints);
}
