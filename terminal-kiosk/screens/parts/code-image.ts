/** Pay codes as pixels, one a module: the screen enlarges them. Drawn while a sale is committed, shown after it. */
import QRCode from "qrcode"

/** Modules of white around a code that a reader needs (ISO/IEC 18004 §6.3.8). */
const QUIET_MODULES = 4
const BYTES_A_PIXEL = 4

/** Of a sale of three lines. */
const TYPICAL_DIGITS = 280

let newest: { readonly url: string; readonly image: ImageData } | undefined

/** Prefix in byte mode, digits in numeric mode, level M; always black on white, also in the dark. */
export function codeImage(url: string): ImageData {
  if (newest?.url !== url) newest = { url, image: draw(url) }
  return newest.image
}

/** So that the code is there by the time that it may be shown. */
export function prepareCode(url: string): void {
  codeImage(url)
}

/** The first code of a day should not be the slow one: draws one that nobody sees, so that its paths are compiled. */
export function warmUpCodes(): void {
  draw(`${location.origin}/p/${"7".repeat(TYPICAL_DIGITS)}`)
}

function draw(url: string): ImageData {
  const [, prefix = url, digits = ""] = /^(.*\/)(\d+)$/.exec(url) ?? []
  const segments = [
    { data: new TextEncoder().encode(prefix), mode: "byte" as const },
    ...(digits === "" ? [] : [{ data: digits, mode: "numeric" as const }]),
  ]
  const { modules } = QRCode.create(segments, { errorCorrectionLevel: "M" })
  const side = modules.size + 2 * QUIET_MODULES
  const pixels = new Uint8ClampedArray(side * side * BYTES_A_PIXEL).fill(255)
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue
      const at = ((row + QUIET_MODULES) * side + column + QUIET_MODULES) * BYTES_A_PIXEL
      pixels.fill(0, at, at + BYTES_A_PIXEL - 1)
    }
  }
  return new ImageData(pixels, side)
}
