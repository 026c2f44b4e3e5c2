import { boughtOrigins, pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm"
import type { Context } from "../context"
import { keepBoughtOrigins } from "./bought-origins"
import { readLots } from "./describe-origin"
import { followPurchases, walkedPiles } from "./follow-purchases"
import { restoreBooks } from "./note-events"
import { lotsOf, readHistories } from "./read-histories"
import type { PileRow } from "./read-pile-rows"
import { resolve } from "./resolve"

const atOnce = 50

/**
 * Finds out what lines held that merchants bought, before anybody asks: the oldest that nobody looked at yet. What cannot
 * be known (the line was taken back, goods went round) is not tried again; whoever asks walks the whole way then.
 */
export async function rememberPurchases(ctx: Context): Promise<number> {
  const due = await ctx.db
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
  const purchases = await ctx.db
    .select()
    .from(pileEvents)
    .where(
      and(
        inArray(pileEvents.upstreamRecordId, [...new Set(due.map(({ recordId }) => recordId))]),
        eq(pileEvents.source, "purchase"),
      ),
    )
  const bought = new Map(purchases.map((row) => [keyOf(row), row]))
  for (const one of due) {
    const purchase = bought.get(outflowKey(one))
    if (purchase) await remember(ctx, purchase)
  }
  // Whatever was found out has its row by now.
  await ctx.db.delete(boughtOrigins).where(
    and(
      isNull(boughtOrigins.origins),
      sql`(${boughtOrigins.recordId}, ${boughtOrigins.line}) IN (${sql.join(
        due.map(({ recordId, line }) => sql`(decode(${recordId}, 'hex'), ${line}::smallint)`),
        sql`, `,
      )})`,
    ),
  )
  return due.length
}

function keyOf(row: PileRow): string {
  return outflowKey({ recordId: row.upstreamRecordId ?? "", line: row.upstreamLine ?? 0 })
}

async function remember(ctx: Context, purchase: PileRow): Promise<void> {
  const wanted = {
    pileId: purchase.upstreamPileId ?? "",
    until: purchase.effectiveAt,
    outflows: [keyOf(purchase)],
  }
  const histories = await readHistories(ctx.db, [wanted], ctx.clock.nowMs())
  const facts = await readLots(ctx.db, lotsOf(histories.rows, histories.bought))
  const resolved = resolve(histories.histories, {
    lotGrams: new Map([...facts.values()].map((lot) => [lot.id, lot.grams])),
    keep: histories.isNamed,
  })
  const followed = followPurchases(histories, resolved)
  followed.originsOf(purchase)
  await keepBoughtOrigins(ctx, followed.learned())
  if (resolved?.isTolerant) await restoreBooks(ctx.db, walkedPiles(histories, resolved))
}
