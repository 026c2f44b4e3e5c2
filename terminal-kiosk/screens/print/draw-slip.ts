import { create } from "qrcode"
import type { Picture } from "../../src/print/encode-picture"
import type { SlipRow } from "../../src/print/slip"

const FONT = '"Noto Sans SC", "Noto Sans CJK SC", system-ui, sans-serif'
const ROW_DOTS = { title: 44, text: 32, pair: 34, rule: 16 } as const
const QUIET_MODULES = 2

/** Black on white, as wide as the paper. What is too long for its row is squeezed, never cut. */
export function drawSlip(rows: readonly SlipRow[], width: number): Picture {
  const canvas = document.createElement("canvas")
  const qrDots = Math.floor(width * 0.7)
  canvas.width = width
  canvas.height = rows.reduce((sum, row) => sum + (row.kind === "qr" ? qrDots : ROW_DOTS[row.kind]), 0)
  const pen = canvas.getContext("2d", { willReadFrequently: true })
  if (pen === null) throw new Error("no canvas")
  pen.fillStyle = "#fff"
  pen.fillRect(0, 0, width, canvas.height)
  pen.fillStyle = "#000"
  pen.textBaseline = "middle"
  let top = 0
  for (const row of rows) {
    const height = row.kind === "qr" ? qrDots : ROW_DOTS[row.kind]
    drawRow(pen, row, { top, width, height })
    top += height
  }
  return pen.getImageData(0, 0, width, canvas.height)
}

type Place = { readonly top: number; readonly width: number; readonly height: number }

function drawRow(pen: CanvasRenderingContext2D, row: SlipRow, { top, width, height }: Place): void {
  const middle = top + height / 2
  if (row.kind === "rule") {
    pen.fillRect(0, middle, width, 2)
  } else if (row.kind === "qr") {
    drawQr(pen, row.url, { top, width, height })
  } else if (row.kind === "pair") {
    pen.font = `24px ${FONT}`
    pen.textAlign = "right"
    pen.fillText(row.right, width, middle, width / 2)
    pen.textAlign = "left"
    pen.fillText(row.left, 0, middle, width - Math.min(width / 2, pen.measureText(row.right).width) - 8)
  } else {
    pen.font = row.kind === "title" ? `bold 34px ${FONT}` : `22px ${FONT}`
    pen.textAlign = "center"
    pen.fillText(row.text, width / 2, middle, width)
  }
}

function drawQr(pen: CanvasRenderingContext2D, url: string, { top, width, height }: Place): void {
  const { modules } = create(url, { errorCorrectionLevel: "M" })
  const dots = Math.floor(height / (modules.size + 2 * QUIET_MODULES))
  const left = Math.floor((width - dots * modules.size) / 2)
  for (let y = 0; y < modules.size; y += 1) {
    for (let x = 0; x < modules.size; x += 1) {
      if (modules.get(y, x) !== 0) pen.fillRect(left + x * dots, top + (y + QUIET_MODULES) * dots, dots, dots)
    }
  }
}
