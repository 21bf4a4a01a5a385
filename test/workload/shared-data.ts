import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const DATA = resolve(import.meta.dirname, "../../../shared/data");

/** Recorded traces with their known figures, which lie beside the project where they are to be had. */
export const hasSharedData = existsSync(DATA);
if (!hasSharedData) console.log("skipped: the recorded traces of ../shared/data are not here");

export const sharedPath = (path: string): string => resolve(DATA, path);
export const sharedBytes = (path: string): Uint8Array => readFileSync(sharedPath(path));
export const sharedJson = (path: string): unknown => JSON.parse(readFileSync(resolve(DATA, path), "utf8"));
