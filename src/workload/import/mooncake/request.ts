import { InputError } from "../../../kit/errors.js";
import { linesOf } from "../lines.js";
import type { Source } from "../source.js";

/** Tokens of a block: what one hash id stands for (Qin et al. 2024, "Mooncake", arXiv:2407.00079, section 4). */
export const BLOCK_TOKENS = 512;
const MOST_BLOCK = 2 ** 31 - 1;

/** A call of a language model. */
export interface Request {
  /** Milliseconds since the trace began. */
  readonly timestamp: number;
  readonly inputLength: number;
  readonly outputLength: number;
  /** Two prompts whose first n ids agree agree in their first 512 n tokens. */
  readonly blocks: Int32Array;
  readonly where: string;
}

/** @throws {InputError} BAD_RECORD with line and key */
export async function* requestsOf(source: Source): AsyncGenerator<readonly Request[]> {
  for await (const { first, lines } of linesOf(source)) {
    const requests: Request[] = [];
    lines.forEach((line, i) => {
      if (line.trim() !== "") requests.push(parseRequest(line, `${source.name}:${first + i}`));
    });
    yield requests;
  }
}

function parseRequest(line: string, where: string): Request {
  const record = objectOf(line, where);
  const amount = (key: string): number => {
    const value = record[key];
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
    return refuse(
      where,
      value === undefined
        ? `${key} is missing`
        : `${key} must be a number of at least 0, got ${shown(value)}`,
    );
  };
  const whole = (key: string): number => {
    const value = amount(key);
    return Number.isSafeInteger(value) ? value : refuse(where, `${key} must be a whole number, got ${value}`);
  };
  const ids = record["hash_ids"];
  if (!Array.isArray(ids)) {
    refuse(where, ids === undefined ? "hash_ids is missing" : `hash_ids must be a list, got ${shown(ids)}`);
  }
  const bad = ids.findIndex(
    (id) => !Number.isInteger(id) || (id as number) < 0 || (id as number) > MOST_BLOCK,
  );
  if (bad >= 0) {
    refuse(where, `hash_ids[${bad}] must be a whole number from 0 to ${MOST_BLOCK}, got ${shown(ids[bad])}`);
  }
  return {
    timestamp: amount("timestamp"),
    inputLength: whole("input_length"),
    outputLength: whole("output_length"),
    blocks: Int32Array.from(ids as number[]),
    where,
  };
}

function objectOf(line: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    refuse(where, "the line is no JSON, or not all of it");
  }
  return refuse(where, "the line is no JSON object");
}

function refuse(where: string, what: string): never {
  throw new InputError("BAD_RECORD", { what, where, mend: "correct the line, or remove it" });
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? "nothing";
