import { describe, expect, test } from "vitest";
import { type Complaint, InputErrors } from "../../src/kit/errors.js";
import { parseScenario } from "../../src/model/index.js";
import { stationaryLaw } from "../../src/model/switching.js";

const parse = (arrivals: string) =>
  parseScenario(
    [
      "scenario: x",
      "horizon: 1 h",
      "pools: { p: }",
      "workflows:",
      "  w:",
      `    arrivals: ${arrivals}`,
      "    tasks: { t: { work: 1 ms } }",
    ].join("\n"),
    { file: "x.yaml" },
  ).workflows[0]!.arrivals;

function complaints(arrivals: string): readonly Complaint[] {
  try {
    parse(arrivals);
  } catch (error) {
    if (error instanceof InputErrors) return error.complaints;
    throw error;
  }
  throw new Error("the arrivals were accepted");
}

test.each([
  [
    "{ mmpp: { rates: [1, 2], switching: [[0, 6 / min], [0.2, 0]] } }",
    {
      kind: "mmpp",
      rates: [1, 2],
      switching: [
        [0, 0.1],
        [0.2, 0],
      ],
    },
  ],
  [
    "{ mmpp: { rates: [1, 2], leave: [1, 3], observed: true } }",
    { kind: "mmpp", rates: [1, 2], leave: [1, 3], observed: true },
  ],
  [
    "{ mmpp: { rates: [1, 2], leave: [1, 3], observed: false } }",
    { kind: "mmpp", rates: [1, 2], leave: [1, 3] },
  ],
  [
    "{ piecewise: { rates: [1, 0], lengths: [1 min, 2 s], repeat: true } }",
    { kind: "piecewise", rates: [1, 0], lengths: [60, 2], repeat: true },
  ],
  [
    "{ piecewise: { rates: 3 / s, lengths: 1 h } }",
    { kind: "piecewise", rates: [3], lengths: [3600], repeat: false },
  ],
  [
    "{ flashCrowd: { base: 2, at: 1 min, peak: 8, decay: 10 s } }",
    { kind: "flashCrowd", base: 2, at: 60, rise: 0, peak: 8, decay: 10 },
  ],
  [
    "{ batch: { of: { hawkes: { base: 1, branching: 0.5, decay: 1 } }, size: 3 } }",
    {
      kind: "batch",
      of: { kind: "hawkes", base: 1, branching: 0.5, decay: 1 },
      size: { kind: "fixed", size: 3 },
    },
  ],
  [
    "{ closed: { users: 20, think: exponential(5 s), ramp: 1 min } }",
    { kind: "closed", users: 20, think: { kind: "exponential", mean: 5 }, ramp: 60 },
  ],
])("%s is read", (text, arrivals) => expect(parse(text)).toEqual(arrivals));

