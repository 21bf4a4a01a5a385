import pc from "picocolors";
import {
  estimateSteadyState,
  FIGURE_NAMES,
  FIGURES,
  type Figure,
  type SteadyStateEstimate,
} from "../../experiment/steady-state/index.js";
import { InputError, suggest } from "../../kit/errors.js";
import { formatDuration, formatNumber, formatPercent } from "../../kit/format-number.js";
import { parseQuantity } from "../../model/parse/quantity.js";
import { loadScenario, remark } from "../load-scenario.js";
import { defaultThreads } from "../machine.js";
import { policyArgument } from "../policy-argument.js";
import { progress } from "../progress.js";
import { requireInteger } from "./simulate.js";

export interface SimulateSteadyStateOptions {
  readonly path: string;
  readonly policy: string;
  readonly versus: string | undefined;
  readonly seed: number;
  /** As written: `1%`, `0.01`. */
  readonly precision: string;
  readonly method: "replications" | "batch-means" | undefined;
  readonly figure: string | undefined;
  readonly antithetic: boolean;
  readonly level: number | undefined;
  readonly mostRuns: number | undefined;
  readonly threads: number | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `simulate --precision`: the steady state of a scenario under a policy. Exit code 1 where the runs allowed do not suffice. */
export async function simulateSteadyState(options: SimulateSteadyStateOptions): Promise<void> {
  const { path, versus, seed, figure = "objective", json, quiet } = options;
  requireInteger("seed", seed, 0);
  const threads = options.threads ?? defaultThreads();
  requireInteger("threads", threads, 1);
  if (options.out !== undefined) {
    throw new InputError("BAD_ARGUMENT", {
      what: "telemetry is of one run, and a precision may ask for many",
      where: "--out",
      mend: "leave out --precision, or --out",
    });
  }
  const precision = parseQuantity(options.precision, "share");
  if (precision === undefined || !(precision > 0 && precision < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${options.precision} is no relative half-width`,
      where: "--precision",
      mend: "e.g. 1%, or 0.01",
    });
  }
  if (!isFigure(figure)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `there is no figure called "${figure}"`,
      where: "--figure",
      mend: suggest("figures", figure, FIGURE_NAMES),
    });
  }
  const { scenario, warnings } = await loadScenario(path);
  const policy = (await policyArgument(options.policy, [scenario])).source;
  const other = versus === undefined ? undefined : (await policyArgument(versus, [scenario])).source;
  remark(warnings, quiet || json);
  const bar = progress({ label: "simulate", total: 1, unit: "runs", silent: quiet || json });
  let estimate: SteadyStateEstimate;
  try {
    estimate = await estimateSteadyState(
      {
        scenario,
        policy,
        ...(other === undefined ? {} : { versus: other }),
        figure,
        method: options.method ?? "replications",
        precision,
        antithetic: options.antithetic,
        firstSeed: seed,
        ...(options.level === undefined ? {} : { level: options.level }),
        ...(options.mostRuns === undefined ? {} : { mostRuns: options.mostRuns }),
      },
      {
        threads,
        onProgress: (done, total, width) =>
          bar.update(done, {
            total,
            ...(Number.isFinite(width) ? { "half width": `${formatPercent(width)} %` } : {}),
          }),
      },
    );
  } finally {
    bar.stop();
  }
  if (!estimate.reached) process.exitCode = 1;
  process.stdout.write(`${json ? JSON.stringify(estimate, null, 2) : render(estimate)}\n`);
}

function isFigure(name: string): name is Figure {
  return (FIGURE_NAMES as readonly string[]).includes(name);
}

function render(estimate: SteadyStateEstimate): string {
  const { figure, mean, halfWidth, relativeHalfWidth, low, high, level, warmUp, batches } = estimate;
  const of = estimate.versus === undefined ? "of it" : `of ${estimate.versus}'s`;
  const versus = estimate.versus === undefined ? "" : ` less ${pc.bold(estimate.versus)}`;
  const runs =
    batches === undefined
      ? `${estimate.runs} of ${formatDuration(estimate.runSeconds)}${estimate.antithetic ? ", in antithetic pairs" : ""}`
      : `one of ${formatDuration(estimate.runs * estimate.runSeconds)}, in ${batches.count} batches (lag-1 correlation ${batches.autocorrelation.toFixed(2)})`;
  const lines = [
    `${pc.bold(estimate.scenario)}  policy ${pc.bold(estimate.policy)}${versus}  seed ${estimate.firstSeed}  ${estimate.method}`,
    "",
    `${figure}  ${pc.bold(formatNumber(mean, 5))} ± ${formatNumber(halfWidth, 2)}   ${pc.dim(FIGURES[figure])}`,
    `interval     ${formatNumber(low, 5)} to ${formatNumber(high, 5)} at ${formatPercent(level)} %, half width ${formatPercent(relativeHalfWidth)} % ${of}`,
    `warm-up      ${formatDuration(warmUp.seconds)} left out; MSER-5 found ${formatDuration(warmUp.found)} in ${warmUp.pilots} pilots of ${formatDuration(warmUp.pilotSeconds)}`,
    `runs         ${runs}`,
  ];
  if (!estimate.reached) {
    const why =
      batches?.independent === false
        ? "its batches still depend on each other, so the interval is too narrow"
        : `asked for ${formatPercent(estimate.precision)} %`;
    lines.push("", pc.yellow(`not reached: ${why}; allow more runs with --most-runs`));
  }
  return lines.join("\n");
}
