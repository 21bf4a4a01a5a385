// Makes `llm-gateway.arrow`: invented calls of a language model in the format of the Mooncake traces (Qin et al. 2024), imported
// as such logs are. People talk in sessions to one of a few applications; each turn's prompt is the application's instructions,
// then all that was said before, so prompts share blocks of 512 tokens from the first on. All numbers are fixed: the same
// file comes out every time.
//
//   npm run build && node scenarios/traces/make-gateway.mjs
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { mulberry32 } from "./mulberry32.mjs";

const SECONDS = 600;
/** Sessions that begin a second, in calm and in rush; how long either lasts on average. */
const RATES = [0.45, 1.5];
const LENGTHS = [60, 25];
/** Blocks of instructions of each application, and how often it is talked to. */
const APPLICATIONS = [
  { blocks: 12, share: 0.4 },
  { blocks: 5, share: 0.25 },
  { blocks: 20, share: 0.15 },
  { blocks: 2, share: 0.2 },
];
const BLOCK = 512;

/** Seconds of work: 0.2, and 0.3 ms a token that is read, 12 ms a token that is written. */
export const WORK_MODEL = { fixed: 0.2, prompt: 0.0003, output: 0.012 };

/** The log: JSON lines in order of time. */
export function log() {
  const random = mulberry32(20240901);
  const exponential = (mean) => -Math.log(1 - random()) * mean;
  let blocks = 0;
  const fresh = (count) => Array.from({ length: count }, () => blocks++);
  const instructions = APPLICATIONS.map((application) => fresh(application.blocks));
  const requests = [];
  let [at, phase, until] = [0, 0, exponential(LENGTHS[0])];
  while (at < SECONDS) {
    at += exponential(1 / RATES[phase]);
    if (at > until) {
      phase = 1 - phase;
      at = until;
      until += exponential(LENGTHS[phase]);
      continue;
    }
    let [u, application] = [random(), 0];
    while (u > APPLICATIONS[application].share) u -= APPLICATIONS[application++].share;
    const said = [...instructions[application]];
    let turnAt = at;
    do {
      said.push(...fresh(1 + Math.floor(3 * random())));
      const output = Math.ceil(20 + exponential(160));
      if (turnAt < SECONDS) {
        requests.push({
          timestamp: Math.round(1000 * turnAt),
          input_length: BLOCK * said.length - Math.floor(BLOCK * random()),
          output_length: output,
          hash_ids: [...said],
        });
      }
      turnAt += 4 + exponential(20);
    } while (random() < 0.75);
  }
  requests.sort((a, b) => a.timestamp - b.timestamp);
  return requests.map((request) => `${JSON.stringify(request)}\n`).join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytesSource, importTrace } = await import("../../dist/workload/import/index.js");
  const { encodeTrace } = await import("../../dist/workload/trace/index.js");
  const source = bytesSource("llm-gateway.jsonl", new TextEncoder().encode(log()));
  const { workflows, metadata, report } = await importTrace([source], {
    strict: true,
    settings: { workModel: WORK_MODEL },
  });
  await writeFile(new URL("llm-gateway.arrow", import.meta.url), encodeTrace(workflows, metadata));
  process.stdout.write(`${report.workflows} calls\n`);
}
