// What a phone or a tablet reads off a screen.
import { readFileSync } from "node:fs"
import type { Locator } from "playwright-core"
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader"

const wasmBinary = readFileSync(new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")))

/** Empty where nothing can be read. */
export async function readCode(shown: Locator): Promise<string> {
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer }, fireImmediately: true })
  const picture = await shown.screenshot()
  const [code] = await readBarcodes(new Blob([new Uint8Array(picture)]), { formats: ["QRCode"], tryHarder: true })
  return code?.text ?? ""
}
