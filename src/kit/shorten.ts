/** A text for a message: what is quoted may be of any length, and nobody reads more than `most` characters of it. */
export const shorten = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;
