// kiosk.decodeRate: of 500 random sales of one to eight lines, the share whose code zxing reads from photographs of 1280×720
// (kiosk/photograph.ts says what is simulated): code 45 to 85 % of the picture's height and whole in it, tilt 0 to 25°, blur
// of σ 0 to 1.2 px, glare in an ellipse of 0 to 6 % of the code's area, its middle anywhere on the code. Phone, tablet and
// lamp stand still, while the code on the tablet turns by quarters, as it does on the terminal from the fourth second on:
// one photograph a quarter, until one is read. Beside it: the share that the first photograph gives, and that of those whose
// glare touches none of the three finder patterns at first.
//
// Ceiling: a finder pattern that is whited out is found by no reader, and an ellipse lies on one in a good fourth of the
// first photographs; the fourth corner has none, and each corner is the fourth once a turn.
import { readFileSync } from "node:fs"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import { payCodeSegments, payCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import QRCode from "qrcode"
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader"
import { type Dice, openDice } from "../scripts/demo/dice"
import type { Figure } from "./figure"
import { isWhole, PHOTO_HEIGHT, PHOTO_WIDTH, photograph, turnedSymbol, type View } from "./kiosk/photograph"
import { signCode, signingTerminal } from "./market/sign-codes"
import { rounded } from "./measure/percentile"

const SALES = 500
const SEED = 1
const ORIGIN = "https://pay.a-market-in-north.cn"
const DEGREE = Math.PI / 180
const LINES_MAX = 8
const FINDER_MODULES = 7
const QUARTERS = 4

export const kioskDecodeRate: Figure = {
  name: "kiosk.decodeRate",
  required: { atLeast: 0.99 },
  measure: async (run) => {
    const wasmBinary = readFileSync(new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")))
    await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer }, fireImmediately: true })
    const dice = openDice(SEED)
    const terminal = signingTerminal(makeTerminalId(1, 1), new Uint8Array(32).fill(9))
    const sales = run.quick ? SALES / 10 : SALES
    let [read, first, clear, readClear] = [0, 0, 0, 0]
    for (let counter = 1; counter <= sales; counter += 1) {
      const url = payCodeUrl(ORIGIN, signCode(terminal, DEVELOPMENT_NETWORK_ID, randomSale(dice, counter)))
      const { modules } = symbolOf(url)
      const symbol = { size: modules.size, isDark: (row: number, column: number) => modules.get(row, column) !== 0 }
      const view = wholeView(dice, modules.size)
      const isClear = !coversFinder(view, modules.size)
      clear += Number(isClear)
      for (let quarters = 0; quarters < QUARTERS; quarters += 1) {
        if (!(await readCodes(photograph(turnedSymbol(symbol, quarters), view))).includes(url)) continue
        read += 1
        first += Number(quarters === 0)
        readClear += Number(quarters === 0 && isClear)
        break
      }
    }
    return [
      { name: "kiosk.decodeRate", value: rounded(read / sales, 3), unit: "share", n: sales },
      { name: "kiosk.decodeRate.first", value: rounded(first / sales, 3), unit: "share", n: sales },
      { name: "kiosk.decodeRate.finders-clear", value: rounded(readClear / clear, 3), unit: "share", n: clear },
    ]
  },
}

function randomSale(dice: Dice, counter: number) {
  const line = () => ({
    slot: dice.between(1, 200),
    quantity: { unit: "gram" as const, count: dice.between(50, 20_000) },
    unitPriceFen: dice.between(100, 20_000),
  })
  const lines = Array.from({ length: dice.between(1, LINES_MAX) }, line)
  const snapshotPrefix = Uint8Array.from({ length: 8 }, () => dice.between(0, 255))
  return { counter, issuedAtSeconds: dice.between(60_000_000, 61_000_000), snapshotPrefix, lines }
}

function symbolOf(url: string) {
  const { prefix, digits } = payCodeSegments(url)
  const segments = [
    { data: Buffer.from(prefix), mode: "byte" as const },
    { data: digits, mode: "numeric" as const },
  ]
  return QRCode.create(segments, { errorCorrectionLevel: "M" })
}

function wholeView(dice: Dice, size: number): View {
  const view = randomView(dice)
  return isWhole(size, view) ? view : wholeView(dice, size)
}

function randomView(dice: Dice): View {
  const side = from(dice, 0.45, 0.85) * PHOTO_HEIGHT
  const [roomX, roomY] = [PHOTO_WIDTH / 2 - side / 2, PHOTO_HEIGHT / 2 - side / 2]
  const area = from(dice, 0, 0.06)
  const stretch = from(dice, 1, 2.5)
  // π·a·b is the area, a/b the stretch.
  const b = Math.sqrt(area / (Math.PI * stretch))
  return {
    side,
    center: [PHOTO_WIDTH / 2 + from(dice, -0.5, 0.5) * roomX, PHOTO_HEIGHT / 2 + from(dice, -0.3, 0.3) * roomY],
    tilt: from(dice, 0, 25) * DEGREE,
    axis: from(dice, 0, 360) * DEGREE,
    turn: from(dice, -10, 10) * DEGREE,
    blur: from(dice, 0, 1.2),
    glare: {
      half: [b * stretch, b],
      at: [from(dice, -0.5, 0.5), from(dice, -0.5, 0.5)],
      turn: from(dice, 0, 180) * DEGREE,
    },
  }
}

function from(dice: Dice, low: number, high: number): number {
  return low + dice.roll() * (high - low)
}

/** Whether the ellipse's long axis reaches into one of the corners' patterns: more are counted than are touched. */
function coversFinder({ glare }: View, size: number): boolean {
  const edge = 0.5 - FINDER_MODULES / size - glare.half[0]
  const [u, v] = glare.at
  return (u < -edge && v < -edge) || (u > edge && v < -edge) || (u < -edge && v > edge)
}

async function readCodes(grey: Uint8Array): Promise<string[]> {
  const data = new Uint8ClampedArray(grey.length * 4).fill(255)
  for (let at = 0; at < grey.length; at += 1) data.fill(grey[at]!, at * 4, at * 4 + 3)
  const image = { data, width: PHOTO_WIDTH, height: PHOTO_HEIGHT, colorSpace: "srgb" as const }
  const found = await readBarcodes(image as ImageData, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 })
  return found.map(({ text }) => text)
}
