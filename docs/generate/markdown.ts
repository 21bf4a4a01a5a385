/** Words of Markdown in which the generated pages are written. */

/** First line of a generated page: who edits it by hand is told where it comes from. */
export const notice = (source: string): string =>
  `<!-- Made by \`npm run docs\` from ${source}. Changes belong there. -->`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

const cell = (text: string): string => text.replaceAll("\n", " ").replaceAll(/(?<!\\)\|/g, "\\|");

export const code = (text: string | number | boolean): string => `\`${text}\``;

/** Plain words, in which nothing is meant as Markdown or HTML. */
export const plain = (text: string): string =>
  text
    .replaceAll("<", "&lt;")
    .replaceAll("*", "\\*")
    .replaceAll(/(?<=\w)_(?=\w)/g, "\\_");

/** Anchors of a page's headings, as code hosts number those that are alike. */
export class Slugger {
  private readonly met = new Map<string, number>();

  next(heading: string): string {
    const anchor = slug(heading);
    const times = this.met.get(anchor) ?? 0;
    this.met.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  }
}

/** The anchor that code hosts give a heading, the first of its kind. */
export const slug = (heading: string): string =>
  heading
    .replaceAll(/`([^`]*)`/g, (_, text: string) => text.replaceAll(/[<>]/g, ""))
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/<[^>]*>/g, "")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");

/** Parts of a page, with an empty line between; those that are null are left out. */
export const page = (...parts: readonly (string | null)[]): string =>
  `${parts.filter((part) => part !== null).join("\n\n")}\n`;
