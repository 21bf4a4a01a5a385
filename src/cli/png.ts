import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FailureError } from "../kit/errors.js";

/** The family that pictures are lettered in. It comes with the package, so that they look alike on every machine. */
export const PNG_FONT = "Inter";
const FACES = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"];
const MEND = "install what is optional: npm install @resvg/resvg-js @expo-google-fonts/inter";

export interface PngOptions {
  /** Pixels of the picture for one of the document. */
  readonly scale: number;
  /** Whether letters that `PNG_FONT` has not may come from the machine's fonts; true by default. */
  readonly systemFonts?: boolean;
}

/**
 * An SVG document as a PNG picture. Its text should ask for `PNG_FONT`.
 * @throws {FailureError} MISSING_LIBRARY where there is no renderer, or no font at all: it would leave out all text in silence
 */
export async function pngOf(svg: string, { scale, systemFonts = true }: PngOptions): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js").catch((cause: unknown) => {
    throw new FailureError(
      "MISSING_LIBRARY",
      { what: "PNG pictures need resvg, which is not here", mend: MEND },
      { cause },
    );
  });
  const font = {
    fontFiles: fontFiles(),
    loadSystemFonts: systemFonts,
    defaultFontFamily: PNG_FONT,
    sansSerifFamily: PNG_FONT,
  };
  const probe = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="2" y="15" font-family="${PNG_FONT}">M</text></svg>`;
  if (new Resvg(probe, { font }).render().pixels.every((value) => value === 0)) {
    throw new FailureError("MISSING_LIBRARY", {
      what: "this machine has no fonts to draw text with",
      mend: MEND,
    });
  }
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale } }).render().asPng();
}

function fontFiles(): string[] {
  try {
    const folder = new URL(".", import.meta.resolve("@expo-google-fonts/inter"));
    return FACES.map((face) => fileURLToPath(new URL(face, folder))).filter((path) => existsSync(path));
  } catch {
    return [];
  }
}
