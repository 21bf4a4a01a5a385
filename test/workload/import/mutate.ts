import type { SequentialStream } from "../../../src/kit/sequential-stream.js";

/** Values that have broken readers before. */
const ODD = [
  "",
  "0",
  "-1",
  "-0",
  "NaN",
  "nan",
  "Infinity",
  "1e999",
  "1e308",
  "-1e308",
  "9223372036854775807",
  "9007199254740993",
  "18446744073709551616",
  "0x10",
  "1,5",
  "null",
  "true",
  "[]",
  "{}",
  '""',
  '"',
  "'",
  "__proto__",
  "constructor",
  "\u0000",
  "\uFEFF",
  "\uD83D\uDE00",
  "&amp;",
  "&x;",
  "<a>",
  "*a",
  "&a",
  "- - -",
  "2024-13-45T99:99:99Z",
  "1970-01-01T00:00:00Z",
  "99999999999999999999",
  "a".repeat(5000),
] as const;

type Mutation = (bytes: Buffer, draw: SequentialStream) => Buffer;

/** Numbers, words and texts in quotes: what a format has values of. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_][\w.:-]*/g;

const tokens = (text: string) =>
  Array.from(text.matchAll(TOKEN), ({ index, 0: token }) => ({ index, token }));

function splice(bytes: Buffer, from: number, to: number, inserted: Uint8Array | string): Buffer {
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(inserted as string), bytes.subarray(to)]);
}

function onLines(act: (lines: string[], draw: SequentialStream) => void): Mutation {
  return (bytes, draw) => {
    const lines = bytes.toString("latin1").split("\n");
    act(lines, draw);
    return Buffer.from(lines.join("\n"), "latin1");
  };
}

function onTokens(
  replacement: (token: string, all: readonly { token: string }[], draw: SequentialStream) => string,
): Mutation {
  return (bytes, draw) => {
    const text = bytes.toString("latin1");
    const all = tokens(text);
    if (all.length === 0) return bytes;
    const { index, token } = all[draw.integer(all.length)]!;
    const put = Buffer.from(replacement(token, all, draw), "utf8").toString("latin1");
    return Buffer.from(text.slice(0, index) + put + text.slice(index + token.length), "latin1");
  };
}

const quoted = (token: string, text: string): string =>
  token.startsWith('"') && !text.includes('"') ? `"${text}"` : text;

const MUTATIONS: readonly Mutation[] = [
  // Structure: a value becomes another, odd one; or one that stands elsewhere; or is lost.
  onTokens((token, _, draw) => quoted(token, ODD[draw.integer(ODD.length)]!)),
  onTokens((token, _, draw) => quoted(token, ODD[draw.integer(ODD.length)]!)),
  onTokens((_, all, draw) => all[draw.integer(all.length)]!.token),
  onTokens((_, all, draw) => all[draw.integer(all.length)]!.token),
  onTokens((token) => (token.startsWith('"') ? token.slice(1, -1) : `"${token}"`)),
  onTokens((token) => `-${token}`),
  onTokens(() => ""),
  onTokens((token) => `${token}${token}`),
  // Lines: lost, doubled, moved, cut, joined.
  onLines((lines, draw) => lines.splice(draw.integer(lines.length), 1)),
  onLines((lines, draw) => {
    const at = draw.integer(lines.length);
    lines.splice(at, 0, lines[at]!);
  }),
  onLines((lines, draw) => {
    const [a, b] = [draw.integer(lines.length), draw.integer(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  }),
  onLines((lines, draw) => {
    const at = draw.integer(lines.length);
    lines[at] = lines[at]!.slice(0, draw.integer(lines[at]!.length + 1));
  }),
  onLines((lines, draw) => {
    const at = draw.integer(lines.length);
    lines[at] = lines[at]!.replace(/[,;\t ]/, "");
  }),
  onLines((lines, draw) => {
    for (let i = 0; i < lines.length; i++) if (draw.next() < 0.5) lines[i] += "\r";
  }),
  // Bytes: changed, lost, doubled, cut, nested.
  (bytes, draw) => splice(bytes, draw.integer(bytes.length + 1), bytes.length, ""),
  (bytes, draw) => {
    const copy = Buffer.from(bytes);
    for (let n = 1 + draw.integer(4); n > 0 && copy.length > 0; n--)
      copy[draw.integer(copy.length)] = draw.integer(256);
    return copy;
  },
  (bytes, draw) => {
    const from = draw.integer(bytes.length + 1);
    return splice(bytes, from, Math.min(bytes.length, from + draw.integer(200)), "");
  },
  (bytes, draw) => {
    const from = draw.integer(bytes.length + 1);
    const part = bytes.subarray(from, from + draw.integer(400));
    const at = draw.integer(bytes.length + 1);
    return splice(bytes, at, at, part);
  },
  (bytes, draw) => splice(bytes, draw.integer(bytes.length + 1), bytes.length, "[".repeat(20_000)),
  (bytes, draw) => {
    const at = draw.integer(bytes.length + 1);
    return splice(
      bytes,
      at,
      at,
      ["\u0000", "\uFFFF", "\xFF", "{", "}", "]", '"', "<!ENTITY x 'y'>", "\n\n", "é"][draw.integer(10)]!,
    );
  },
];

/** One to three mutations, one upon the other. */
export function mutated(bytes: Uint8Array, draw: SequentialStream): Uint8Array {
  let buffer = Buffer.from(bytes);
  for (let n = 1 + draw.integer(3); n > 0; n--)
    buffer = Buffer.from(MUTATIONS[draw.integer(MUTATIONS.length)]!(buffer, draw));
  return buffer;
}
