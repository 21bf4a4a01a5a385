/** Markup that is safe to put into a page as it is. Made by `html` only (and by `raw`, where the source is ours). */
export class Html {
  constructor(readonly markup: string) {}
  toString(): string {
    return this.markup;
  }
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** A template whose values are escaped, in text and in quoted attributes; `Html` goes in as it is, arrays are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((page, part, i) => page + markup(values[i - 1]) + part));
}

export const raw = (markup: string): Html => new Html(markup);

function markup(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (value === undefined || value === false) return "";
  if (typeof value === "object") return value.map(markup).join("");
  return escapeHtml(String(value));
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** JSON that may stand in a script element: nothing in it can close the element or open a comment. */
export function scriptJson(value: unknown): Html {
  return raw(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

/**
 * Program text that may stand in a script element. In JavaScript these sequences occur inside strings, templates and
 * regular expressions only, where the backslash changes nothing. Line ends become those that the parser of the page
 * gives, so that a hash of the text holds; source maps, which are not shipped, are not asked for.
 */
export function scriptText(program: string): string {
  return program
    .replace(/\r\n?/g, "\n")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replace(/<(?=\/script|!--)/gi, "<\\");
}
