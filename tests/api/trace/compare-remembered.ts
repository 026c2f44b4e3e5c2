// Random worlds whose events come late and out of order: what is remembered of each pile, or of what it bought, beside the
// walk through all its events.
import { expect } from "bun:test"
import { keepBoughtOrigins } from "@suyuan/api/trace/bought-origins"
import { expectedOf } from "@suyuan/api/trace/expected-origins"
import { followPurchases } from "@suyuan/api/trace/follow-purchases"
import { noteEvents } from "@suyuan/api/trace/note-events"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { readPileStates } from "@suyuan/api/trace/pile-days"
import { pileEventOf, readHistories } from "@suyuan/api/trace/read-histories"
import { openOrderMs, resolve } from "@suyuan/api/trace/resolve"
import { pileDayOf } from "@suyuan/api/trace/walk-pile"
import { lots, pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { inArray } from "drizzle-orm"
import { Dice } from "../../protocol/trace/dice"
import type { TestGateway } from "../../support/context"
import { makeStall } from "../../support/stall"
import { skipToAfternoon } from "../../support/trading"
import { type Row, randomHex, randomWorld } from "./random-world"

async function store(gateway: TestGateway, rows: readonly Row[]): Promise<void> {
  await gateway.ctx.db.transaction(async (tx) => {
    await noteEvents(
      tx,
      await tx
        .insert(pileEvents)
        .values([...rows])
        .onConflictDoNothing()
        .returning(),
    )
  })
}

async function openPiles(gateway: TestGateway, pileIds: readonly string[], dice: Dice): Promise<void> {
  const [siteId, createdAt] = [gateway.ctx.random.uuid(), new Date(gateway.clock.nowMs())]
  const place = { siteId, merchantId: siteId, commodity: 1, lotId: null, createdAt }
  await gateway.ctx.db.insert(piles).values(pileIds.map((id) => ({ id, ...place, alias: randomHex(dice, 8) })))
}

/** Most of a world's lots are over before its day is. */
async function shelve(gateway: TestGateway, rows: readonly Row[], dice: Dice, span: number) {
  const { siteId, merchantId } = await makeStall(gateway.ctx, "base")
  const shelved = rows.flatMap(({ lotId, source, effectiveAt }) => {
    if (!lotId || source !== "lot" || dice.happens(0.2)) return []
    const expiresAt = new Date(effectiveAt.getTime() + dice.between(0, 0.75 * span * 3_600_000))
    const said = { commodity: 1, declaredOrigin: "", regionCode: "110106", recordId: "00".repeat(16) }
    const at = { harvestedAt: effectiveAt, expiresAt, createdAt: effectiveAt }
    return [{ id: lotId, siteId, merchantId, grams: 1_000_000, ...said, ...at }]
  })
  if (shelved.length > 0) await gateway.ctx.db.insert(lots).values(shelved)
  return {
    lotGrams: new Map(shelved.map(({ id, grams }) => [id, grams])),
    expiresAtMs: new Map(shelved.map(({ id, expiresAt }) => [id, expiresAt.getTime()])),
  }
}

type Limits = Awaited<ReturnType<typeof shelve>>

async function walkWhole(gateway: TestGateway, pileIds: readonly string[], limits: Limits, nowMs: number) {
  const rows = await gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(inArray(pileEvents.pileId, [...pileIds]))
  const histories = pileIds.map((pileId) => {
    return { pileId, events: rows.filter((row) => row.pileId === pileId).map((row) => pileEventOf(row)) }
  })
  const resolved = resolve(histories, { ...limits, nowMs })
  const expected = expectedOf({ histories, isNamed: () => true }, resolved)
  return { rows, resolved, expected, unlimited: resolve(histories, {}) }
}

/** Mostly in order of time, some late, in groups as they come. */
function arrivals(rows: readonly Row[], dice: Dice, span: number): Row[][] {
  const lateMs = span * 360_000
  const due = rows.map((row) => ({ row, atMs: row.effectiveAt.getTime() + (dice.happens(0.1) ? lateMs : 0) }))
  due.sort((a, b) => a.atMs - b.atMs)
  const groups: Row[][] = []
  const stored = new Set<string>()
  const waits = ({ upstreamRecordId, upstreamLine }: Row) =>
    upstreamRecordId && !stored.has(outflowKey({ recordId: upstreamRecordId, line: upstreamLine ?? 0 }))
  // What names an outflow comes after it.
  for (let left = due.map(({ row }) => row); left.length > 0; ) {
    const next = left.findIndex((row) => !waits(row))
    const [row] = left.splice(next, 1)
    if (!row) throw new Error("rows wait for one another")
    if (row.source === "outflow") stored.add(outflowKey(row))
    if (groups.length === 0 || dice.happens(0.35)) groups.push([])
    groups.at(-1)?.push(row)
  }
  return groups
}

/**
 * Compares after groups of events as they come; says how often there was something to compare.
 * @param span of a world, in hours. What is expected is compared too, unless piles are sold out in worlds of weeks: what
 * their sellers chose long before is forgotten then.
 */
export async function compareRemembered(
  gateway: TestGateway,
  seeds: readonly number[],
  { span = 20, counting = 0.6 } = {},
) {
  const isTaught = counting === 0 || span <= 14 * 24
  // The same worlds at any time of the day: states are remembered by day.
  skipToAfternoon(gateway)
  const nowMs = gateway.clock.nowMs()
  let [resumed, compared, narrowed, guessed, taught] = [0, 0, 0, 0, 0]
  for (const seed of seeds) {
    const dice = new Dice(seed)
    const world = randomWorld(dice, gateway.ctx.random.uuid, nowMs, counting, span)
    await openPiles(gateway, world.piles, dice)
    const limits = await shelve(gateway, seed % 3 === 0 ? [] : world.rows, dice, span)
    for (const group of arrivals(world.rows, dice, span)) {
      await store(gateway, group)
      if (dice.happens(0.5)) continue
      resumed += (await readPileStates(gateway.ctx.db, world.piles, nowMs)).states.length
      const { contents } = await readPileContents(gateway.ctx, world.piles)
      const { rows, resolved, unlimited, ...whole } = await walkWhole(gateway, world.piles, limits, nowMs)
      if (!resolved?.isTolerant) continue
      for (const { pileId, live, stockGrams } of contents) {
        const expected = resolved.piles.get(pileId)
        expect({ seed, pileId, live, stockGrams }).toEqual({
          ...{ seed, pileId, live: [...(expected?.live ?? [])] },
          stockGrams: expected?.stockGrams ?? 0,
        })
        compared += 1
        narrowed += live.length < (unlimited?.piles.get(pileId)?.live.length ?? 0) ? 1 : 0
      }
      await gateway.ctx.afterwards.settled()

      const asked = dice.one(rows.filter((row) => row.source === "outflow"))
      if (!asked) continue
      const until = new Date(asked.effectiveAt.getTime() + openOrderMs)
      const wanted = [{ pileId: asked.pileId, until, outflows: [outflowKey(asked)] }]
      const histories = await readHistories(gateway.ctx.db, wanted, nowMs)
      const origins = resolve(histories.histories, { ...limits, keep: histories.isNamed })
      const [found, expected] = [origins, resolved].map((one) => {
        return one?.piles.get(asked.pileId)?.outflows.get(outflowKey(asked))?.sources
      })
      expect({ seed, asked: outflowKey(asked), sources: found }).toEqual({
        ...{ seed, asked: outflowKey(asked) },
        sources: expected,
      })
      const range = resolved.piles.get(asked.pileId)?.outflows.get(outflowKey(asked))
      if (range && isTaught) {
        const [shares, others] = [expectedOf(histories, origins), whole.expected].map((one) => {
          return one.sharesOf(asked.pileId, outflowKey(asked), range)
        })
        expect({ seed, asked: outflowKey(asked), shares }).toEqual({ seed, asked: outflowKey(asked), shares: others })
        guessed += 1
      }
      await keepBoughtOrigins(gateway.ctx, followPurchases(histories, origins).learned())

      // Of every second world: the odd ones teach next to nothing.
      if (seed % 2 === 1 || !isTaught) continue
      const now = await readHistories(gateway.ctx.db, [{ pileId: asked.pileId, until: new Date(nowMs) }], nowMs)
      const rangedNow = resolve(now.histories, { ...limits, nowMs, keep: now.isNamed })
      const day = rangedNow && pileDayOf(now, rangedNow, asked.pileId, nowMs, limits.expiresAtMs)
      if (!day) continue
      const carried = whole.expected.carryOf(asked.pileId)
      expect({ seed, pile: asked.pileId, carried: day.expected }).toEqual({ seed, pile: asked.pileId, carried })
      taught += now.starts.has(asked.pileId) && (carried?.habit.observations ?? 0) > 0 ? 1 : 0
    }
  }
  return { resumed, compared, narrowed, guessed, taught }
}
