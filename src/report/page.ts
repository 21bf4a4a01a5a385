import { createHash } from "node:crypto";
import type { Charts } from "./charts.js";
import { type Html, html, raw, scriptJson, scriptText } from "./html.js";
import { STYLE } from "./style.js";

/** The texts of the browser builds that draw the charts; a page holds them, so it needs no network. */
export interface ReportLibraries {
  readonly vega: string;
  readonly vegaLite: string;
  readonly vegaEmbed: string;
}

/** What a page says, beside its charts. */
export interface PageContent {
  /** Of the document. */
  readonly title: string;
  /** What the page is about: "benchmark", "trace". */
  readonly about: string;
  readonly heading: string;
  readonly facts: string;
  /** Sections to go to: their ids and what they are called. */
  readonly contents: readonly (readonly [id: string, label: string])[];
  /** What `main` has: "results", "figures". */
  readonly mainly: string;
  readonly main: Html;
  /** "Switchyard", with the version where it is known. */
  readonly maker?: string;
}

/**
 * One self-contained HTML page. It opens from a file, offline, and prints. Its content security policy forbids every
 * request and every script but its own, by hash; expressions in charts are interpreted, not compiled.
 */
export function page(content: PageContent, charts: Charts, libraries: ReportLibraries): string {
  const scripts = [libraries.vega, libraries.vegaLite, libraries.vegaEmbed, DRAW].map(scriptText);
  const hashes = scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  const policy = `default-src 'none'; script-src ${hashes.join(" ")}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${content.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>${bodyOf(content)}
<script type="application/json" id="chart-specs">${scriptJson(charts.specs)}</script>
${scripts.map((text) => html`<script>${raw(text)}</script>\n`)}</body>
</html>
`.markup;
}

function bodyOf({ about, heading, facts, contents, mainly, main, maker = "Switchyard" }: PageContent): Html {
  return html`
<a class="skip" href="#content">Skip to the ${mainly}</a>
<div class="page">
<header>
<p class="eyebrow">Switchyard ${about}</p>
<h1>${heading}</h1>
<p class="facts">${facts}</p>
<nav class="contents" aria-label="Contents">${contents.map(([id, label]) => html`<a href="#${id}">${label}</a>`)}</nav>
</header>
<main id="content">
${main}
</main>
<footer><p>Made by ${maker}. This page holds everything that it shows and asks nothing of the network.</p></footer>
</div>`;
}

/**
 * Draws every chart of the page; one that cannot be drawn says so, and its table still stands below. For paper the
 * charts are drawn anew at the width of a printed page (A4 within its margins), so that their type keeps its size.
 */
const DRAW = `
"use strict";
const specs = JSON.parse(document.getElementById("chart-specs").textContent);
const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
const views = [];
for (const place of document.querySelectorAll("[data-chart]")) {
  vegaEmbed(place, specs[Number(place.dataset.chart)], options).then(
    ({ view }) => {
      views.push(view);
      place.dataset.state = "drawn";
    },
    (error) => {
      place.dataset.state = "failed";
      const note = document.createElement("p");
      note.className = "failed";
      note.textContent = "This chart could not be drawn: " + error.message;
      place.replaceChildren(note);
    },
  );
}
addEventListener("beforeprint", () => { for (const view of views) view.width(640).run(); });
addEventListener("afterprint", () => dispatchEvent(new Event("resize")));
`;
