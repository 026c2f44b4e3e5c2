import { concatBytes, fromHex, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { RECORDED_LINES_MAX, SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, saleKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { SaleRecord } from "@suyuan/protocol/ledger/record-types"
import {
  encodeGoodsPart,
  encodePricePart,
  goodsPartOf,
  parsePayCode,
  pricePartOf,
} from "@suyuan/protocol/terminal/pay-code"
import { priceHash } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context } from "../context"
import type { RecordDraft } from "../ledger/write-records"
import { pileIdOf } from "../stock/pile-id"
import type { AppliedSale } from "../trace/apply-sales"
import type { SaleToRecord, StoredLine } from "./read-trades"

type ResolvedLine = StoredLine & { readonly commodity: number; readonly pileId: string }

/** All lines of the sale, or none: of a line whose slot nobody explained no commodity is known. */
function recordableLines(sale: SaleToRecord["sale"], stored: readonly StoredLine[]): ResolvedLine[] {
  if (stored.length > RECORDED_LINES_MAX || (sale.flags & SALE_FLAGS.linesUnknown) !== 0) return []
  const resolved = stored.flatMap((line) => {
    const { commodity, pileId } = line
    return commodity === null || pileId === null ? [] : [{ ...line, commodity, pileId }]
  })
  return resolved.length === sale.lineCount ? resolved : []
}

/** The trade record of a settled sale (TR-n): its signed parts, and who stands at both ends, as aliases. */
export function draftSaleRecord(
  ctx: Pick<Context, "keys" | "config">,
  row: SaleToRecord & { readonly regulators: readonly number[] },
  stored: readonly StoredLine[],
): { draft: RecordDraft; appliedLines: AppliedSale["lines"] } {
  const { sale } = row
  const code = parsePayCode(sale.code)
  if (!code.ok) throw new Error(`stored code of ${sale.terminalId}/${sale.counter} is malformed: ${code.error}`)
  const { body, signature } = code.value
  const salt = priceSalt(ctx.keys.receiptKey(sale.terminalId), ctx.config.NETWORK_ID, sale.terminalId, sale.counter)
  const pricePart = encodePricePart(pricePartOf(body))
  const lines = recordableLines(sale, stored)
  const flags = lines.length > 0 ? sale.flags : sale.flags | SALE_FLAGS.linesUnknown
  const ofDigest = lines.length > 0 && body.lines.kind === "digest"
  const unitPrices = concatBytes(...lines.map((line) => uintToBytes(line.unitPriceFen, 3)))
  const record: SaleRecord = {
    kind: "sale",
    public: {
      siteNumber: row.siteNumber,
      effectiveAtSeconds: msToSeconds2024(sale.effectiveAt.getTime()),
      stallAlias: bytesOf(row.stallAlias),
      goodsPart: encodeGoodsPart(goodsPartOf(body)),
      priceHash: priceHash(salt, pricePart),
      signature,
      lines: lines.map((line) => ({
        commodity: line.commodity,
        sellerPileAlias: bytesOf(ctx.keys.pileAlias(line.pileId)),
      })),
      buyerPileAliases:
        sale.buyerMerchantId !== null && lines.length > 0
          ? lines.map((line) => buyerPileAlias(ctx, sale.buyerMerchantId ?? "", line))
          : undefined,
      settlement: sale.state !== "paid" ? "code-only" : sale.paidBy === "cash" ? "cash" : "platform",
      flags: flags === 0 ? undefined : flags,
      lineGoods: ofDigest
        ? concatBytes(...lines.flatMap((line) => [uintToBytes(line.slot, 2), uintToBytes(line.quantityPacked, 4)]))
        : undefined,
      unitPricesHash: ofDigest ? priceHash(salt, unitPrices) : undefined,
    },
    commercial: {
      priceSalt: salt,
      pricePart,
      sellerMerchant: sale.merchantId,
      buyerMerchant: sale.buyerMerchantId ?? undefined,
      unitPrices: ofDigest ? unitPrices : undefined,
    },
    personal: personalOf(ctx, row),
  }
  const sections = encodeRecord(record)
  const draft: RecordDraft = {
    recordId: toHex(recordId("sale", utcDayOf(sale.issuedAt.getTime()), saleKey(sale.terminalId, sale.counter))),
    kind: RECORD_KINDS.sale,
    siteId: sale.siteId,
    concerned: [
      ...new Set([row.sellerNumber, ...(row.buyerNumber === null ? [] : [row.buyerNumber]), ...row.regulators]),
    ],
    publicBytes: sections.public,
    ...(sections.commercial && { commercialBytes: sections.commercial }),
    ...(sections.personal && { personalBytes: sections.personal }),
  }
  return { draft, appliedLines: lines.flatMap(appliedLine) }
}

function appliedLine(line: StoredLine): AppliedSale["lines"][number][] {
  const { commodity, lotId, pileId, gramsLow, gramsHigh } = line
  if (commodity === null || pileId === null || gramsLow === null || gramsHigh === null) return []
  return [{ line: line.line, commodity, lotId, pileId, gramsLow, gramsHigh }]
}

function buyerPileAlias(ctx: Pick<Context, "keys">, buyerMerchantId: string, line: ResolvedLine): Uint8Array {
  return bytesOf(ctx.keys.pileAlias(pileIdOf(buyerMerchantId, line.commodity, null)))
}

function personalOf(ctx: Pick<Context, "keys">, row: SaleToRecord): SaleRecord["personal"] {
  const { payerPlatform, payerAppId, payerOpenId, transactionId } = row
  if (payerPlatform === null || payerAppId === null || payerOpenId === null || transactionId === null) return undefined
  return {
    payerPseudonym: ctx.keys.payerPseudonym(payerPlatform, payerAppId, payerOpenId),
    platform: payerPlatform,
    transactionId,
  }
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error("an alias is not hex")
  return bytes
}
