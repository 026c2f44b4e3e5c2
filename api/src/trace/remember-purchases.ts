import { boughtOrigins, pileEvents } from "@suyuan/drizzle/schema/trace"
import { type OutflowRef, outflowKey } from "@suyuan/protocol/trace/pile-event"
import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { recordDay } from "../ledger/record-day"
import { keepBoughtOrigins } from "./bought-origins"
import { limitsOfLots, readLots } from "./describe-origin"
import { followPurchases, walkedPiles } from "./follow-purchases"
import { restoreBooks } from "./note-events"
import { lotsOf, readHistories } from "./read-histories"
import type { PileRow } from "./read-pile-rows"
import { resolve } from "./resolve"
import { inOneSnapshot } from "./snapshot"

const atOnce = 50

/**
 * Finds out what lines held that merchants bought, before anybody asks: the oldest that nobody looked at yet. What cannot
 * be known (the line was taken back, goods went round) is not tried again; whoever asks walks the whole way then.
 */
export async function rememberPurchases(ctx: Context): Promise<number> {
  const due = await ctx.duties
    .select({
      recordId: boughtOrigins.recordId,
      line: boughtOrigins.line,
      day: boughtOrigins.day,
      pileId: boughtOrigins.pileId,
    })
    .from(boughtOrigins)
    .where(isNull(boughtOrigins.origins))
    .orderBy(asc(boughtOrigins.recordId))
    .limit(atOnce)
  if (due.length === 0) return 0
  await rememberThese(ctx, due)
  // Whatever was found out has its row by now.
  await ctx.db.delete(boughtOrigins).where(
    and(
      isNull(boughtOrigins.origins),
      inArray(boughtOrigins.day, [...new Set(due.map(({ day }) => day))]),
      sql`(${boughtOrigins.recordId}, ${boughtOrigins.line}) IN (${sql.join(
        due.map(({ recordId, line }) => sql`(decode(${recordId}, 'hex'), ${line}::smallint)`),
        sql`, `,
      )})`,
    ),
  )
  return due.length
}

/** Finds out what these lines held, which merchants bought. */
export async function rememberThese(ctx: Context, lines: readonly OutflowRef[]): Promise<void> {
  const purchases = await ctx.db
    .select()
    .from(pileEvents)
    .where(
      and(
        inArray(pileEvents.upstreamRecordId, [...new Set(lines.map(({ recordId }) => recordId))]),
        eq(pileEvents.source, "purchase"),
      ),
    )
  const bought = new Map(purchases.map((row) => [keyOf(row), row]))
  for (const one of lines) {
    const purchase = bought.get(outflowKey(one))
    // One that cannot be found out holds up no other.
    if (purchase) {
      await remember(ctx, purchase).catch((error: unknown) => {
        ctx.log.error({ ...one, error: reasonOf(error) }, "what a merchant bought could not be found out")
      })
    }
  }
}

function keyOf(row: PileRow): string {
  return outflowKey({ recordId: row.upstreamRecordId ?? "", line: row.upstreamLine ?? 0 })
}

async function remember(ctx: Context, purchase: PileRow): Promise<void> {
  const wanted = {
    pileId: purchase.upstreamPileId ?? "",
    until: purchase.effectiveAt,
    from: new Date(Math.min(purchase.effectiveAt.getTime(), Date.parse(recordDay(purchase.upstreamRecordId ?? "")))),
    outflows: [keyOf(purchase)],
  }
  const { histories, facts } = await inOneSnapshot(ctx, async (reader) => {
    const histories = await readHistories(reader, [wanted], ctx.clock.nowMs())
    return { histories, facts: await readLots(reader, lotsOf(histories)) }
  })
  const resolved = resolve(histories.histories, {
    ...limitsOfLots(facts),
    keep: histories.isNamed,
  })
  const followed = followPurchases(histories, resolved)
  followed.originsOf(purchase)
  await keepBoughtOrigins(ctx, followed.learned())
  if (resolved?.isTolerant) await restoreBooks(ctx.db, walkedPiles(histories, resolved))
}
