/** Advance widths of Helvetica, thousandths of an em, from the space to the tilde (Adobe Font Metrics, Core 14). */
const HELVETICA = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/** The faces that are drawn with instead are wider by this at most. */
const WIDER = 1.1;
const BOLD = 1.06;
/** From here on scripts are drawn in squares: Hangul, kana, Han, emoji. */
const SQUARES_FROM = 0x1100;
const OTHER = 600;

/** Pixels that a text takes, well enough to leave room for it; for charts that are drawn where there is no screen to ask. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    thousandths +=
      HELVETICA[code - 32] ?? (code >= SQUARES_FROM && !(code >= 0x2000 && code < 0x2e80) ? 1000 : OTHER);
  }
  return (thousandths / 1000) * fontSize * (bold ? BOLD : 1) * WIDER;
}
