import type { JsonObject } from "../../kit/json.js";
import type { Reading } from "./format.js";
import type { ReportBuilder } from "./report.js";
import type { ImportSettings } from "./settings.js";

const FACTS_KEPT = 200;

/** A reading whose epoch is the first instant that is asked for, in whole seconds. */
export class InstantReading implements Reading {
  /** Seconds since 1970; null as long as no instant was met. */
  epoch: number | null = null;

  readonly facts: JsonObject[] = [];

  constructor(
    readonly report: ReportBuilder,
    readonly settings: ImportSettings = {},
  ) {}

  readonly tell = (facts: JsonObject): void => {
    // One fact a file at most, and of a log in many parts those of the first.
    if (this.facts.length < FACTS_KEPT) this.facts.push(facts);
  };

  readonly since = (seconds: number, fraction = 0): number => {
    this.epoch ??= Math.floor(seconds);
    return seconds - this.epoch + fraction;
  };
}
