// paycode.verify: how many scanned codes a second one core judges, from the digits in the URL to the verdict: digits to
// bytes, strict parsing, price salt, what was signed, signature. Codes of three lines, of 64 terminals, all distinct.
//
// Floor: one Ed25519 verification, about 20,000 a second natively; one HMAC, four SHA-256 and a 280-digit number besides.
// Signatures and hashes as the gateway computes them; beside it the same with `verify-noble`, which phones and browsers run.
import { nativeHashes } from "@suyuan/api/adapters/native-hashes"
import { nativeVerifier } from "@suyuan/api/adapters/native-signatures"
import { computeHashesBy, type Hashes, nobleHashes } from "@suyuan/protocol/codec/hashes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import { verifyPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { parsePayCodeDigits, payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { deriveReceiptKey, priceSalt } from "@suyuan/protocol/terminal/price-salt"
import type { VerifySignature } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import type { Figure, Run } from "./figure"
import { signCode, signingTerminal } from "./market/sign-codes"
import { rounded } from "./measure/percentile"
import { perSecond } from "./measure/repeat"

const networkId = DEVELOPMENT_NETWORK_ID
const terminalCount = 64
const codesPerTerminal = 64

function makeCodes() {
  const master = new Uint8Array(32).fill(9)
  return Array.from({ length: terminalCount }, (_, serial) => {
    const id = makeTerminalId(1, serial + 1)
    return signingTerminal(id, deriveReceiptKey(master, networkId, id))
  }).flatMap((terminal) =>
    Array.from({ length: codesPerTerminal }, (_, counter) => {
      const line = (slot: number) =>
        ({ slot, quantity: { unit: "gram", count: 480 + counter }, unitPriceFen: 560 + slot }) as const
      const snapshotPrefix = terminal.publicKey.slice(0, 8)
      const sale = { counter, issuedAtSeconds: 61_000_000 + counter, snapshotPrefix, lines: [1, 2, 3].map(line) }
      return { terminal, digits: payCodeDigits(signCode(terminal, networkId, sale)) }
    }),
  )
}

function measure(run: Run, verifySignature: VerifySignature, hashes: Hashes) {
  computeHashesBy(hashes)
  const codes = makeCodes()
  return perSecond(run.seconds(10), (index) => {
    const { terminal, digits } = codes[index % codes.length]!
    const code = parsePayCodeDigits(digits)
    if (!code.ok) throw new Error(code.error)
    const { counter } = code.value.body
    const verdict = verifyPayCode(code.value, {
      networkId,
      priceSalt: priceSalt(terminal.receiptKey, networkId, terminal.id, counter),
      terminalKey: { algorithm: "ed25519", publicKey: terminal.publicKey },
      verifySignature,
    })
    if (!verdict.ok) throw new Error(verdict.error)
  })
}

export const paycodeVerify: Figure = {
  name: "paycode.verify",
  required: { atLeast: 12_000 },
  measure: async (run) => {
    const native = measure(run, nativeVerifier(), nativeHashes())
    const noble = measure(run, verifyNoble, nobleHashes)
    return [
      { name: "paycode.verify", value: rounded(native.perSecond, 0), unit: "codes/s", n: native.n },
      { name: "paycode.verify.noble", value: rounded(noble.perSecond, 0), unit: "codes/s", n: noble.n },
    ]
  },
}
