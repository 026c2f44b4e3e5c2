// paycode.modules.8lines: width in modules of the QR symbol of a sale of eight lines, the most that stand in the code
// itself, under a domain of 24 characters at error correction M.
//
// Floor: 163 bytes are 393 digits; in numeric mode 1,310 bits, with the prefix in byte mode (34 characters) and the two
// segments' heads 1,616 of the 1,728 bits that version 10 holds (ISO/IEC 18004, table 7). Version 10 is 57 modules wide.
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import { payCodeSegments, payCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import QRCode from "qrcode"
import type { Figure } from "./figure"
import { signCode, signingTerminal } from "./market/sign-codes"

const origin = "https://pay.a-market-in-north.cn"
const domainCharacters = 24

export const paycodeModules: Figure = {
  name: "paycode.modules.8lines",
  required: { atMost: 57 },
  measure: async () => {
    if (new URL(origin).host.length !== domainCharacters) throw new Error(`${origin} is not of 24 characters`)
    const terminal = signingTerminal(makeTerminalId(1, 1), new Uint8Array(32).fill(9))
    const line = (slot: number) =>
      ({ slot, quantity: { unit: "gram", count: 65_000 + slot }, unitPriceFen: 99_000 }) as const
    const sale = {
      counter: 4_294_967_295,
      issuedAtSeconds: 61_000_000,
      snapshotPrefix: new Uint8Array(8).fill(255),
      lines: [1, 2, 3, 4, 5, 6, 7, 8].map(line),
    }
    const url = payCodeUrl(origin, signCode(terminal, DEVELOPMENT_NETWORK_ID, sale))
    const { prefix, digits } = payCodeSegments(url)
    const symbol = QRCode.create(
      [
        { data: Buffer.from(prefix), mode: "byte" },
        { data: digits, mode: "numeric" },
      ],
      { errorCorrectionLevel: "M" },
    )
    return [{ name: "paycode.modules.8lines", value: symbol.modules.size, unit: "modules", n: 1 }]
  },
}
