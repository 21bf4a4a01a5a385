import { createHash } from "node:crypto";
import { compile, type TopLevelSpec } from "vega-lite";
import { describe, expect, test } from "vitest";
import { type BenchmarkResults, summarize } from "../../src/experiment/results.js";
import { escapeHtml, html, scriptJson, scriptText } from "../../src/report/html.js";
import {
  benchmarkReport,
  costChart,
  DARK,
  differenceChart,
  flowTimeChart,
  learningCurveChart,
  svgChart,
  utilisationChart,
} from "../../src/report/index.js";
import { madeUpLearningCurve, madeUpResults, renamed } from "../support/made-up-results.js";

const HOSTILE = `</script><!--<img src=x onerror="hacked=1">'"&\\u2028`;
const libraries = { vega: "var vega=1//</script>\r\n", vegaLite: "var b='<!--'", vegaEmbed: "vegaEmbed=0" };

const pageOf = (results: BenchmarkResults, more = {}): string =>
  benchmarkReport(results, summarize(results), { libraries, ...more });

describe("the charts", () => {
  const chartsOf = (results: BenchmarkResults) => {
    const [scenario] = summarize(results).scenarios;
    return {
      cost: costChart(scenario!, results.cells),
      difference: differenceChart(scenario!),
      flowTime: flowTimeChart(scenario!),
      utilisation: utilisationChart(scenario!),
      learning: learningCurveChart(madeUpLearningCurve()),
    };
  };
  const usual = madeUpResults({ scenarios: 1 });

  test.each([
    ["usual results", usual],
    ["one seed", madeUpResults({ scenarios: 1, seeds: 1 })],
    ["names made to break out", renamed(usual, "ppo", HOSTILE)],
    ["a baseline that costs nothing", free(usual)],
  ])("of %s compile in Vega-Lite without a warning", (_, results) => {
    const complaints: string[] = [];
    const complain = (...said: readonly unknown[]) => {
      complaints.push(said.join(" "));
      return logger;
    };
    const quiet = () => logger;
    const logger = { level: quiet, error: complain, warn: complain, info: quiet, debug: quiet };
    for (const spec of Object.values(chartsOf(results))) {
      compile({ ...spec, width: 600 } as unknown as TopLevelSpec, { logger: logger as never });
    }
    expect(complaints).toEqual([]);
  });

  test("draw as SVG without a browser: same text each time, real colours, every policy named", async () => {
    const { cost, difference } = chartsOf(usual);
    const svg = await svgChart(cost);
    expect(await svgChart(cost)).toBe(svg);
    expect(svg).not.toContain("var(--");
    for (const { name } of usual.policies) expect(svg).toContain(`>${name}</text>`);
    expect(await svgChart(difference, { palette: DARK, width: 400 })).toContain(DARK.accent);
  });
});

describe("the report", () => {
  const results = madeUpResults();
  const page = pageOf(results, {
    learningCurve: madeUpLearningCurve(),
    title: "Benchmark",
    provenance: { backend: "simd" },
  });

  test("gives the verdict before the tables, and everything needed to repeat it", () => {
    const { scenarios, notes } = summarize(results);
    expect(page.indexOf("ppo beats the best heuristic")).toBeLessThan(page.indexOf("<table"));
    expect(page).toContain(
      escapeHtml(scenarios[1]!.verdicts[0]!.sentence.replace(/ -| \[-/g, (s) => s.replace("-", "\u2212"))),
    );
    for (const text of [results.command!, ...notes, "1001–1030", "simd"])
      expect(page).toContain(escapeHtml(text));
    for (const { digest } of results.scenarios) expect(page).toContain(digest);
  });

  test("has a description for each chart and headers with scope in each table", () => {
    expect(page.match(/role="img" aria-label="[^"]{40,}"/g)).toHaveLength(9);
    expect(page.match(/<th(?! scope="(?:col|row)")[\s>]/g)).toBeNull();
    for (const landmark of ["<header>", "<nav ", '<main id="content">', "<footer>"])
      expect(page).toContain(landmark);
  });

  test("allows by policy its own scripts alone, each by its hash, and nothing from elsewhere", () => {
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)![1]!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
    expect(scripts).toHaveLength(4);
    for (const script of scripts) {
      expect(policy).toContain(createHash("sha256").update(script).digest("base64"));
    }
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  });

  test("lets no name, command or title break out of its place", () => {
    const hostile = pageOf(
      { ...renamed(results, "ppo", HOSTILE), command: HOSTILE },
      { title: HOSTILE, provenance: { [HOSTILE]: HOSTILE } },
    );
    expect(hostile).not.toContain("<img");
    expect(hostile).not.toContain("<!--");
    expect(hostile.match(/<\/script>/g)).toHaveLength(5);
    const specs = hostile.match(/id="chart-specs">(.*?)<\/script>/)![1]!;
    expect(JSON.stringify(JSON.parse(specs))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
  });

  test("is the same page for the same results", () => {
    expect(pageOf(madeUpResults())).toBe(pageOf(madeUpResults()));
  });
});

describe("the template", () => {
  test("escapes values, joins lists, keeps markup of its own and drops what is absent", () => {
    expect(html`<a title="${'"&'}">${["<", html`<b>${1}</b>`]}${undefined}${false}</a>`.markup).toBe(
      '<a title="&quot;&amp;">&lt;<b>1</b></a>',
    );
  });

  test("embeds JSON and programs that cannot close their script element", () => {
    expect(scriptJson(["</script>", "\u2028"]).markup).toBe('["\\u003c/script\\u003e","\\u2028"]');
    expect(scriptText('a="</SCRIPT>";\r\n//# sourceMappingURL=a.map\r\nb=/<!--/')).toBe(
      'a="<\\/SCRIPT>";\n\nb=/<\\!--/',
    );
  });
});

/** The baseline costs nothing, so no percentage exists. */
function free(results: BenchmarkResults): BenchmarkResults {
  const cells = results.cells.map((cell) =>
    cell.policy === "shortest-expected-delay" ? { ...cell, objective: 0 } : cell,
  );
  return { ...results, cells };
}
