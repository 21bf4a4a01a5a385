/** What an axis shows, in words: quantiles are of flow times, all else is per workflow. */
export const axisTitle = (figure: string): string =>
  /^p\d+$/.test(figure) ? `${figure} flow time, seconds` : `${figure} per workflow`;
