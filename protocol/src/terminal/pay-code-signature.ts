/**
 * What a terminal signs of a sale, and how whoever holds the goods, or goods and prices, checks it
 * (docs/specs/pay-code.md, rules PC-n). Domain tags: `SYP1` pay code, `SYL1` digest of nine and more lines.
 */

import { asciiBytes, concatBytes, equalBytes, uintToBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import { judgeReduction } from "../sale/reduction"
import type { SaleLine } from "../sale/sale"
import { AMOUNT_FEN_MAX, INLINE_LINES_MAX, SALE_LINES_MAX } from "../sale/sale"
import { linesTotalFen } from "../sale/sale-totals"
import type { PayCode, PayCodeBody } from "./pay-code"
import {
  encodeGoodsLine,
  encodeGoodsPart,
  encodePayCodeBody,
  encodePricePart,
  goodsPartOf,
  pricePartOf,
} from "./pay-code"
import type { TerminalKey, VerifySignature } from "./signature"
import { SIGNATURE_BYTES, toLowS } from "./signature"

export type PayCodeSignatureError =
  /** The code names another algorithm than its terminal's registered key. */
  "pay-code/wrong-algorithm" | "pay-code/bad-signature"

export type PayCodeLinesError =
  /** Other lines than those whose digest, or which themselves, were signed. */
  "pay-code/lines-contradict-code" | "pay-code/amount-above-lines" | "pay-code/lines-too-large"

/** Hides the prices from whoever sees only the goods, while the signature still covers them. */
export function priceHash(salt: Uint8Array, pricePart: Uint8Array): Uint8Array {
  return sha256(concatBytes(salt, pricePart))
}

/** `SYP1` ‖ network ‖ SHA-256(goods part) ‖ price hash. */
export function payCodeMessage(networkId: NetworkId, goodsPart: Uint8Array, priceHash: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes("SYP1"), networkBytes(networkId), sha256(goodsPart), priceHash)
}

export function payCodeMessageOf(body: PayCodeBody, networkId: NetworkId, salt: Uint8Array): Uint8Array {
  const hash = priceHash(salt, encodePricePart(pricePartOf(body)))
  return payCodeMessage(networkId, encodeGoodsPart(goodsPartOf(body)), hash)
}

/** @throws RangeError for fewer than nine lines: those stand in the code itself. */
export function linesDigest(networkId: NetworkId, salt: Uint8Array, lines: readonly SaleLine[]): Uint8Array {
  if (lines.length <= INLINE_LINES_MAX || lines.length > SALE_LINES_MAX)
    throw new RangeError("a digest is of 9 to 255 lines")
  const goods = sha256(concatBytes(...lines.map(encodeGoodsLine)))
  const prices = sha256(concatBytes(salt, ...lines.map((line) => uintToBytes(line.unitPriceFen, 3))))
  return sha256(concatBytes(asciiBytes("SYL1"), networkBytes(networkId), goods, prices))
}

export interface SignPayCode {
  readonly networkId: NetworkId
  readonly priceSalt: Uint8Array
  /** The terminal's key, wherever it is kept. A P-256 signature may come with high S. */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>
}

/** @throws RangeError for a body that no parser would take, or a signature that is not 64 bytes. */
export async function signPayCode(body: PayCodeBody, { networkId, priceSalt, sign }: SignPayCode): Promise<PayCode> {
  const bodyBytes = encodePayCodeBody(body)
  const signed = await sign(payCodeMessageOf(body, networkId, priceSalt))
  if (signed.length !== SIGNATURE_BYTES) throw new RangeError(`a signature has ${SIGNATURE_BYTES} bytes`)
  const signature = body.algorithm === "p256" ? toLowS(signed) : signed
  return { body, digest: sha256(bodyBytes), bodyBytes, signature }
}

export interface VerifyPayCode {
  readonly networkId: NetworkId
  readonly priceSalt: Uint8Array
  /** The registered key of the terminal that the code names. */
  readonly terminalKey: TerminalKey
  readonly verifySignature: VerifySignature
}

export function verifyPayCode(
  code: Pick<PayCode, "body" | "signature">,
  { networkId, priceSalt, terminalKey, verifySignature }: VerifyPayCode,
): Result<void, PayCodeSignatureError> {
  if (code.body.algorithm !== terminalKey.algorithm) return err("pay-code/wrong-algorithm")
  const message = payCodeMessageOf(code.body, networkId, priceSalt)
  return verifySignature(terminalKey.algorithm, terminalKey.publicKey, message, code.signature)
    ? ok(undefined)
    : err("pay-code/bad-signature")
}

/** Lines that were uploaded for a code: the signed ones, and not too cheap for the amount. */
export function matchLines(
  body: PayCodeBody,
  lines: readonly SaleLine[],
  { networkId, priceSalt }: Pick<VerifyPayCode, "networkId" | "priceSalt">,
): Result<readonly SaleLine[], PayCodeLinesError> {
  if (body.lines.kind === "inline") {
    const signed = concatBytes(...body.lines.items.map(encodeSaleLine))
    return equalBytes(signed, concatBytes(...lines.map(encodeSaleLine)))
      ? ok(lines)
      : err("pay-code/lines-contradict-code")
  }
  if (lines.length !== body.lines.count) return err("pay-code/lines-contradict-code")
  if (!equalBytes(linesDigest(networkId, priceSalt, lines), body.lines.digest))
    return err("pay-code/lines-contradict-code")
  const linesFen = linesTotalFen(lines)
  if (linesFen > AMOUNT_FEN_MAX) return err("pay-code/lines-too-large")
  return judgeReduction(linesFen, body.amountFen).ok ? ok(lines) : err("pay-code/amount-above-lines")
}

function encodeSaleLine(line: SaleLine): Uint8Array {
  return concatBytes(encodeGoodsLine(line), uintToBytes(line.unitPriceFen, 3))
}
