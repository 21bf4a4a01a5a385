import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../experiment/sweep/index.js";
import { canonicalJson } from "../kit/canonical-json.js";
import { InputError } from "../kit/errors.js";
import { Appender } from "./appender.js";
import { writeFileAtomic } from "./files.js";

const PLAN = "sweep.json";
const TRIALS = "trials.ndjson";

/** What a trial cost at a share of the effort. */
interface Entry extends Job {
  readonly cost: number | null;
}

/** The costs of a sweep in its folder: each is appended as soon as it is known, so that nothing is measured twice. */
export class SweepTrials {
  private readonly known = new Map<string, number>();
  private readonly file = new Appender();

  private constructor(private readonly path: string) {}

  /** @throws {InputError} RUN_EXISTS, NO_FILE, OTHER_RUN */
  static async open(folder: string, resume: boolean, plan: unknown): Promise<SweepTrials> {
    const planFile = join(folder, PLAN);
    const text = `${canonicalJson(JSON.parse(JSON.stringify(plan)))}\n`;
    const trials = new SweepTrials(join(folder, TRIALS));
    if (!resume) {
      if (existsSync(planFile)) {
        throw new InputError("RUN_EXISTS", {
          what: "a sweep is here already",
          where: folder,
          mend: "go on with --resume, or give another folder with --out",
        });
      }
      await mkdir(folder, { recursive: true });
      await writeFileAtomic(trials.path, "");
      await writeFileAtomic(planFile, text);
      return trials;
    }
    const before = await readFile(planFile, "utf8").catch((cause) => {
      throw new InputError("NO_FILE", { what: "there is no sweep to go on with", where: folder }, { cause });
    });
    if (before !== text) {
      throw new InputError("OTHER_RUN", {
        what: "the sweep in this folder has other settings",
        where: planFile,
        mend: "resume with the same scenario and options, or start anew in another folder",
      });
    }
    const entries = (await readFile(trials.path, "utf8").catch(() => "")).split("\n").flatMap(parsed);
    for (const { trial, share, cost } of entries) trials.known.set(keyOf(trial, share), cost ?? Number.NaN);
    // Without a line that was half written when the process was killed.
    await writeFileAtomic(trials.path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    return trials;
  }

  /** The cost that is on disk; undefined where it is yet to be measured. */
  cost({ trial, share }: Job): number | undefined {
    return this.known.get(keyOf(trial, share));
  }

  add({ trial, settings, share }: Job, cost: number): void {
    this.known.set(keyOf(trial, share), cost);
    const entry: Entry = { trial, share, settings, cost: Number.isFinite(cost) ? cost : null };
    this.file.add(this.path, `${JSON.stringify(entry)}\n`);
  }

  flush(): Promise<void> {
    return this.file.flush();
  }
}

const keyOf = (trial: number, share: number): string => `${trial} ${share}`;

function parsed(line: string): Entry[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}
