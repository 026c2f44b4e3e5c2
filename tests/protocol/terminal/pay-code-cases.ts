/** Sales as they come, and the fixed ones of tests/vectors/pay-code.json, for the tests of this folder. */
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { AMOUNT_FEN_MAX, type SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { type PayCode, type PayCodeBody, parsePayCode } from "@suyuan/protocol/terminal/pay-code"
import type { SignatureAlgorithm, TerminalKey } from "@suyuan/protocol/terminal/signature"
import fc from "fast-check"
import vectors from "../../vectors/pay-code.json"

export const bytesOf = (hex: string): Uint8Array => fromHex(hex)!

export const saleLine: fc.Arbitrary<SaleLine> = fc.record({
  slot: fc.nat(0xffff),
  quantity: fc.record({
    unit: fc.constantFrom("gram" as const, "hectogram" as const, "piece" as const),
    count: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2 ** 30 - 1 })),
  }),
  unitPriceFen: fc.oneof(fc.nat(5000), fc.nat(0xff_ffff)),
})

const head = {
  algorithm: fc.constantFrom<SignatureAlgorithm>("ed25519", "p256"),
  terminal: fc.nat({ max: 2 ** 40 - 1 }),
  counter: fc.nat(0xffff_ffff),
  issuedAtSeconds: fc.nat(0xffff_ffff),
  snapshotPrefix: fc.uint8Array({ minLength: 8, maxLength: 8 }),
}

const inlineBody: fc.Arbitrary<PayCodeBody> = fc
  .record({ ...head, items: fc.array(saleLine, { minLength: 1, maxLength: 8 }), reductionFen: fc.nat(500) })
  .map(({ items, reductionFen, ...rest }) => ({ items, linesFen: linesTotalFen(items), reductionFen, rest }))
  .filter(({ linesFen, reductionFen }) => linesFen - reductionFen >= 1 && linesFen <= AMOUNT_FEN_MAX)
  .map(({ items, linesFen, reductionFen, rest }) => ({
    ...rest,
    amountFen: linesFen - reductionFen,
    lines: { kind: "inline", items },
  }))

const digestBody: fc.Arbitrary<PayCodeBody> = fc
  .record({
    ...head,
    amountFen: fc.integer({ min: 1, max: AMOUNT_FEN_MAX }),
    count: fc.integer({ min: 9, max: 255 }),
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  .map(({ count, digest, ...rest }) => ({ ...rest, lines: { kind: "digest", count, digest } }))

export const payCodeBody: fc.Arbitrary<PayCodeBody> = fc.oneof({ weight: 3, arbitrary: inlineBody }, digestBody)

export const terminalKeys: Readonly<Record<SignatureAlgorithm, TerminalKey>> = {
  ed25519: { algorithm: "ed25519", publicKey: bytesOf(vectors.publicKeys.ed25519) },
  p256: { algorithm: "p256", publicKey: bytesOf(vectors.publicKeys.p256) },
}

export interface FixedCode {
  readonly name: string
  readonly code: PayCode
  readonly bytes: Uint8Array
  readonly priceSalt: Uint8Array
  readonly lines: readonly SaleLine[]
  readonly vector: (typeof vectors.codes)[number]
}

export const fixedCodes: readonly FixedCode[] = vectors.codes.map((vector) => {
  const bytes = bytesOf(vector.bytes)
  const code = parsePayCode(bytes)
  if (!code.ok) throw new Error(`${vector.name}: ${code.error}`)
  const lines = vector.lines.map((line) => {
    const [slot, unit, count, unitPriceFen] = line as [number, SaleLine["quantity"]["unit"], number, number]
    return { slot, quantity: { unit, count }, unitPriceFen }
  })
  return { name: vector.name, code: code.value, bytes, priceSalt: bytesOf(vector.priceSalt), lines, vector }
})

export function fixedCode(name: string): FixedCode {
  const found = fixedCodes.find((code) => code.name === name)
  if (found === undefined) throw new Error(`no vector is named ${name}`)
  return found
}

export const networkId = DEVELOPMENT_NETWORK_ID
