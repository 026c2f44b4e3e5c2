import { saleKeys, saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { and, asc, desc, eq, gte, isNull, lt, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { ServiceError } from "../errors"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import { takeFreshRequest } from "../terminals/take-fresh-request"
import { inTransaction } from "../transaction"
import { recordFromCode } from "./record-from-code"
import { inSales, type SaleKey } from "./sale-key"

/** Looked for this far back: older ones were recorded from their codes, or nobody remembers them. */
const DAYS_BACK = 7
const TERMINALS_MAX = 8
const SALES_MAX = 200
const GAPS_MAX = 50

export type LostSale = SaleKey & {
  readonly issuedAt: Date
  readonly amountFen: number
  /**
   * Rebuilt: recorded from its code, nothing is to be done. Lines unknown: its money is recorded, its goods are not.
   * Not paid: it was scanned, and no platform has its money; the seller knows whether it was paid by hand.
   */
  readonly outcome: "rebuilt" | "lines-unknown" | "not-paid"
  readonly lines: readonly {
    readonly commodity: number | null
    readonly quantityPacked: number
    readonly unitPriceFen: number
  }[]
}

export type LostTerminal = {
  readonly terminalId: number
  readonly sales: readonly LostSale[]
  /** Numbers between those that came here: sold unseen, or never used. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[]
}

export type LostSalesRequest = {
  readonly terminalId: number
  readonly issuedAtMs: number
  readonly signature: Uint8Array
}

/**
 * A stall's new terminal asks what its revoked ones never handed in (EN-14). Nothing more can come of them, so what was
 * settled is recorded from its code at once instead of a day later; the list says what is left to a person. No actor: the
 * signature is who asks. Repeating changes nothing and says the same.
 */
export async function recoverLostSales(ctx: Context, request: LostSalesRequest): Promise<LostTerminal[]> {
  const { terminalId, issuedAtMs, signature } = request
  const terminal = await requireTerminal(ctx.db, terminalId)
  const key = terminalKey(terminal)
  const message = lostSalesMessage(ctx.config.NETWORK_ID, terminalId, issuedAtMs)
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  await requireTerminal(ctx.db, terminalId, "sell")
  await takeFreshRequest(ctx, terminalId, issuedAtMs)
  const lost = await ctx.db
    .select({ id: terminals.id })
    .from(terminals)
    .where(
      and(
        eq(terminals.merchantId, terminal.merchantId),
        eq(terminals.state, "revoked"),
        lt(terminals.createdAt, terminal.createdAt),
      ),
    )
    .orderBy(desc(terminals.createdAt))
    .limit(TERMINALS_MAX)
  const fromDay = utcDay(new Date(ctx.clock.nowMs() - DAYS_BACK * 86_400_000))
  const found: LostTerminal[] = []
  for (const { id } of lost) found.push(await recoverOne(ctx, id, fromDay))
  return found.filter(({ sales, gaps }) => sales.length > 0 || gaps.length > 0)
}

async function recoverOne(ctx: Context, terminalId: number, fromDay: string): Promise<LostTerminal> {
  const before = await readUnsent(ctx.db, terminalId, fromDay)
  for (const { key, isSettled, recordId } of before) {
    if (isSettled && recordId === null) await inTransaction(ctx, (tx) => recordFromCode(ctx, tx, key))
  }
  const rows = await readUnsent(ctx.db, terminalId, fromDay)
  const lines = await readLines(ctx.db, rows)
  return {
    terminalId,
    sales: rows.map(({ key, issuedAt, amountFen, isSettled, flags }) => ({
      ...key,
      ...{ issuedAt, amountFen, lines: lines.get(key.counter) ?? [] },
      outcome: !isSettled
        ? ("not-paid" as const)
        : (flags & SALE_FLAGS.linesUnknown) === 0
          ? ("rebuilt" as const)
          : ("lines-unknown" as const),
    })),
    gaps: await readGaps(ctx.db, terminalId, fromDay),
  }
}

async function readUnsent(reader: Reader, terminalId: number, fromDay: string) {
  const rows = await reader
    .select()
    .from(sales)
    .where(and(eq(sales.terminalId, terminalId), gte(sales.day, fromDay), isNull(sales.uploadedAt)))
    .orderBy(asc(sales.counter))
    .limit(SALES_MAX)
  return rows.map(({ counter, day, issuedAt, amountFen, state, handedOverAt, recordId, flags }) => ({
    key: { terminalId, counter, day },
    ...{ issuedAt, amountFen, recordId, flags, isSettled: state === "paid" || handedOverAt !== null },
  }))
}

async function readLines(reader: Reader, rows: readonly { readonly key: SaleKey }[]) {
  if (rows.length === 0) return new Map<number, LostSale["lines"]>()
  const keys = rows.map(({ key }) => key)
  const found = await reader
    .select()
    .from(saleLines)
    .where(inSales(saleLines, keys))
    .orderBy(asc(saleLines.counter), asc(saleLines.line))
  return Map.groupBy(found, ({ counter }) => counter) as ReadonlyMap<number, LostSale["lines"]>
}

/** After an unclean start a terminal skips numbers (at most a block), so a gap is a question, never a claim. */
async function readGaps(reader: Reader, terminalId: number, fromDay: string): Promise<LostTerminal["gaps"]> {
  const rows = await reader.execute<{ from: number; to: number }>(sql`
    SELECT (counter + 1)::float8 AS from, (following - 1)::float8 AS to FROM (
      SELECT counter, lead(counter) OVER (ORDER BY counter) AS following FROM ${saleKeys}
      WHERE terminal_id = ${terminalId} AND day >= ${fromDay}::date) AS used
    WHERE following > counter + 1 ORDER BY counter LIMIT ${GAPS_MAX}`)
  return rows.map(({ from, to }) => ({ from, to }))
}
