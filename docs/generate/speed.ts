import { type BenchResults, benchResults, figureTable, measuredBy } from "./bench-results.js";
import { notice, page } from "./markdown.js";

/** The benches of speed, in the order of the page; one that has no committed results is named as such. */
const BENCHES: readonly (readonly [bench: string, title: string, about: string])[] = [
  [
    "events",
    "Events",
    "How fast the general engine is beside the least that simulates one system: loops on typed arrays, written by hand.",
  ],
  [
    "peers",
    "Beside other simulators",
    "Events a processor second of three models, each held to its closed form: a next-event loop in C, SimPy and Ciw.",
  ],
  ["telemetry", "Telemetry", "What recording every attempt and every decision costs."],
  ["scaling", "Scaling", "What an event costs as tasks and pools grow in number."],
  ["memory", "Memory", "Bytes on the heap for an event, and the peak of replays."],
  ["replay", "Replay", "Tasks a second of a trace that is read from disk."],
  [
    "import",
    "Import",
    "Rows a processor second from CSV to an Arrow trace; DuckDB's CSV to Parquet beside it.",
  ],
  [
    "training",
    "Training",
    "Decisions a second of learning on `scenarios/payment-routing.yaml`, with the default network.",
  ],
  ["backend", "Gradients", "Steps of gradients and Adam, by backend."],
];

/** docs/speed.md: the figures that are committed in bench/results, and nothing that was measured now. */
export function speed(root: string): string {
  const measured = BENCHES.map((bench) => ({ bench, results: benchResults(root, bench[0]) }));
  const absent = measured.filter(({ results }) => results === null).map(({ bench: [name] }) => `\`${name}\``);
  return page(
    notice("bench/results"),
    "# How fast",
    "What `npm run bench` measured when its results were last committed. Ratios say more than figures: those of different machines " +
      "do not compare. How each is measured, and what is wanted of it, is in [bench/README.md](../bench/README.md). A figure " +
      "that is not what is wanted says **missed**.",
    ...measured.flatMap(({ bench: [, title, about], results }) =>
      results === null ? [] : [section(title, about, results)],
    ),
    absent.length === 0
      ? null
      : `No results are committed of ${absent.join(", ")}: \`npm run bench -- <name> --write\` makes them.`,
  );
}

const section = (title: string, about: string, results: BenchResults): string =>
  page(`## ${title}`, about, figureTable(results.figures), measuredBy(results)).trimEnd();
