/**
 * The report's colours. Blue against vermilion stays apart for every common kind of colour blindness (Okabe and Ito
 * 2008), and no meaning hangs on colour alone. Charts name them as CSS variables, so they follow the page's theme,
 * on paper too; `svgChart` puts the values in.
 */
export type Ink =
  | "paper"
  | "surface"
  | "ink"
  | "muted"
  | "line"
  | "grid"
  | "neutral"
  | "accent"
  | "accentSoft"
  | "bad"
  | "badSoft"
  | "plain"
  | "plainSoft"
  | Series;
/** Of policies that are told apart by colour: the first is the accent. Each stands out from the surface by 3 : 1 or more. */
export type Series =
  | "accent"
  | "series2"
  | "series3"
  | "series4"
  | "series5"
  | "series6"
  | "series7"
  | "series8";
export type Palette = Readonly<Record<Ink, string>>;

export const LIGHT: Palette = {
  paper: "#faf9f6",
  surface: "#ffffff",
  ink: "#1b1e23",
  muted: "#5a616c",
  line: "#dfdcd5",
  grid: "#ebe8e2",
  neutral: "#858c97",
  accent: "#0a61a9",
  accentSoft: "#e3eef8",
  bad: "#ad430a",
  badSoft: "#fbeae0",
  plain: "#655d4d",
  plainSoft: "#efece5",
  series2: "#c2510a",
  series3: "#0b7a6b",
  series4: "#9b3d8f",
  series5: "#8a6d00",
  series6: "#5d68d6",
  series7: "#6b5b4b",
  series8: "#4c8527",
};

export const DARK: Palette = {
  paper: "#131519",
  surface: "#1a1d22",
  ink: "#ebe9e4",
  muted: "#a3a9b4",
  line: "#31363e",
  grid: "#272b32",
  neutral: "#868e9b",
  accent: "#74bbf3",
  accentSoft: "#162c40",
  bad: "#f39a60",
  badSoft: "#3a2417",
  plain: "#bdb4a1",
  plainSoft: "#2a2822",
  series2: "#f39a60",
  series3: "#56cbb5",
  series4: "#e293d8",
  series5: "#dcc14f",
  series6: "#98a4fa",
  series7: "#c9b59a",
  series8: "#a5d86a",
};

/** `var(--accent)` */
export const ink = (name: Ink): string => `var(--${name})`;

/** The declarations of a palette's variables, for a style sheet. */
export const declarations = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");

/** A copy of `value` in which every colour variable is replaced by the palette's value. */
export function inked<T>(value: T, palette: Palette): T {
  const text = JSON.stringify(value);
  return JSON.parse(
    text.replace(/var\(--(\w+)\)/g, (whole, name: string) => palette[name as Ink] ?? whole),
  ) as T;
}
