import { InputError } from "../../src/kit/errors.js";

/**
 * What an option that counts was given.
 * @throws {InputError} USAGE
 */
export function count(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InputError("USAGE", {
    what: `${text} is no whole number from 1 to 999999999`,
    where: `--${name}`,
    mend: `e.g. --${name} 20`,
  });
}
