import { expect } from "vitest";

/** What can be stopped, saved and gone on with elsewhere. */
interface Resumable {
  readonly done: boolean;
  save(): unknown;
  load(state: never): void;
  trained(): unknown;
  dispose(): void;
}

/**
 * Holds a training that is stopped, saved and loaded into another after every step to one that runs in one go: what each step
 * tells, what is saved and what was trained are the same to the bit.
 */
export function expectResumes<T extends Resumable>(begun: () => T, step: (trainer: T) => unknown): void {
  const whole = begun();
  let part = begun();
  while (!whole.done) {
    const expected = step(whole);
    expect(step(part)).toEqual(expected);
    const state = JSON.stringify(part.save());
    expect(state).toBe(JSON.stringify(whole.save()));
    part.dispose();
    part = begun();
    part.load(JSON.parse(state) as never);
    expect(part.trained()).toEqual(whole.trained());
    expect(JSON.stringify(part.save())).toBe(state);
  }
  expect(part.done).toBe(true);
}