describe("wrong arrivals are refused with the place and the mend", () => {
  test.each<[string, RegExp, string, RegExp]>([
    ["{ poison: 1 }", /no key "poison"/, "arrivals.poison", /did you mean "poisson"/],
    ["{ poisson: 1, renewal: 1 }", /have one process/, "arrivals", /poisson, renewal/],
    ["{ renewal: 0 }", /lasts no time/, "arrivals.renewal", /mean above 0/],
    ["{ onOff: { rate: 1, on: 0, off: 1 } }", /lasts no time/, "arrivals.onOff.on", /mean above 0/],
    ["{ mmpp: { rates: [1, 2] } }", /says once how/, "arrivals.mmpp", /leave .* or switching/],
    [
      "{ mmpp: { rates: [1, 2], leave: [1, 1], switching: [[0, 1], [1, 0]] } }",
      /says once how/,
      "arrivals.mmpp",
      /leave/,
    ],
    ["{ mmpp: { rates: [1, 2], leave: [1] } }", /2 rates and 1 of leaving/, "arrivals.mmpp", /one of each/],
    [
      "{ mmpp: { rates: [1, 2], switching: [[0, 1]] } }",
      /has 1 rows, of 2, for 2 rates/,
      "arrivals.mmpp.switching",
      /a row a phase/,
    ],
    [
      "{ mmpp: { rates: [1, 2], switching: [[0.5, 1], [1, 0]] } }",
      /phase 0 is left for itself at rate 0.5/,
      "arrivals.mmpp.switching[0][0]",
      /0 on the diagonal/,
    ],
    [
      "{ mmpp: { rates: [1, 2, 3], switching: [[0, 1, 0], [1, 0, 0], [0, 1, 0]] } }",
      /phase 2 is never reached from phase 0/,
      "arrivals.mmpp.switching",
      /lead to every other/,
    ],
    [
      "{ mmpp: { rates: [0, 0], leave: [1, 1] } }",
      /nothing arrives in any phase/,
      "arrivals.mmpp",
      /give some/,
    ],
    [
      "{ mmpp: { rates: [1, 2], leave: [1, 1], observed: often } }",
      /neither true nor false/,
      "arrivals.mmpp.observed",
      /policies see/,
    ],
    [
      "{ batch: { of: { mmpp: { rates: [1, 2], leave: [1, 1], observed: true } }, size: 2 } }",
      /one by one/,
      "arrivals.batch.of",
      /leave observed out/,
    ],
    [
      "{ piecewise: { rates: [1, 2], lengths: [1] } }",
      /2 rates and 1 lengths/,
      "arrivals.piecewise",
      /one of each/,
    ],
    [
      "{ piecewise: { rates: [0], lengths: [1] } }",
      /nothing arrives in any/,
      "arrivals.piecewise",
      /give some/,
    ],
    [
      "{ piecewise: { rates: [1], lengths: [0] } }",
      /out of range/,
      "arrivals.piecewise.lengths[0]",
      /above 0/,
    ],
    [
      "{ piecewise: { rates: [1], lengths: [1], repeat: 3 } }",
      /neither true nor false/,
      "arrivals.piecewise.repeat",
      /again/,
    ],
    [
      "{ flashCrowd: { base: 1, peak: 2, decay: 1 } }",
      /needs at/,
      "arrivals.flashCrowd",
      /base, at, rise, peak, decay/,
    ],
    [
      "{ flashCrowd: { base: 1, at: 1, peak: 0.5, decay: 1 } }",
      /out of range/,
      "arrivals.flashCrowd.peak",
      /1 or more/,
    ],
    ["{ batch: { size: 3 } }", /one stream beneath/, "arrivals.batch", /rate \(Poisson\), or of/],
    [
      "{ batch: { of: { closed: { users: 1, think: 1 } }, size: 3 } }",
      /no key "closed"/,
      "arrivals.batch.of.closed",
      /keys here/,
    ],
    ["{ batch: { of: { poisson: 1 }, rate: 1, size: 3 } }", /one stream beneath/, "arrivals.batch", /rate/],
    ["{ closed: { users: 0, think: 1 } }", /whole number from 1/, "arrivals.closed.users", /./],
    ["{ closed: { users: 3 } }", /needs think/, "arrivals.closed", /users, think, ramp/],
    ["{ closed: { users: 3, think: 0 } }", /lasts no time/, "arrivals.closed.think", /mean above 0/],
  ])("%s", (text, what, where, mend) => {
    const found = complaints(text);
    const said = found.find((complaint) => what.test(complaint.what));
    expect(said, JSON.stringify(found)).toBeDefined();
    expect(said!.where).toMatch(/^x\.yaml:6:\d+ > workflows\.w\./);
    expect(said!.where!.split("workflows.w.")[1]).toBe(where);
    if (said!.mend !== undefined) expect(said!.mend).toMatch(mend);
  });
});

describe("how a trace is replayed", () => {
  const parseTrace = (lines: string) =>
    parseScenario(`scenario: x\nhorizon: 1 h\npools: { p: }\ntrace: { path: t.arrow, ${lines} }\n`, {
      file: "x.yaml",
    }).trace!;

  test("is read", () => {
    expect(parseTrace("from: 1 min, until: 2 h, amplify: 3, jitter: uniform(0 s, 30 s)")).toMatchObject({
      from: 60,
      until: 7200,
      amplify: 3,
      jitter: { kind: "uniform", low: 0, high: 30 },
    });
    expect(parseTrace("timeScale: 2")).toMatchObject({
      from: 0,
      until: Number.POSITIVE_INFINITY,
      amplify: 1,
      jitter: { kind: "deterministic", value: 0 },
    });
  });

  test.each([
    ["from: 2 h, until: 1 h", /ends at 3600 s and begins at 7200 s/, "trace.until"],
    ["amplify: 0", /whole number from 1 to 10000/, "trace.amplify"],
    ["jitter: often", /is not a distribution/, "trace.jitter"],
    ["from: -1 s", /out of range/, "trace.from"],
  ])("or refused with the place: %s", (lines, what, where) => {
    try {
      parseTrace(lines);
    } catch (error) {
      const [found] = (error as InputErrors).complaints;
      expect(found!.what).toMatch(what);
      expect(found!.where).toMatch(new RegExp(`^x\\.yaml:4:\\d+ > ${where}$`));
      return;
    }
    throw new Error("it was accepted");
  });
});

test("the stationary law balances what leaves each phase with what enters it, however far apart the rates", () => {
  const switching = [
    [0, 1e-9, 2],
    [3, 0, 1e6],
    [1e-3, 5, 0],
  ];
  const law = stationaryLaw(switching);
  expect(law.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 15);
  law.forEach((share, k) => {
    const out = share * switching[k]!.reduce((sum, rate) => sum + rate, 0);
    const into = law.reduce((sum, from, l) => sum + from * switching[l]![k]!, 0);
    expect(into / out).toBeCloseTo(1, 12);
  });
});
