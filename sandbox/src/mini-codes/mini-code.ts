/** Mini-program codes of both platforms: what they check, and the picture. */
import { toBuffer } from "qrcode"

/** Pages of the mini-programs, as their published versions have them. */
export const publishedPages = [
  "pay",
  "trace",
  "verify",
  "mine",
  "recall",
  "problem",
  "data",
  "join",
  "stall",
  "bind",
].map((name) => `pages/${name}/index`)

/** Whether the program has the page of this path, whatever its query. */
export function isPublished(path: string): boolean {
  return publishedPages.includes(path.split("?")[0] ?? "")
}

/** `text` drawn as PNG: any reader shows where it leads, which the platforms' own pictures do not. */
export function drawMiniCode(text: string, width: number): Promise<Buffer> {
  return toBuffer(text, { type: "png", width, margin: 2, errorCorrectionLevel: "M" })
}
