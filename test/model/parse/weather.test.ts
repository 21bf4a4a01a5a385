import { describe, expect, test } from "vitest";
import type { Weather } from "../../../src/model/scenario.js";
import { type Expected, expectComplaint, parse, scenario } from "../../support/scenario-text.js";

const text = (more: string, pools = "{ a: {}, b: {} }") =>
  scenario({ pools, tasks: "{ t: { work: 1 s } }", more });
const AT = "at: { from: 1 min, until: 2 min }";
const scheduled = { kind: "scheduled", spans: [{ from: 60, until: 120 }] } as const;

describe("weather", () => {
  test.each<[string, Partial<Weather>]>([
    [
      `{ ${AT}, outage: }`,
      { pools: [0, 1], when: scheduled, effect: { kind: "outage", interrupted: "restart" } },
    ],
    [`{ ${AT}, outage: fail }`, { effect: { kind: "outage", interrupted: "fail" } }],
    [`{ ${AT}, outage: { interrupted: resume } }`, { effect: { kind: "outage", interrupted: "resume" } }],
    [`{ pools: b, ${AT}, brownout: 50% }`, { pools: [1], effect: { kind: "brownout", speed: 0.5 } }],
    [
      `{ ${AT}, failures: 0.2, observed: false }`,
      { effect: { kind: "failures", attemptFailure: 0.2 }, observed: false },
    ],
    [
      `{ ${AT}, failures: { share: 20%, judged: end } }`,
      { effect: { kind: "failures", attemptFailure: 0.2, judged: "end" } },
    ],
    [
      `{ ${AT}, failures: { share: 20%, judged: start } }`,
      { effect: { kind: "failures", attemptFailure: 0.2 } },
    ],
    [
      `{ ${AT}, stragglers: { share: 5%, slowdown: 10 } }`,
      { effect: { kind: "stragglers", share: 0.05, slowdown: { kind: "deterministic", value: 10 } } },
    ],
    [
      "{ every: exponential(1 h), lasts: 1 min, brownout: 50% }",
      {
        when: {
          kind: "random",
          every: { kind: "exponential", mean: 3600 },
          lasts: { kind: "deterministic", value: 60 },
        },
      },
    ],
  ])("%s", (written, meant) => {
    expect(parse(text(`weather: { storm: ${written} }`)).weather![0]).toMatchObject({
      name: "storm",
      ...meant,
    });
  });

  test.each<[string, string, Expected, string?]>([
    [
      "no time",
      "{ outage: fail }",
      { what: /on schedule or at random/, where: "x.yaml:8:19 > weather.storm" },
    ],
    ["both times", `{ ${AT}, every: 1 h, lasts: 1 s, outage: fail }`, { what: /on schedule or at random/ }],
    ["half a random time", "{ every: 1 h, outage: fail }", { what: /`lasts` is missing/ }],
    ["no effect", `{ ${AT} }`, { what: /disturbs nothing/, mend: /outage, brownout, failures, stragglers/ }],
    ["two effects", `{ ${AT}, outage: fail, brownout: 50% }`, { what: /has 2 effects/ }],
    ["an unknown fate", `{ ${AT}, outage: retry }`, { what: /"retry" is not one of the choices/ }],
    ["a brownout of nothing left", `{ ${AT}, brownout: 0 }`, { what: /out of range/ }],
    ["an unknown pool", `{ ${AT}, pools: c, outage: fail }`, { what: /no pool "c"/ }],
    [
      "what shares servers lost",
      `{ ${AT}, outage: fail }`,
      { what: /share the servers of the pool "a" are held/, mend: /resume/ },
      "{ a: { discipline: ps } }",
    ],
  ])("with %s is refused", (_, written, expected, pools) =>
    expectComplaint(text(`weather: { storm: ${written} }`, pools), expected),
  );
});

describe("transfers", () => {
  test.each([
    ["{}", { latency: 0, bandwidth: Number.POSITIVE_INFINITY, price: 0 }],
    [
      "{ latency: 5 ms, bandwidth: 8 Gb / s, price: 2 / GB }",
      { latency: 0.005, bandwidth: 1e9, price: 2e-9 },
    ],
  ])("%s", (written, meant) => {
    expect(parse(text(`transfers: ${written}`)).transfers).toEqual(meant);
  });

  test.each<[string, Expected]>([
    ["{ bandwidth: 3 GB }", { what: /"3 GB" is not a bandwidth/, mend: /1 GB \/ s/ }],
    ["{ price: 3 / s }", { what: /"3 \/ s" is not a price of data/ }],
    ["{ latency: -1 }", { what: /out of range/ }],
  ])("%s is refused", (written, expected) => expectComplaint(text(`transfers: ${written}`), expected));
});
