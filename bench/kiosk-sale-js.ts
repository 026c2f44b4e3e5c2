// kiosk.saleJsGzip: script that a tablet reads before it can sell, packed as the gateway sends it: what the page loads at
// once. The line to the broker comes after the first screen.
//
// Floor: React's reconciler (57 KB) and the curves and hashes of a signed code (none: WebCrypto signs); the rest is ours.
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { gzipSync } from "node:zlib"
import { buildKiosk } from "../scripts/kiosk/build-kiosk"
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"

const KILOBYTE = 1000

export const kioskSaleJs: Figure = {
  name: "kiosk.saleJsGzip",
  required: { atMost: 220 },
  measure: async (run) => {
    const folder = await buildKiosk(run.say)
    const page = readFileSync(join(folder, "index.html"), "utf8")
    const scripts = [...page.matchAll(/(?:src|href)="\/kiosk\/(assets\/[^"]+\.js)"/g)].map(([, path = ""]) => path)
    const sizes = scripts.map((path) => gzipSync(readFileSync(join(folder, path))).length)
    for (const [index, path] of scripts.entries()) run.say(`${basename(path)} ${sizes[index]}`)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    return [{ name: "kiosk.saleJsGzip", value: rounded(bytes / KILOBYTE, 1), unit: "KB", n: scripts.length }]
  },
}
