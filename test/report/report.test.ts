import { createHash } from "node:crypto";
import { compile, type TopLevelSpec } from "vega-lite";
import { describe, expect, test } from "vitest";
import { type BenchmarkResults, summarize } from "../../src/experiment/results.js";
import { escapeHtml, html, scriptJson, scriptText } from "../../src/report/html.js";
import {
  benchmarkCharts,
  benchmarkReport,
  costChart,
  DARK,
  differenceChart,
  flowTimeChart,
  LIGHT,
  learningCurveChart,
  svgChart,
  utilisationChart,
} from "../../src/report/index.js";
import { madeUpLearningCurve, madeUpResults, renamed } from "../support/made-up-results.js";

const HOSTILE = `</script><!--<img src=x onerror="hacked=1">'"&\\u2028`;
const libraries = { vega: "var vega=1//</script>\r\n", vegaLite: "var b='<!--'", vegaEmbed: "vegaEmbed=0" };

/** Eight of each scenario, two of both together, and the learning curve. */
const CHARTS = 2 * 8 + 2 + 1;

const pageOf = (results: BenchmarkResults, more = {}): string =>
  benchmarkReport(results, summarize(results), { libraries, ...more });

describe("the charts", () => {
  const chartsOf = (results: BenchmarkResults) => {
    const [scenario] = summarize(results).scenarios;
    return {
      cost: costChart(scenario!, results.cells),
      ...(scenario!.policies.length > 1 ? { difference: differenceChart(scenario!) } : {}),
      flowTime: flowTimeChart(scenario!),
      utilisation: utilisationChart(scenario!),
      ...Object.fromEntries(
        benchmarkCharts(results, summarize(results)).map(({ name, spec }) => [name, spec]),
      ),
      learning: learningCurveChart(madeUpLearningCurve()),
    };
  };
  const usual = madeUpResults({ scenarios: 1 });

  test.each([
    ["usual results", usual],
    ["one seed", madeUpResults({ scenarios: 1, seeds: 1 })],
    ["names made to break out", renamed(usual, "ppo", HOSTILE)],
    ["a baseline that costs nothing", free(usual)],
    ["runs without profiles", without(usual)],
    ["one policy", only(usual, ["ppo"])],
    ["heuristics alone, none better than the best", only(usual, ["random", "shortest-expected-delay"])],
    ["thirty policies", many(usual, 30)],
    ["tiny costs", scaled(usual, 1e-9)],
    ["huge costs", scaled(usual, 1e12)],
    ["several scenarios", madeUpResults({ scenarios: 3, seeds: 5 })],
    ["no workflow that succeeded", idle(usual)],
    ["an experiment by another metric", experiment(usual)],
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
    if (difference === undefined) throw new Error("there is no difference");
    const svg = await svgChart(cost);
    expect(await svgChart(cost)).toBe(svg);
    expect(svg).not.toContain("var(--");
    for (const { name } of usual.policies) expect(svg).toContain(`>${name}</text>`);
    expect(await svgChart(difference, { palette: DARK, width: 400 })).toContain(DARK.accent);
  });
});

describe("the charts by themselves", () => {
  const charts = benchmarkCharts(madeUpResults(), summarize(madeUpResults()));

  test("have names that can be files, none twice, also where scenarios are called alike", () => {
    const names = charts.map(({ name }) => name);
    expect(names).toContain("demo-checkout-flow-time-tail");
    expect(new Set(names).size).toBe(names.length);
    const odd = madeUpResults({ scenarios: 2 });
    const scenarios = odd.scenarios.map((entry, i) => ({ ...entry, name: ["../a b", "..\\a b"][i]! }));
    const cells = odd.cells.map((cell) => ({
      ...cell,
      scenario: cell.scenario === "demo-checkout" ? "../a b" : "..\\a b",
    }));
    const results = { ...odd, scenarios, cells };
    const found = benchmarkCharts(results, summarize(results)).map(({ name }) => name);
    expect(new Set(found).size).toBe(found.length);
    for (const name of found) expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}.-]*$/u);
  });

  test("stand alone as SVG: heading, description, nothing that a page would have to add", async () => {
    for (const { title, caption, description, spec } of charts.slice(0, 8)) {
      const svg = await svgChart(spec, { heading: { title, caption }, description });
      expect(svg).toContain(`<title id="title">${escapeHtml(title)}</title>`);
      expect(svg).toContain(`<desc id="desc">${escapeHtml(description)}</desc>`);
      expect(svg).not.toMatch(/var\(--|NaN|undefined|href=/);
    }
  });
});

