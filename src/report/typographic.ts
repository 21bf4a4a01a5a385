/** Figures with a real minus sign. For formatted numbers only: in names a hyphen is a hyphen. */
export const typographic = (figures: string): string => figures.replaceAll("-", "\u2212");
