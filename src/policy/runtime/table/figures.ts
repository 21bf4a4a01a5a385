/** How counts and probabilities are told in states, which are whole numbers of 16 bits (`StateIndex`). */

/** Larger counts are taken for this one. */
const MOST = 0xfff0;
/** Probabilities are told apart to this. */
const STEPS = 1000;

export const countFigure = (count: number): number => Math.min(MOST, count);

export const probabilityFigure = (probability: number): number => Math.round(probability * STEPS);
