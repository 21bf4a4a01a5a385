import { type Complaint, FailureError, InputError, SwitchyardError } from "../../kit/errors.js";

/** An error as plain data: its class does not cross to another thread. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of ours: what it said to users. */
  readonly ours: { readonly code: string; readonly complaint: Complaint; readonly input: boolean } | null;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, ours: null };
  const { message, stack } = error;
  if (!(error instanceof SwitchyardError)) return { message, stack, ours: null };
  const { code, ...complaint } = error.toJSON();
  return { message, stack, ours: { code, complaint, input: error instanceof InputError } };
}

/** The error, with what it was in its own thread as its cause. */
export function errorOf({ message, stack, ours }: Failure): Error {
  const cause = Object.assign(new Error(message), stack === undefined ? {} : { stack });
  if (ours === null) return new Error(message, { cause });
  const { code, complaint, input } = ours;
  return input ? new InputError(code, complaint, { cause }) : new FailureError(code, complaint, { cause });
}
