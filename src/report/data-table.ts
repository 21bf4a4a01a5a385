import { type Html, type HtmlValue, html } from "./html.js";

export interface DataTable {
  readonly caption: HtmlValue;
  /** Column headers; the first `names` of them head text, the others figures. */
  readonly head: readonly string[];
  readonly names?: number;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** One a column; the cell at `header` is the row's own header. */
  readonly cells: readonly HtmlValue[];
  readonly header?: number;
  readonly className?: string;
  /** The policy that it is of, where picking that policy should make it stand out. */
  readonly pick?: string;
}

/** A table that a screen reader can walk: caption, column headers and row headers with their scope. */
export function dataTable({ caption, head, names = 1, rows }: DataTable): Html {
  const named = (c: number): string => (c < names ? "name" : "");
  return html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((title, c) => html`<th scope="col" class="${named(c)}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ cells, header = 0, className = "", pick }) => html`
<tr class="${className}"${pick !== undefined && html` data-policy="${pick}"`}>${cells.map((cell, c) =>
      c === header
        ? html`<th scope="row" class="${named(c)}">${breakable(cell)}</th>`
        : html`<td class="${named(c)}">${c < names ? breakable(cell) : cell}</td>`,
    )}</tr>`,
  )}
</tbody></table></div>`;
}

/** A policy's name may go on in the next line after a bracket or a comma, so that no table grows wide by it. */
function breakable(cell: HtmlValue): HtmlValue {
  if (typeof cell !== "string") return cell;
  return cell.split(/(?<=[(,@])(?=\S)/).map((part, i) => (i === 0 ? html`${part}` : html`<wbr>${part}`));
}
