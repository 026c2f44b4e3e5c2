/** tests/vectors/pay-code.json. `bun scripts/vectors/pay-code.ts` */
import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes, concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import {
  encodeGoodsPart,
  encodePricePart,
  goodsPartOf,
  type PayCodeBody,
  pricePartOf,
} from "@suyuan/protocol/terminal/pay-code"
import { linesDigest, payCodeMessageOf, priceHash, signPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { payCodeDigits, payCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import { master, networkId, publicKeys, receiptKey, signWith, terminal } from "./test-stall"
import { writeVectorsOnce } from "./write-once"

const snapshotPrefix = sha256(asciiBytes("suyuan vectors: snapshot")).slice(0, 8)

const stock: readonly SaleLine[] = [
  { slot: 3, quantity: { unit: "gram", count: 1250 }, unitPriceFen: 398 },
  { slot: 7, quantity: { unit: "piece", count: 2 }, unitPriceFen: 350 },
  { slot: 12, quantity: { unit: "gram", count: 505 }, unitPriceFen: 1299 },
  { slot: 1, quantity: { unit: "hectogram", count: 155 }, unitPriceFen: 240 },
  { slot: 40, quantity: { unit: "gram", count: 1 }, unitPriceFen: 500 },
  { slot: 65_535, quantity: { unit: "piece", count: 1 }, unitPriceFen: 0 },
  { slot: 0, quantity: { unit: "gram", count: 999 }, unitPriceFen: 1 },
  { slot: 9, quantity: { unit: "gram", count: 20_000 }, unitPriceFen: 620 },
  { slot: 10, quantity: { unit: "gram", count: 730 }, unitPriceFen: 880 },
]

interface Row {
  readonly name: string
  readonly algorithm: SignatureAlgorithm
  readonly counter: number
  readonly lines: readonly SaleLine[]
  readonly reductionFen: number
}

const rows: readonly Row[] = [
  { name: "three lines, rounded down", algorithm: "ed25519", counter: 117, lines: stock.slice(0, 3), reductionFen: 4 },
  { name: "one line", algorithm: "ed25519", counter: 0, lines: stock.slice(0, 1), reductionFen: 0 },
  { name: "one line, p256", algorithm: "p256", counter: 118, lines: stock.slice(0, 1), reductionFen: 0 },
  { name: "eight lines", algorithm: "ed25519", counter: 4_294_967_295, lines: stock.slice(0, 8), reductionFen: 0 },
  { name: "eight lines, p256", algorithm: "p256", counter: 119, lines: stock.slice(0, 8), reductionFen: 20 },
  { name: "nine lines as a digest", algorithm: "ed25519", counter: 120, lines: stock, reductionFen: 0 },
  { name: "nine lines as a digest, p256", algorithm: "p256", counter: 121, lines: stock, reductionFen: 0 },
]

async function vectorOf({ name, algorithm, counter, lines, reductionFen }: Row): Promise<object> {
  const salt = priceSalt(receiptKey, networkId, terminal, counter)
  const body: PayCodeBody = {
    algorithm,
    terminal,
    counter,
    issuedAtSeconds: 61_000_000 + (counter % 1000),
    amountFen: linesTotalFen(lines) - reductionFen,
    snapshotPrefix,
    lines:
      lines.length <= 8
        ? { kind: "inline", items: lines }
        : { kind: "digest", count: lines.length, digest: linesDigest(networkId, salt, lines) },
  }
  const code = await signPayCode(body, { networkId, priceSalt: salt, sign: signWith(algorithm) })
  const pricePart = encodePricePart(pricePartOf(body))
  return {
    name,
    algorithm,
    counter,
    issuedAtSeconds: body.issuedAtSeconds,
    amountFen: body.amountFen,
    linesFen: linesTotalFen(lines),
    lines: lines.map(({ slot, quantity, unitPriceFen }) => [slot, quantity.unit, quantity.count, unitPriceFen]),
    priceSalt: toHex(salt),
    goodsPart: toHex(encodeGoodsPart(goodsPartOf(body))),
    pricePart: toHex(pricePart),
    priceHash: toHex(priceHash(salt, pricePart)),
    message: toHex(payCodeMessageOf(body, networkId, salt)),
    bytes: toHex(concatBytes(code.bodyBytes, code.signature)),
    digest: toHex(code.digest),
    digits: payCodeDigits(code),
    url: payCodeUrl("https://pay.example", code),
  }
}

/** A valid code with bytes replaced: what a parser must say of it. */
const parsed = (await vectorOf(rows[0]!)) as { readonly bytes: string; readonly digits: string }

function withBytes(offset: number, hex: string): string {
  return parsed.bytes.slice(0, 2 * offset) + hex + parsed.bytes.slice(2 * offset + hex.length)
}

const refusedBytes = [
  { bytes: "", error: "pay-code/malformed", why: "nothing" },
  { bytes: parsed.bytes.slice(0, 198), error: "pay-code/malformed", why: "99 bytes: no code is shorter than 100" },
  { bytes: withBytes(0, "21"), error: "pay-code/unknown-version", why: "version 2" },
  { bytes: withBytes(0, "10"), error: "pay-code/unknown-algorithm", why: "algorithm 0" },
  { bytes: withBytes(0, "13"), error: "pay-code/unknown-algorithm", why: "algorithm 3" },
  { bytes: withBytes(18, "00"), error: "pay-code/no-lines", why: "line count 0" },
  { bytes: withBytes(18, "02"), error: "pay-code/wrong-length", why: "three lines called two" },
  { bytes: withBytes(18, "04"), error: "pay-code/wrong-length", why: "three lines called four" },
  { bytes: withBytes(18, "09"), error: "pay-code/wrong-length", why: "three lines called a digest" },
  { bytes: `${parsed.bytes}00`, error: "pay-code/wrong-length", why: "a byte after the signature" },
  { bytes: withBytes(29, "00000000"), error: "pay-code/malformed-line", why: "a quantity of nothing" },
  { bytes: withBytes(29, "c0000001"), error: "pay-code/malformed-line", why: "unit 11" },
  { bytes: withBytes(14, "00000000"), error: "pay-code/amount-below-one-fen", why: "nothing is asked for" },
  { bytes: withBytes(14, "000007d8"), error: "pay-code/amount-above-lines", why: "2,008 fen; the lines are 1,854" },
  { bytes: withBytes(29, "bfffffffffffff"), error: "pay-code/lines-too-large", why: "a line beyond 2^32 − 1 fen" },
]

const refusedUrls = [
  { url: `http://pay.example/p/${parsed.digits}`, error: "pay-code/insecure-url", why: "http" },
  { url: `https://pay.example/P/${parsed.digits}`, error: "pay-code/malformed", why: "upper case" },
  { url: `https://PAY.example/p/${parsed.digits}`, error: "pay-code/malformed", why: "upper case in the host" },
  { url: `https://pay.example/q/${parsed.digits}`, error: "pay-code/malformed", why: "another path" },
  { url: `https://pay.example/p/${parsed.digits}/`, error: "pay-code/malformed", why: "something after the digits" },
  { url: `https://pay.example/p/${parsed.digits}?x=1`, error: "pay-code/malformed", why: "a query" },
  { url: `https://user@pay.example/p/${parsed.digits}`, error: "pay-code/malformed", why: "a user" },
  { url: `https://pay.example/p/${parsed.digits.slice(1)}`, error: "pay-code/malformed", why: "a digit missing" },
  { url: `https://pay.example/p/0${parsed.digits}`, error: "pay-code/malformed", why: "a digit more" },
  {
    url: `https://pay.example/p/${"9".repeat(parsed.digits.length)}`,
    error: "pay-code/malformed",
    why: "a number beyond 118 bytes",
  },
  { url: `https://pay.example/p/${"1".repeat(394)}`, error: "pay-code/malformed", why: "longer than any code" },
  { url: "https://pay.example/p/", error: "pay-code/malformed", why: "no digits" },
]

writeVectorsOnce("pay-code", {
  source: "scripts/vectors/pay-code.ts with the published keys of scripts/vectors/test-stall.ts",
  networkId,
  terminal: terminalToHex(terminal),
  gatewayMaster: toHex(master),
  receiptKey: toHex(receiptKey),
  publicKeys: { ed25519: toHex(publicKeys.ed25519), p256: toHex(publicKeys.p256) },
  snapshotPrefix: toHex(snapshotPrefix),
  codes: await Promise.all(rows.map(vectorOf)),
  refusedBytes,
  refusedUrls,
})
