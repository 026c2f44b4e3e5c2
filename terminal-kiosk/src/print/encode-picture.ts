/**
 * A slip as ESC/POS. It goes as one picture: code pages of cheap printers differ, and many know no Chinese; every one
 * of them prints dots (`GS v 0`).
 */
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder"

export interface Picture {
  /** Multiple of 8. */
  readonly width: number
  readonly height: number
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray
}

const WHITE = 255
const THRESHOLD = 128

export function encodePicture(picture: Picture): Uint8Array<ArrayBuffer> {
  const { data, width, height } = padded(picture)
  const encoder = new ReceiptPrinterEncoder({
    language: "esc-pos",
    imageMode: "raster",
    columns: width > 400 ? 48 : 32,
  })
  encoder.initialize().image({ data, width, height } as never, width, height, "threshold", THRESHOLD)
  return Uint8Array.from(encoder.newline(4).cut("partial").encode() as Uint8Array)
}

/** Printers take eight rows at a time: the last ones are white. */
function padded({ data, width, height }: Picture): Picture {
  const rows = Math.ceil(height / 8) * 8
  const whole = new Uint8ClampedArray(width * rows * 4).fill(WHITE)
  whole.set(data)
  return { data: whole, width, height: rows }
}
