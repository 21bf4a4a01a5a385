/** Kinds of event in the calendar. An attempt's end carries its outcome: END + outcome. */
export const ARRIVAL = 0;
export const BACKOFF_OVER = 1;
export const WARMED_UP = 2;
export const PATIENCE_OVER = 3;
/** The first of the tasks that share a pool's servers is done. */
export const SHARED_END = 4;
export const WORKFLOW_TIMEOUT = 5;
export const HEDGE_DUE = 6;
export const CLEANED_UP = 7;
export const STRAGGLES = 8;
export const SERVER_STARTED = 9;
export const SERVER_RETIRES = 10;
export const SCALE_DUE = 11;
export const TOKENS_BACK = 12;
export const BROKE = 13;
export const BROKE_UNDER = 14;
export const MENDED = 15;
export const MENDED_FOR_NOW = 16;
export const DRAIN_BEGINS = 17;
export const DRAIN_ENDS = 18;
/** Weather changes. */
export const SKY = 19;
/** A server has changed over. */
export const CHANGED_OVER = 20;
/** The phase of arrivals changes, and is seen to. */
export const PHASE = 21;
export const END = 22;
