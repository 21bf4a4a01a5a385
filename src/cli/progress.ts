import { Presets, SingleBar } from "cli-progress";
import { clockTime } from "../kit/format-number.js";

export interface ProgressOptions {
  readonly label: string;
  readonly total: number;
  /** What is counted: "runs", "decisions". */
  readonly unit: string;
  readonly silent: boolean;
  /** Whether it leaves nothing behind: of work that says by itself how it ended. */
  readonly passing?: boolean;
  /** Where a resumed work stands at the start. */
  readonly start?: number;
}

export interface Progress {
  /** @param fields shown behind the bar, by label; `total` may correct the total */
  update(done: number, fields?: Readonly<Record<string, string | number>>): void;
  stop(): void;
}

/** Seconds between lines where there is no terminal to draw a bar on. */
const LINE_SECONDS = 10;

/** Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere, with speed and time left. */
export function progress(options: ProgressOptions): Progress {
  if (options.silent) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? bar(options) : lines(options);
}

function bar({ label, total, unit, start = 0, passing = false }: ProgressOptions): Progress {
  const clock = new Clock(start);
  let whole = total;
  const drawn = new SingleBar(
    {
      format: `${label} {bar} {percentage}% | {value}/{total} ${unit} | {rate} | {left}{fields}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: passing,
      barsize: 24,
      fps: 8,
    },
    Presets.shades_classic,
  );
  // Drawing hides the cursor and stops the wrapping of lines, and a process that a signal ends does not mend that.
  const signals = ["SIGINT", "SIGTERM"] as const;
  const release = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    release();
    drawn.stop();
    // Where nobody else takes the signal, it ends the process as if it had not been listened to.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  drawn.start(total, start, { rate: "", left: "", fields: "" });
  return {
    update(done, fields = {}) {
      const { total: corrected, ...shown } = fields;
      if (typeof corrected === "number" && corrected !== whole) drawn.setTotal((whole = corrected));
      drawn.update(Math.min(done, whole), { ...clock.at(done, whole, unit), fields: text(shown) });
    },
    stop: () => {
      release();
      drawn.stop();
    },
  };
}

function lines({ label, total, unit, start = 0, passing = false }: ProgressOptions): Progress {
  const clock = new Clock(start);
  let whole = total;
  let next = LINE_SECONDS;
  return {
    update(done, fields = {}) {
      const { total: corrected, ...shown } = fields;
      if (typeof corrected === "number") whole = corrected;
      if (clock.seconds() < next && (passing || done < whole)) return;
      next = clock.seconds() + LINE_SECONDS;
      const { rate, left } = clock.at(done, whole, unit);
      process.stderr.write(
        `${label} ${Math.min(done, whole)}/${whole} ${unit} | ${rate} | ${left}${text(shown)}\n`,
      );
    },
    stop: () => {},
  };
}

const text = (fields: Readonly<Record<string, string | number>>): string =>
  Object.entries(fields)
    .map(([name, value]) => ` | ${name} ${value}`)
    .join("");

/** How fast work goes, and what time is left. */
export class Clock {
  private readonly began = performance.now();

  constructor(private readonly start: number) {}

  seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  at(done: number, total: number, unit: string): { rate: string; left: string } {
    const seconds = this.seconds();
    const rate = (done - this.start) / Math.max(seconds, 1e-9);
    const shown = rate >= 100 ? Math.round(rate).toString() : rate.toPrecision(3);
    const left = done >= total ? 0 : rate > 0 ? (total - done) / rate : Number.POSITIVE_INFINITY;
    return {
      rate: `${shown} ${unit}/s`,
      left:
        left < 1 ? `${clockTime(seconds)} in all` : Number.isFinite(left) ? `${clockTime(left)} left` : "",
    };
  }
}
