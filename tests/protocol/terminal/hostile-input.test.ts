/** What comes from outside can be anything: no parser may throw, hang or take what it would not write. */
import { describe, expect, test } from "bun:test"
import { concatBytes, fromHex, toHex, utf8Decode } from "@suyuan/protocol/codec/bytes"
import { decodeCbor, encodeCbor } from "@suyuan/protocol/codec/cbor"
import { bytesToDecimal } from "@suyuan/protocol/codec/decimal"
import { parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { parseTerminalHex, parseUuid } from "@suyuan/protocol/terminal/identifiers"
import { parseGoodsPart, parsePayCode, parsePricePart } from "@suyuan/protocol/terminal/pay-code"
import { parsePayCodeDigits, parsePayCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import { parseStockSnapshot } from "@suyuan/protocol/terminal/stock-snapshot"
import { encodeUpload, parseUpload, UPLOAD_KINDS, type UploadKind } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { yuanToFen } from "@suyuan/protocol/units/money"
import { kilogramsToGrams } from "@suyuan/protocol/units/weight"
import fc from "fast-check"
import outTradeNos from "../../vectors/out-trade-no.json"
import payCodes from "../../vectors/pay-code.json"
import signatures from "../../vectors/signatures.json"
import uploads from "../../vectors/upload.json"
import { bytesOf } from "./pay-code-cases"

const BYTE_INPUTS = 70_000
const TEXT_INPUTS = 30_000
const SIGNATURE_INPUTS = 300

const uploadKinds = Object.keys(UPLOAD_KINDS) as UploadKind[]

/** Valid bytes to start from: the parsers get past their first checks. */
const seeds: readonly Uint8Array[] = [
  ...payCodes.codes.flatMap(({ bytes, goodsPart, pricePart }) => [bytes, goodsPart, pricePart]),
  ...uploads.uploads.flatMap(({ envelope, body }) => [envelope, body]),
  uploads.snapshot.bytes,
].map(bytesOf)

/** Flips, cuts, repeats and inserts, up to four times. */
function mutate(bytes: Uint8Array, steps: readonly (readonly [number, number, number])[]): Uint8Array {
  let mutated = bytes
  for (const [how, where, value] of steps) {
    const at = mutated.length === 0 ? 0 : where % mutated.length
    const before = mutated.slice(0, at)
    const after = mutated.slice(at)
    if (how === 0) mutated = concatBytes(before, Uint8Array.of(value), after.slice(1))
    else if (how === 1) mutated = before
    else if (how === 2) mutated = concatBytes(before, after, after)
    else if (how === 3) mutated = concatBytes(before, Uint8Array.of(value), after)
    else mutated = concatBytes(before, Uint8Array.of((after[0] ?? 0) ^ (1 << (value & 7))), after.slice(1))
  }
  return mutated
}

const mutatedBytes = fc
  .tuple(fc.nat(seeds.length - 1), fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat(255)), { maxLength: 4 }))
  .map(([seed, steps]) => mutate(seeds[seed]!, steps))

const anyBytes = fc.oneof({ weight: 4, arbitrary: mutatedBytes }, fc.uint8Array({ maxLength: 200 }))

const textSeeds = [
  ...payCodes.codes.map(({ url }) => url),
  ...payCodes.codes.map(({ digits }) => digits),
  ...outTradeNos.numbers.map(({ text }) => text),
  "0d0000002a",
  "019b2000-0000-7000-8000-000000000001",
  "12.34",
]

function anyCharacters(maxLength: number): fc.Arbitrary<string> {
  const codePoint = fc.oneof(fc.nat(0x7f), fc.nat(0x10_ffff))
  return fc.array(codePoint, { maxLength }).map((codePoints) => String.fromCodePoint(...codePoints))
}

const mutatedText = fc
  .tuple(fc.constantFrom(...textSeeds), fc.nat(), anyCharacters(3), fc.nat(3))
  .map(([text, where, inserted, cut]) => {
    const at = where % text.length
    return text.slice(0, at) + inserted + text.slice(at + cut)
  })

describe("hostile input", () => {
  test(`crashes no parser of bytes, in ${BYTE_INPUTS} tries`, () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        parsePayCode(bytes)
        parseGoodsPart(bytes)
        parsePricePart(bytes)
        parseStockSnapshot(bytes)
        utf8Decode(bytes)
        parseUploadBody(uploadKinds[bytes.length % uploadKinds.length]!, bytes)
        const decoded = decodeCbor(bytes)
        if (decoded.ok && toHex(encodeCbor(decoded.value)) !== toHex(bytes)) throw new Error("not the only form")
        const upload = parseUpload(bytes)
        if (upload.ok && toHex(encodeUpload(upload.value)) !== toHex(bytes)) throw new Error("not the only form")
      }),
      { numRuns: BYTE_INPUTS },
    )
  }, 120_000)

  test(`crashes no parser of text, in ${TEXT_INPUTS} tries`, () => {
    const anyText = fc.oneof({ weight: 4, arbitrary: mutatedText }, anyCharacters(60), anyBytes.map(bytesToDecimal))
    fc.assert(
      fc.property(anyText, (text) => {
        parsePayCodeUrl(text, { allowHttp: true })
        parsePayCodeDigits(text)
        parseOutTradeNo(text)
        parseTerminalHex(text)
        parseUuid(text)
        fromHex(text)
        yuanToFen(text)
        kilogramsToGrams(text)
      }),
      { numRuns: TEXT_INPUTS },
    )
  }, 120_000)

  test(`crashes no check of keys and signatures, in ${SIGNATURE_INPUTS} tries`, () => {
    const field = (pick: (row: (typeof signatures.cases)[number]) => string) =>
      fc
        .tuple(
          fc.constantFrom(...signatures.cases),
          fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat(255)), { maxLength: 1 }),
        )
        .map(([row, steps]) => mutate(bytesOf(pick(row)), steps))
    const inputs = fc.tuple(
      fc.constantFrom("ed25519" as const, "p256" as const),
      field(({ publicKey }) => publicKey),
      field(({ message }) => message),
      field(({ signature }) => signature),
    )
    fc.assert(
      fc.property(inputs, ([algorithm, publicKey, message, signature]) => {
        checkPublicKey(algorithm, publicKey)
        expect(typeof verifyNoble(algorithm, publicKey, message, signature)).toBe("boolean")
      }),
      { numRuns: SIGNATURE_INPUTS },
    )
  })
})
