import type { Reading } from "./format.js";
import type { ReportBuilder } from "./report.js";

/** A reading whose epoch is the first instant that is asked for, in whole seconds. */
export class InstantReading implements Reading {
  /** Seconds since 1970; null as long as no instant was met. */
  epoch: number | null = null;

  constructor(readonly report: ReportBuilder) {}

  readonly since = (seconds: number, fraction = 0): number => {
    this.epoch ??= Math.floor(seconds);
    return seconds - this.epoch + fraction;
  };
}
