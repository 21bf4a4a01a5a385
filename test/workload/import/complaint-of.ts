import { InputError } from "../../../src/kit/errors.js";

/** What an act that must fail complains about; any other error than an `InputError` passes through. */
export async function complaintOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was complained about");
}