describe("the colours", () => {
  test.each([
    ["light", LIGHT],
    ["dark", DARK],
  ] as const)("of the %s page can be read: text by 4.5 : 1, what is drawn by 3 : 1", (_, palette) => {
    const washes = ["paper", "surface", "accentSoft", "badSoft", "plainSoft"] as const;
    for (const wash of washes) {
      for (const text of ["ink", "muted"] as const)
        expect(contrast(palette[text], palette[wash]), `${text} on ${wash}`).toBeGreaterThan(4.5);
    }
    for (const [tone, wash] of [
      ["accent", "accentSoft"],
      ["bad", "badSoft"],
      ["plain", "plainSoft"],
      ["accent", "paper"],
      ["bad", "surface"],
    ] as const)
      expect(contrast(palette[tone], palette[wash]), `${tone} on ${wash}`).toBeGreaterThan(4.5);
    const drawn = ["accent", "neutral", ...[2, 3, 4, 5, 6, 7, 8].map((n) => `series${n}` as const)] as const;
    for (const name of drawn)
      expect(contrast(palette[name as keyof typeof palette], palette.surface), name).toBeGreaterThan(3);
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
    expect(page.match(/role="img" aria-label="[^"]{40,}"/g)).toHaveLength(CHARTS);
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

  test("of an experiment says what was asked, by which metric, and when it stopped", () => {
    const asked = pageOf(experiment(results));
    for (const text of [
      "<h1>Experiment rules</h1>",
      "Comparisons asked for",
      "Compared by the p99 flow time, seconds",
      "no wider to either side than 1.0 % of the mean, or after 200 seeds",
      "12, precision not reached",
      "f00d",
      "pools.fast.servers",
    ])
      expect(asked).toContain(escapeHtml(text).replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
    // The ticks of single runs are of the metric too.
    const [scenario] = summarize(experiment(results)).scenarios;
    const spec = JSON.stringify(costChart(scenario!, results.cells));
    expect(spec).toContain(`"cost":${results.cells[0]!.flowTime.p99}`);
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

/** The same as an experiment asks it. */
function experiment(results: BenchmarkResults): BenchmarkResults {
  return {
    ...results,
    experiment: {
      name: "rules",
      digest: "f00d",
      metric: "p99",
      level: 0.9,
      baseline: "best-heuristic",
      comparisons: [{ policy: "ppo", against: "random" }],
      stop: { halfWidth: 0.01, relative: true, of: "differences", atMost: 200 },
      overrides: { rush: { "pools.fast.servers": 2 } },
    },
    scenarios: results.scenarios.map((entry, i) =>
      i === 0 ? { ...entry, reached: false, seeds: 12 } : entry,
    ),
    cells: results.cells.filter(
      ({ scenario, seed }) => scenario !== results.scenarios[0]!.name || seed < results.seeds[12]!,
    ),
  };
}

/** Without what results of older versions did not have. */
function without(results: BenchmarkResults): BenchmarkResults {
  return {
    ...results,
    scenarios: results.scenarios.map(({ definition: _, ...entry }) => entry),
    cells: results.cells.map(({ profile: _, ...cell }) => cell),
  };
}

function only(results: BenchmarkResults, names: readonly string[]): BenchmarkResults {
  return {
    ...results,
    policies: results.policies.filter(({ name }) => names.includes(name)),
    cells: results.cells.filter(({ policy }) => names.includes(policy)),
  };
}

/** The first heuristic over and over, under many and long names. */
function many(results: BenchmarkResults, count: number): BenchmarkResults {
  const model = results.cells.filter(({ policy }) => policy === "random");
  const names = Array.from(
    { length: count },
    (_, i) => `heuristic-with-quite-a-long-name(threshold=0.${i + 10}, failure=2.5, price=0.75)`,
  );
  return {
    ...results,
    policies: names.map((name) => ({ name, kind: "heuristic" })),
    cells: names.flatMap((policy, i) =>
      model.map((cell) => ({ ...cell, policy, objective: cell.objective * (1 + i / 50) })),
    ),
  };
}

function scaled(results: BenchmarkResults, by: number): BenchmarkResults {
  const all = (figures: object) =>
    Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figure * by]));
  return {
    ...results,
    cells: results.cells.map((cell) => ({
      ...cell,
      objective: cell.objective * by,
      metrics: all(cell.metrics),
      flowTime: all(cell.flowTime) as never,
    })),
  };
}

function idle(results: BenchmarkResults): BenchmarkResults {
  const none = { mean: Number.NaN, p50: Number.NaN, p90: Number.NaN, p95: Number.NaN, p99: Number.NaN };
  return {
    ...results,
    cells: results.cells.map((cell) => ({
      ...cell,
      flowTime: none,
      workflows: { submitted: 5, succeeded: 0, failed: 5 },
      profile: { ...cell.profile!, flowTimes: { zeros: 0, first: 0, counts: [] } },
    })),
  };
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}
