/** What of a notebook is stored, and whether two runs of it came to the same. */

/** Without what differs from run to run though nothing has changed: times, ids of runs, lines cut in other places. */
export function stored({ cells, metadata }) {
  const { kernelspec } = metadata;
  return {
    cells: cells.map((cell, index) => ({
      cell_type: cell.cell_type,
      ...(cell.cell_type === "code" ? { execution_count: cell.execution_count } : {}),
      id: `cell-${index + 1}`,
      metadata: {},
      ...(cell.cell_type === "code" ? { outputs: cell.outputs.map(storedOutput) } : {}),
      source: lines(text(cell.source)),
    })),
    metadata: {
      kernelspec,
      language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function storedOutput({ output_type, name, text: stream, data, execution_count }) {
  if (output_type === "stream") return { name, output_type, text: lines(text(stream)) };
  const kept = Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [mime, mime.endsWith("+json") ? value : lines(text(value))]),
  );
  return {
    data: kept,
    ...(output_type === "execute_result" ? { execution_count } : {}),
    metadata: {},
    output_type,
  };
}

/** Places in which two notebooks say something else. Numbers may differ by one part in 10^9: engines round alike, not always. */
export function differences(before, after) {
  const found = [];
  if (before.cells.length !== after.cells.length)
    found.push(`${before.cells.length} cells were stored, ${after.cells.length} are there`);
  for (const [index, cell] of after.cells.entries()) {
    const old = before.cells[index];
    if (old === undefined || same(old.outputs ?? [], cell.outputs ?? [])) continue;
    found.push(`  cell ${index + 1}: ${shorten(old.outputs)} was stored, now it is ${shorten(cell.outputs)}`);
  }
  return found;
}

/** Whether a cell shows nothing that showed something. */
export const showsLess = (before, after) =>
  after.cells.some(({ outputs }, index) => outputs?.length === 0 && before.cells[index]?.outputs?.length > 0);

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

function same(one, other) {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  if (a === b) return true;
  if (a.replaceAll(NUMBER, "#") !== b.replaceAll(NUMBER, "#")) return false;
  const [xs, ys] = [a.match(NUMBER) ?? [], b.match(NUMBER) ?? []];
  return xs.every((x, i) => Math.abs(Number(x) - Number(ys[i])) <= 1e-9 * Math.max(1, Math.abs(Number(x))));
}

const text = (value) => (Array.isArray(value) ? value.join("") : value);
const lines = (value) => value.split(/(?<=\n)/);
const shorten = (value) => JSON.stringify(value).slice(0, 300);
