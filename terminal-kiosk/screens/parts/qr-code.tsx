import QRCode from "qrcode"
import { useMemo } from "react"

/** Modules of white around a code that a reader needs (ISO/IEC 18004 §6.3.8). */
const QUIET_MODULES = 4

/** Of a sale of three lines. */
const TYPICAL_DIGITS = 280

type QrCodeProps = { readonly url: string; readonly label: string }

/** Prefix in byte mode, digits in numeric mode, level M; always black on white, also in the dark. */
export function QrCode({ url, label }: QrCodeProps) {
  const { path, side } = useMemo(() => drawing(url), [url])
  return (
    <svg className="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <title>{label}</title>
      <rect width={side} height={side} fill="#FFFFFF" />
      <path d={path} fill="#000000" />
    </svg>
  )
}

/** The first code of a day should not be the slow one: draws one that nobody sees, so that its paths are compiled. */
export function warmUpCodes(): void {
  drawing(`${location.origin}/p/${"7".repeat(TYPICAL_DIGITS)}`)
}

function drawing(url: string): { readonly path: string; readonly side: number } {
  const [, prefix = url, digits = ""] = /^(.*\/)(\d+)$/.exec(url) ?? []
  const segments = [
    { data: new TextEncoder().encode(prefix), mode: "byte" as const },
    ...(digits === "" ? [] : [{ data: digits, mode: "numeric" as const }]),
  ]
  const { modules } = QRCode.create(segments, { errorCorrectionLevel: "M" })
  let path = ""
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue
      let width = 1
      while (column + width < modules.size && modules.get(row, column + width) !== 0) width += 1
      path += `M${column + QUIET_MODULES} ${row + QUIET_MODULES}h${width}v1h-${width}z`
      column += width - 1
    }
  }
  return { path, side: modules.size + 2 * QUIET_MODULES }
}
