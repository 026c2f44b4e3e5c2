import { commodities } from "@suyuan/drizzle/schema/merchants"
import { errorWords } from "@suyuan/look/errors"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { lineCountOf } from "@suyuan/protocol/terminal/pay-code"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { fenPerKilogramToYuanPerJin, gramsToJin, gramsToKilograms, quantityGrams } from "@suyuan/protocol/units/weight"
import { sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { percentsOf } from "../inspections/coverage"
import { stallPhotoPath } from "../merchants/stall-photo-path"
import { recentOf } from "../recent"
import { describePilesOnSale, type PileOnSale } from "../trace/describe-piles"
import { arrayOf } from "../unnest"
import { isOffline } from "./judge-window"
import { type ReadLine, readLines, type SaleOfCode } from "./read-sale"

/** What a buyer sees before paying. The same for everybody; money in fen and as text, weight in both market units. */
export async function describeSale(ctx: Context, reader: Reader, scanned: SaleOfCode) {
  const { code, sale, refusal } = scanned
  const lines = await readLines(reader, scanned)
  const nowMs = ctx.clock.nowMs()
  const goods = (lines ?? []).flatMap((line) => (line.goods ? [line.goods] : []))
  const codes = [...new Set(goods.map((line) => line.commodity))]
  const names: Names = await recentNames(ctx).of(codes, nowMs, (missing) => commodityNames(reader, missing))
  const piles = await describePilesOnSale(ctx, [...new Set(goods.map((line) => line.pileId))])
  return {
    development: ctx.config.SUYUAN_ENV !== "production",
    terminal: terminalToHex(code.terminal.id),
    counter: code.counter,
    stall: {
      name: code.merchant.name,
      number: code.merchant.stallNumber,
      site: code.site.name,
      siteEn: code.site.nameEn,
      zone: code.site.zone,
      /** Address of its photo; null: a plate with its number stands there. */
      photo: stallPhotoPath(code.merchant),
    },
    stallOnline: !isOffline(code, nowMs),
    issuedAt: code.issuedAt.toISOString(),
    amountFen: code.code.body.amountFen,
    lineCount: lineCountOf(code.code.body.lines),
    /** Null: more than eight lines, and the stall has not sent them yet. */
    lines: lines?.map((line) => describeLine(line, names, piles)) ?? null,
    state: sale?.state ?? ("presented" as const),
    paidFen: sale?.paidFen ?? 0,
    refundedFen: sale?.refundedFen ?? 0,
    canPay: refusal === undefined,
    refusal: refusal ?? null,
    // Phones carry no list of the gateway's refusals.
    ...(refusal && { refusalText: errorWords[refusal].zh, refusalTextEn: errorWords[refusal].en }),
  }
}

export type SaleDescription = Awaited<ReturnType<typeof describeSale>>

type Name = { readonly nameZh: string; readonly nameEn: string }
type Names = ReadonlyMap<number, Name>

/** A catalogue is published now and then; a new name may be late by so much. */
const recentNames = recentOf<number, Name>(10_000, 10_000)

function describeLine(line: ReadLine, names: Names, piles: ReadonlyMap<string, PileOnSale>) {
  const name = line.goods && names.get(line.goods.commodity)
  const grams = quantityGrams(line.quantity)
  const onSale = line.goods && piles.get(line.goods.pileId)
  const coverage = onSale?.coverageOf(grams)
  const priceYuan = grams === undefined ? fenToYuan(line.unitPriceFen) : fenPerKilogramToYuanPerJin(line.unitPriceFen)
  return {
    name: name?.nameZh ?? null,
    nameEn: name?.nameEn ?? null,
    quantityText: grams === undefined ? `${line.quantity.count} 件` : `${gramsToJin(grams)} 斤`,
    quantityTextEn: grams === undefined ? `${line.quantity.count} pcs` : `${gramsToKilograms(grams)} kg`,
    unitPriceText: grams === undefined ? `¥${priceYuan}/件` : `¥${priceYuan}/斤`,
    unitPriceTextEn: grams === undefined ? `¥${priceYuan}/pc` : `¥${fenToYuan(line.unitPriceFen)}/kg`,
    amountFen: lineAmountFen(line),
    declaredOrigin: line.goods?.declaredOrigin || null,
    /** This stall's goods today; which of them are in this bag is known only after the sale. */
    pile: onSale?.pile ?? null,
    recalls: [...(onSale?.recalls ?? [])],
    /** Of this bag, if it is weighed out of the goods that are there now. Null where the book has less. */
    coverage: coverage ? percentsOf(coverage) : null,
  }
}

async function commodityNames(reader: Reader, codes: readonly number[]): Promise<Names> {
  if (codes.length === 0) return new Map()
  const rows = await reader
    .select({ code: commodities.code, nameZh: commodities.nameZh, nameEn: commodities.nameEn })
    .from(commodities)
    .where(sql`${commodities.code} = ANY (${arrayOf("integer", codes)})`)
  return new Map(rows.map((row) => [row.code, row]))
}
