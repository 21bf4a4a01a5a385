/**
 * What a policy's scores of candidates mean. `least` and `most`: the candidate with the least or the most is taken, as far as the
 * score decides (among equals other figures or chance do). `logit`: the most is taken, and a softmax over the allowed ones says
 * how clearly. `probability`: one is drawn by them.
 */
export const SCORE_SENSES = ["least", "most", "logit", "probability"] as const;
export type ScoreSense = (typeof SCORE_SENSES)[number];
