/**
 * Records, entries and proofs that tests and vectors share: a small market of the development network. All keys
 * are made from fixed bytes and protect nothing.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { recordId, saleKey } from "@suyuan/protocol/ledger/record-id"
import type { SaleRecord } from "@suyuan/protocol/ledger/record-types"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import {
  encodeGoodsLine,
  encodeGoodsPart,
  encodePricePart,
  goodsPartOf,
  type PayCodeBody,
  pricePartOf,
} from "@suyuan/protocol/terminal/pay-code"
import { linesDigest, payCodeMessageOf, priceHash } from "@suyuan/protocol/terminal/pay-code-signature"
import { deriveReceiptKey, priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { type SignatureAlgorithm, type TerminalKey, toLowS } from "@suyuan/protocol/terminal/signature"
import { seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"

export const networkId = DEVELOPMENT_NETWORK_ID
export const terminal = makeTerminalId(1, 42)
export const issuedAtSeconds = 61_000_000

/** `count` bytes `value`: keys and ids whose content does not matter. */
export const filled = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value)

const secretKey = sha256(filled(32, 1))

export function terminalKey(algorithm: SignatureAlgorithm): TerminalKey {
  const publicKey = algorithm === "ed25519" ? ed25519.getPublicKey(secretKey) : p256.getPublicKey(secretKey)
  return { algorithm, publicKey }
}

export function signAsTerminal(algorithm: SignatureAlgorithm, message: Uint8Array): Uint8Array {
  return algorithm === "ed25519" ? ed25519.sign(message, secretKey) : toLowS(p256.sign(message, secretKey))
}

export const logContext = { networkId, chainId: 31_337, contract: filled(20, 0xc0), log: 7 } as const
export const audienceKeys = { public: filled(32, 0xa1), commercial: filled(32, 0xa2) } as const
export const personalSalt = filled(16, 0x5a)

export interface SaleSample {
  readonly lineCount?: number
  readonly counter?: number
  readonly algorithm?: SignatureAlgorithm
  readonly settlement?: "platform" | "cash"
  /** A bound merchant bought. */
  readonly wholesale?: boolean
  readonly amountFen?: number
}

function saleLine(index: number): SaleLine {
  return { slot: index + 1, quantity: { unit: "gram", count: 500 + 250 * index }, unitPriceFen: 600 + 40 * index }
}

/** A sale that the sample terminal signed, as the record that a gateway makes of it. */
export function sampleSale(sample: SaleSample = {}): SaleRecord {
  const { lineCount = 3, counter = 1_001, algorithm = "ed25519", settlement = "platform", wholesale = false } = sample
  const salt = priceSalt(deriveReceiptKey(filled(32, 9), networkId, terminal), networkId, terminal, counter)
  const lines = Array.from({ length: lineCount }, (_, i) => saleLine(i))
  const inline = lineCount <= 8
  const body: PayCodeBody = {
    algorithm,
    terminal,
    counter,
    issuedAtSeconds,
    amountFen: sample.amountFen ?? 1 + lineCount * 299,
    snapshotPrefix: filled(8, 0x77),
    lines: inline
      ? { kind: "inline", items: lines }
      : { kind: "digest", count: lineCount, digest: linesDigest(networkId, salt, lines) },
  }
  const pricePart = encodePricePart(pricePartOf(body))
  const unitPrices = concatBytes(...lines.map((line) => uintToBytes(line.unitPriceFen, 3)))
  const aliases = lines.map((_, i) => filled(8, 0x80 + i))
  return {
    kind: "sale",
    public: {
      siteNumber: 331_001,
      effectiveAtSeconds: issuedAtSeconds + 2,
      stallAlias: filled(8, 0x51),
      goodsPart: encodeGoodsPart(goodsPartOf(body)),
      priceHash: priceHash(salt, pricePart),
      signature: signAsTerminal(algorithm, payCodeMessageOf(body, networkId, salt)),
      lines: aliases.map((sellerPileAlias, i) => ({ commodity: 1_230_100 + i, sellerPileAlias })),
      settlement,
      ...(wholesale ? { buyerPileAliases: lines.map((_, i) => filled(8, 0xb0 + i)) } : {}),
      ...(inline
        ? {}
        : {
            lineGoods: concatBytes(...lines.map(encodeGoodsLine)),
            unitPricesHash: sha256(concatBytes(salt, unitPrices)),
          }),
    },
    commercial: {
      priceSalt: salt,
      pricePart,
      sellerMerchant: "018f3c5e-0000-7000-8000-000000000001",
      ...(wholesale ? { buyerMerchant: "018f3c5e-0000-7000-8000-000000000002" } : {}),
      ...(inline ? {} : { unitPrices }),
    },
    ...(settlement === "platform"
      ? {
          personal: {
            payerPseudonym: filled(32, 0x99),
            platform: "wechat-pay",
            transactionId: "4200002025120800000000000001",
          },
        }
      : {}),
  }
}

export const saleDay = utcDayOf(seconds2024ToMs(issuedAtSeconds))

export function sampleSaleId(counter = 1_001): Uint8Array {
  return recordId("sale", saleDay, saleKey(terminal, counter))
}
