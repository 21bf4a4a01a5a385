import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { Slugger } from "../../docs/generate/markdown.js";

const ROOT = resolve(import.meta.dirname, "../..");
const markdown = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const PAGES = [
  "README.md",
  "CHANGELOG.md",
  "bench/README.md",
  "src/README.md",
  ...markdown("notebooks"),
  ...markdown("docs"),
  ...markdown("docs/api"),
];

/** Without blocks of code, in which nothing is a link. */
const prose = (page: string): string =>
  readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");

function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new Slugger();
  return new Set([...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slugger.next(heading!)));
}

test("every link between pages leads to a file that is there, and to a heading of it", () => {
  const broken: string[] = [];
  for (const page of PAGES) {
    for (const [, target] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?|mailto):/.test(target!)) continue;
      const [file, anchor] = target!.split("#") as [string, string?];
      const path = file === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), file));
      if (!existsSync(join(ROOT, path))) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && path.endsWith(".md") && !anchorsOf(path).has(anchor))
        broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test("every page of docs/ can be reached from its front page", () => {
  const seen = new Set<string>();
  const visit = (page: string): void => {
    if (seen.has(page) || !page.endsWith(".md") || !existsSync(join(ROOT, page))) return;
    seen.add(page);
    for (const [, file] of prose(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (!/^https?:/.test(file!)) visit(relative(ROOT, resolve(ROOT, dirname(page), file!)));
    }
  };
  visit("docs/README.md");
  expect([...markdown("docs"), ...markdown("docs/api")].filter((page) => !seen.has(page))).toEqual([]);
});
