/** Figures with a real minus sign. For formatted numbers only: in names a hyphen is a hyphen. */
export const typographic = (figures: string): string => figures.replaceAll("-", "\u2212");

/** A sentence with real minus signs before its figures; dashes within names stay. */
export const withMinuses = (sentence: string): string => sentence.replace(/(?<![^\s[(])-(?=\d)/g, "\u2212");
