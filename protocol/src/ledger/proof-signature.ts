/**
 * The step of a proof that asks the seller's terminal: a sale and a stock snapshot carry its signature, other kinds
 * none (docs/specs/proof-bundle.md, PB-8 to PB-11).
 */

import { asciiBytes, concatBytes, equalBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { type NetworkId, networkBytes } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import { type GoodsPart, joinParts, parseGoodsPart, parsePricePart } from "../terminal/pay-code"
import { payCodeMessage, priceHash } from "../terminal/pay-code-signature"
import type { TerminalKey, VerifySignature } from "../terminal/signature"
import { parseStockSnapshot, stockSnapshotHash, stockSnapshotMessage } from "../terminal/stock-snapshot"
import type { SnapshotPublic } from "./kinds/parts"
import { SALE_FLAGS, type SaleCommercial, type SalePublic } from "./kinds/sale"
import type { ProofStepOf } from "./proof-report"
import type { OpenedRecord } from "./record-types"

export interface SignatureTrust {
  readonly networkId: NetworkId
  /** The registered key of the terminal that the record names; `undefined` when the registry has none. */
  readonly terminalKey: TerminalKey | undefined
  readonly verifySignature: VerifySignature
}

type Step = ProofStepOf<"seller-signature">
export type SignatureFailure = Extract<Step, { outcome: "failed" }>["reason"]
type OurWord = Extract<Step, { outcome: "our-word-only" }>["reason"]

type SignedRecord = Extract<OpenedRecord, { kind: "sale" | "snapshot" }>

export function isSigned(record: OpenedRecord): record is SignedRecord {
  return record.kind === "sale" || record.kind === "snapshot"
}

/** One signature to be verified. */
export interface SignatureAsked extends TerminalKey {
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** What of a signed record its own bytes contradict, whoever signed them: needs no key. */
export function findContradiction(record: OpenedRecord, networkId: NetworkId): SignatureFailure | undefined {
  if (record.kind === "snapshot") return findSnapshotContradiction(record.public)
  return record.kind === "sale" ? findSaleContradiction(record.public, record.commercial, networkId) : undefined
}

/** @param contradiction of this record, as `findContradiction` has it */
export function checkSellerSignature(
  record: OpenedRecord,
  contradiction: SignatureFailure | undefined,
  trust: SignatureTrust,
): Step {
  const step = "seller-signature"
  if (!isSigned(record)) return { step, outcome: "not-applicable", reason: "kind-not-signed" }
  const failure = findSignatureFailure(record, trust) ?? contradiction
  if (failure !== undefined) return { step, outcome: "failed", reason: failure }
  const reason = findUnsigned(record)
  return reason === undefined
    ? { step, outcome: "passed", reason: "signed-by-terminal" }
    : { step, outcome: "our-word-only", reason }
}

function findSignatureFailure(record: SignedRecord, trust: SignatureTrust): SignatureFailure | undefined {
  const asked = signatureOf(record, trust)
  if (!asked.ok) return asked.error
  const { algorithm, publicKey, message, signature } = asked.value
  return trust.verifySignature(algorithm, publicKey, message, signature) ? undefined : "bad-signature"
}

/** The one signature that a record stands or falls with. */
export function signatureOf(
  record: SignedRecord,
  { networkId, terminalKey }: Omit<SignatureTrust, "verifySignature">,
): Result<SignatureAsked, SignatureFailure> {
  if (terminalKey === undefined) return err("terminal-unknown")
  if (record.kind === "snapshot") {
    const { hash, signature } = record.public
    return ok({ ...terminalKey, message: stockSnapshotMessage(networkId, hash), signature })
  }
  const goods = parseGoodsPart(record.public.goodsPart)
  if (!goods.ok || goods.value.algorithm !== terminalKey.algorithm) return err("wrong-algorithm")
  const { goodsPart, priceHash: prices, signature } = record.public
  return ok({ ...terminalKey, message: payCodeMessage(networkId, goodsPart, prices), signature })
}

/** What stands in the section without being under the signature, though the signature itself holds. */
function findUnsigned(record: OpenedRecord): OurWord | undefined {
  // The signature is over the whole: that these bytes are a part of it, only all parts together show.
  if (record.kind === "snapshot" && record.public.parts > 1) return "part-of-snapshot"
  if (record.kind !== "sale" || record.public.lineGoods === undefined) return undefined
  return contradictsCode(record.public) ? "lines-contradict-code" : undefined
}

/** Uploaded lines that are not those of the code: kept and flagged, and no trace uses them. */
function contradictsCode(sale: SalePublic): boolean {
  return ((sale.flags ?? 0) & SALE_FLAGS.linesContradictCode) !== 0
}

function findSaleContradiction(
  sale: SalePublic,
  commercial: SaleCommercial | undefined,
  networkId: NetworkId,
): SignatureFailure | undefined {
  const goods = parseGoodsPart(sale.goodsPart)
  if (!goods.ok) return "wrong-algorithm"
  if (!hasSignedLines(sale, goods.value, networkId)) return "lines-not-signed"
  return commercial === undefined ? undefined : findPriceFailure(sale, goods.value, commercial)
}

/** Nine and more lines stand in the record; their digest stands in the signed goods part (tag `SYL1`). */
function hasSignedLines(sale: SalePublic, goods: GoodsPart, networkId: NetworkId): boolean {
  const { lineGoods, unitPricesHash } = sale
  if (goods.lines.kind === "inline" || contradictsCode(sale)) return true
  if (lineGoods === undefined || unitPricesHash === undefined) return true
  const tag = concatBytes(asciiBytes("SYL1"), networkBytes(networkId))
  return equalBytes(sha256(concatBytes(tag, sha256(lineGoods), unitPricesHash)), goods.lines.digest)
}

function findPriceFailure(
  sale: SalePublic,
  goods: GoodsPart,
  commercial: SaleCommercial,
): SignatureFailure | undefined {
  const { priceSalt, pricePart, unitPrices } = commercial
  if (!equalBytes(priceHash(priceSalt, pricePart), sale.priceHash)) return "prices-not-signed"
  if (unitPrices !== undefined && sale.unitPricesHash !== undefined) {
    if (!equalBytes(sha256(concatBytes(priceSalt, unitPrices)), sale.unitPricesHash)) return "prices-not-signed"
  }
  const price = parsePricePart(pricePart)
  return price.ok && joinParts(goods, price.value).ok ? undefined : "amount-above-lines"
}

function findSnapshotContradiction(snapshot: SnapshotPublic): SignatureFailure | undefined {
  if (snapshot.parts > 1) return undefined
  const parsed = parseStockSnapshot(snapshot.bytes)
  const signed = equalBytes(stockSnapshotHash(snapshot.bytes), snapshot.hash)
  return signed && parsed.ok && parsed.value.terminal === snapshot.terminal ? undefined : "snapshot-not-signed"
}
