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
 *
 * A policy is picked by its button, or by a click on what is drawn of it: the rest of its section fades. The same again,
 * or Escape, lets it go.
 */
const DRAW = `
"use strict";
const specs = JSON.parse(document.getElementById("chart-specs").textContent);
const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
const views = new Map();
for (const place of document.querySelectorAll("[data-chart]")) {
  vegaEmbed(place, specs[Number(place.dataset.chart)], options).then(
    ({ view }) => {
      views.set(place, view);
      // The place is the image, with its description; what is drawn in it has nothing to add.
      place.querySelector("svg").setAttribute("aria-hidden", "true");
      place.dataset.state = "drawn";
      const section = place.closest("[data-picks]");
      if (section === null) return;
      view.addEventListener("click", (event, item) => {
        const policy = item && item.datum && (item.datum.policy || (/^legend/.test(item.mark.role) && item.datum.value));
        if (policy) pick(section, policy);
      });
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
function pick(section, policy) {
  const picked = policy === null || section.dataset.picked === policy ? null : policy;
  if (picked === null) delete section.dataset.picked;
  else section.dataset.picked = picked;
  for (const button of section.querySelectorAll("[data-pick]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pick === picked));
  }
  for (const row of section.querySelectorAll("[data-policy]")) {
    row.classList.toggle("faded", picked !== null && row.dataset.policy !== picked);
  }
  for (const [place, view] of views) {
    const { params = [] } = specs[Number(place.dataset.chart)];
    if (section.contains(place) && params.some(({ name }) => name === "picked")) view.signal("picked", picked).runAsync();
  }
}
addEventListener("click", ({ target }) => {
  const button = target.closest("[data-pick]");
  if (button !== null) pick(button.closest("[data-picks]"), button.dataset.pick);
});
addEventListener("keydown", ({ key }) => {
  if (key === "Escape") for (const section of document.querySelectorAll("[data-picked]")) pick(section, null);
});
let opened = [];
addEventListener("beforeprint", () => {
  for (const view of views.values()) view.width(640).run();
  opened = [...document.querySelectorAll("details.file:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
  dispatchEvent(new Event("resize"));
});
`;
