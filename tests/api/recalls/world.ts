// A small random world of piles as rows, for what is asked of the database beside the whole history.
import { noteEvents } from "@suyuan/api/trace/note-events"
import { lots, pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import type { Dice } from "../../protocol/trace/dice"
import type { TestGateway } from "../../support/context"
import type { TestStall } from "../../support/stall"
import { type Row, randomHex, randomWorld } from "../trace/random-world"

export type StoredWorld = {
  readonly rows: readonly Row[]
  readonly pileIds: readonly string[]
  readonly lotIds: readonly string[]
}

type WorldOptions = {
  /** That the stall sells besides, one after the other. */
  readonly bags?: number
  /** No weight is an interval: then a run of outflows says of each what it would say by itself (RC-6). */
  readonly isWeighed?: boolean
  /** Of the world, from its first event to its last. */
  readonly spanHours?: number
  /** Of each lot at most; left out, lots are over never. */
  readonly shelfLifeHoursMax?: number
  /** No seller says which lot a sale is of. */
  readonly isUnchosen?: boolean
  /** After each day's events were stored. */
  readonly atNight?: (pileIds: readonly string[]) => Promise<unknown>
}

export async function storeWorld(
  { ctx, clock }: TestGateway,
  stall: TestStall,
  dice: Dice,
  { bags = 0, isWeighed = false, spanHours = 20, shelfLifeHoursMax, isUnchosen = false, atNight }: WorldOptions = {},
): Promise<StoredWorld> {
  const world = randomWorld(dice, ctx.random.uuid, clock.nowMs() - 60_000, undefined, spanHours)
  const soldAt = new Map(world.rows.map((row) => [outflowKey(row), row.effectiveAt]))
  const rows = world.rows.map((row) => {
    // Goods come back after they left: by the gateway's clock, which is hours off in nobody's books.
    const sold = row.source === "return" ? soldAt.get(`${row.upstreamRecordId}#${row.upstreamLine}`) : undefined
    const effectiveAt = sold && sold > row.effectiveAt ? sold : row.effectiveAt
    return {
      ...{
        ...row,
        ...(isWeighed && { gramsLow: row.gramsHigh }),
        ...(isUnchosen && row.source === "outflow" && { lotId: null }),
        effectiveAt,
        day: effectiveAt.toISOString().slice(0, 10),
      },
      ...{ siteId: stall.siteId, merchantId: stall.merchantId },
    }
  })
  const like = rows.findLast(({ source, pileId }) => source === "outflow" && pileId === world.stall)
  for (let index = 0; like && index < bags; index += 1) {
    const effectiveAt = new Date(clock.nowMs() - 3_600_000 + index * 7_000)
    const gramsHigh = dice.between(1, 50)
    const named = { recordId: randomHex(dice, 16), line: 0, lotId: null, gramsLow: gramsHigh, gramsHigh }
    rows.push({ ...like, ...named, effectiveAt, day: effectiveAt.toISOString().slice(0, 10) })
  }
  const createdAt = new Date(clock.nowMs())
  const place = { siteId: stall.siteId, merchantId: stall.merchantId, commodity: 1, lotId: null, createdAt }
  await ctx.db.insert(piles).values(world.piles.map((id) => ({ id, ...place, alias: randomHex(dice, 8) })))
  const harvests = rows.filter(({ source }) => source === "lot")
  await ctx.db.insert(lots).values(
    harvests.map(({ lotId, gramsHigh, effectiveAt, recordId }) => ({
      ...{ id: lotId ?? "", siteId: stall.siteId, merchantId: stall.merchantId, commodity: 1, grams: gramsHigh },
      ...{ harvestedAt: effectiveAt, declaredOrigin: "", regionCode: "130700", recordId, createdAt },
      ...(shelfLifeHoursMax !== undefined && {
        expiresAt: new Date(effectiveAt.getTime() + dice.between(1, shelfLifeHoursMax) * 3_600_000),
      }),
    })),
  )
  const days = atNight
    ? [...Map.groupBy(rows, ({ day }) => day)].sort(([a], [b]) => (a < b ? -1 : 1))
    : [["", rows] as const]
  for (const [, some] of days) {
    await ctx.db.transaction(async (tx) => {
      await noteEvents(tx, await tx.insert(pileEvents).values(some).onConflictDoNothing().returning())
    })
    await atNight?.(world.piles)
  }
  return { rows, pileIds: world.piles, lotIds: harvests.map(({ lotId }) => lotId ?? "") }
}
