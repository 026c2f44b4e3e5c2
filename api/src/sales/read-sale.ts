import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { stallHolds } from "@suyuan/drizzle/schema/recalls"
import { saleKeys, saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { lineCountOf, type PayCode } from "@suyuan/protocol/terminal/pay-code"
import { parsePayCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { and, asc, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { preparedOn } from "../fixed-text"
import type { Hold } from "../recalls/holds"
import { judgeHolds } from "../recalls/judge-holds"
import { judgeWindow } from "./judge-window"
import { readSnapshots, snapshotKey } from "./read-snapshots"
import { type LineGoods, resolveLine } from "./resolve-lines"
import { isSale, type SaleKey } from "./sale-key"
import { type VerifiedCode, verifyCodesOf } from "./verify-codes"

export type StoredSale = typeof sales.$inferSelect

export type SaleOfCode = {
  readonly code: VerifiedCode
  readonly key: SaleKey
  /** Undefined until somebody pays or the terminal's upload arrives. */
  readonly sale: StoredSale | undefined
  /** Why a payment could not be opened now. */
  readonly refusal: ErrorCode | undefined
}

/** Digits as they stand in the URL; anything else is refused before a byte of it is trusted. */
export function parseDigits(digits: string): Result<PayCode, ErrorCode> {
  return parsePayCodeDigits(digits)
}

const stallOfCode = preparedOn((reader) =>
  reader
    .select({
      ...{ terminal: terminals, merchant: merchants, site: sites },
      ...{ codeDigest: saleKeys.codeDigest, holds: stallHolds.holds },
    })
    .from(terminals)
    .innerJoin(merchants, eq(merchants.id, terminals.merchantId))
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    // By number alone: another code of the same number may name another day.
    .leftJoin(saleKeys, and(eq(saleKeys.terminalId, terminals.id), eq(saleKeys.counter, sql.placeholder("counter"))))
    .leftJoin(stallHolds, eq(stallHolds.merchantId, merchants.id))
    .where(eq(terminals.id, sql.placeholder("terminal")))
    .prepare("stall_of_code"),
)

/**
 * Reads what a scanned code means: who made it, what became of it, and whether it can be paid. Writes nothing, and is
 * the same for everybody who scans.
 */
export async function readSale(ctx: Context, reader: Reader, code: PayCode): Promise<Result<SaleOfCode, ErrorCode>> {
  const { terminal, counter } = code.body
  const [found] = await stallOfCode(reader).execute({ terminal, counter })
  const [verified] = verifyCodesOf(ctx, new Map(found ? [[found.terminal.id, found]] : []), [code])
  if (!verified) throw new Error("a verdict is missing")
  if (!verified.ok) return verified
  const key = { terminalId: verified.value.terminal.id, counter: verified.value.counter, day: verified.value.day }
  const known = found?.codeDigest ?? undefined
  if (known !== undefined && known !== toHex(code.digest)) return err("sale/other-bytes")
  const [sale] = known !== undefined ? await reader.select().from(sales).where(isSale(key)) : []
  const holds = (found?.holds as Hold[] | null) ?? []
  // Before what would send the buyer for a new code: the terminal may have taken this one back for the same reason.
  const held = sale?.state === "paid" ? undefined : await judgeHolds(reader, verified.value, key, holds)
  const refusal = held ?? (await refusalOf(ctx, reader, verified.value, sale))
  return ok({ code: verified.value, key, sale, refusal })
}

async function refusalOf(
  ctx: Context,
  reader: Reader,
  code: VerifiedCode,
  sale: StoredSale | undefined,
): Promise<ErrorCode | undefined> {
  if (sale?.state === "paid") return "sale/already-paid"
  if (sale?.state === "closed") return "sale/closed"
  return judgeWindow(ctx, reader, code)
}

export type ReadLine = {
  readonly quantity: { readonly unit: "gram" | "hectogram" | "piece"; readonly count: number }
  readonly unitPriceFen: number
  readonly goods: LineGoods | undefined
}

/** Lines of a scanned code: signed in it, or uploaded for its digest; undefined while they are still to come. */
export async function readLines(
  reader: Reader,
  { code, key, sale }: SaleOfCode,
): Promise<readonly ReadLine[] | undefined> {
  const name = { terminalId: key.terminalId, prefix: toHex(code.code.body.snapshotPrefix) }
  const slots = (await readSnapshots(reader, [name])).get(snapshotKey(name))
  const merchantId = code.merchant.id
  if (code.lines) {
    return code.lines.map((line) => ({
      quantity: line.quantity,
      unitPriceFen: line.unitPriceFen,
      goods: resolveLine(merchantId, line, slots),
    }))
  }
  if (!sale) return undefined
  const stored = await reader
    .select()
    .from(saleLines)
    .where(
      sql`${saleLines.terminalId} = ${key.terminalId} AND ${saleLines.counter} = ${key.counter} AND ${saleLines.day} = ${key.day}`,
    )
    .orderBy(asc(saleLines.line))
  if (stored.length !== lineCountOf(code.code.body.lines)) return undefined
  return stored.flatMap((line) => {
    const quantity = unpackQuantity(line.quantityPacked)
    if (!quantity.ok) return []
    const goods = resolveLine(merchantId, { slot: line.slot, quantity: quantity.value }, slots)
    return [{ quantity: quantity.value, unitPriceFen: line.unitPriceFen, goods }]
  })
}
