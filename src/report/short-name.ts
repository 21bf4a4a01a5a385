/** Letters that are left of a long name at its beginning and at its end, where names that begin alike differ. */
const HEAD = 14;
const TAIL = 19;
const MOST = HEAD + TAIL + 1;

/** A name that fits beside a chart: the middle of a long one is left out. */
export const shortName = (name: string): string =>
  name.length > MOST ? `${name.slice(0, HEAD)}…${name.slice(-TAIL)}` : name;

/** The same as a Vega expression. @param name an expression that gives the name */
export const shortNameExpression = (name: string): string =>
  `length(${name}) > ${MOST} ? slice(${name}, 0, ${HEAD}) + '…' + slice(${name}, -${TAIL}) : ${name}`;
