import type { pileEvents } from "@suyuan/drizzle/schema/trace"
import type { Dice } from "../../protocol/trace/dice"

export type Row = typeof pileEvents.$inferInsert

export const randomHex = (dice: Dice, bytes: number) =>
  Array.from({ length: bytes }, () => dice.between(0, 255).toString(16).padStart(2, "0")).join("")

/**
 * A few piles on three levels; many events lie so near each other that their clocks leave the order open.
 * @param span from the first event to the last, in hours; beyond a day, records are named by the days that they are of.
 */
export function randomWorld(dice: Dice, uuid: () => string, nowMs: number, counting = 0.6, span = 20) {
  const site = uuid()
  const [bases, wholesalers, stalls] = [2, 2, 1].map((count) =>
    Array.from({ length: count }, () => randomHex(dice, 16)),
  )
  const rows: Row[] = []
  const bought = new Set<Row>()
  const dayMs = span * 3_600_000
  const someTime = (fromMs: number) => {
    const near = rows.length > 0 && dice.happens(0.4)
    const timeMs = near
      ? dice.one(rows).effectiveAt.getTime() + dice.one([-4000, -2000, -1999, -1, 0, 1, 2000, 3999, 4000])
      : dice.between(fromMs, nowMs)
    return new Date(Math.max(fromMs, Math.min(timeMs, nowMs)))
  }
  const add = (pileId: string, effectiveAt: Date, more: Partial<Row> & Pick<Row, "source" | "direction">) => {
    const gramsHigh = dice.between(1, 9000)
    const gramsLow = dice.happens(0.2) ? dice.between(0, gramsHigh) : gramsHigh
    const recordId = randomHex(dice, 16)
    const ofDay = Math.floor(effectiveAt.getTime() / 86_400_000)
    const named = {
      recordId: span > 24 ? ofDay.toString(16).padStart(4, "0") + recordId.slice(4) : recordId,
      line: dice.between(0, 2),
      siteId: site,
      merchantId: site,
      commodity: 1,
    }
    const day = effectiveAt.toISOString().slice(0, 10)
    const row: Row = { pileId, day, effectiveAt, ...named, gramsLow, gramsHigh, ...more }
    rows.push(row)
    return row
  }
  const outflowsOf = (pileId: string) => rows.filter((row) => row.pileId === pileId && row.source === "outflow")
  const upstream = (row: Row) => {
    return { upstreamPileId: row.pileId, upstreamRecordId: row.recordId, upstreamLine: row.line }
  }
  const sellAndErr = (pileId: string, count: number) => {
    for (let i = 0; i < count; i += 1) {
      const lotId = dice.happens(0.1) ? (dice.one(rows.filter((row) => row.source === "lot"))?.lotId ?? null) : null
      add(pileId, someTime(nowMs - dayMs), { source: "outflow", direction: 1, lotId })
    }
    for (const row of outflowsOf(pileId)) {
      if (dice.happens(0.06)) {
        add(pileId, row.effectiveAt, { source: "void", direction: 0, gramsHigh: row.gramsHigh, ...upstream(row) })
      }
      if (dice.happens(0.06)) {
        const grams = dice.between(1, row.gramsHigh)
        add(pileId, someTime(nowMs - dayMs), {
          ...{ source: "return", direction: 0, gramsLow: grams, gramsHigh: grams, ...upstream(row) },
        })
      }
    }
  }
  const buy = (pileId: string, sellers: readonly string[], count: number) => {
    for (let i = 0; i < count; i += 1) {
      // A line of a sale has one buyer.
      const row = dice.one(sellers.flatMap(outflowsOf).filter((one) => !bought.has(one)))
      bought.add(row)
      const [gramsLow, gramsHigh] = [row.gramsLow, row.gramsHigh]
      const at = new Date(Math.min(nowMs, row.effectiveAt.getTime() + dice.one([0, 0, 1500, 600_000])))
      add(pileId, at, {
        source: "purchase",
        direction: 0,
        gramsLow,
        gramsHigh,
        ...upstream(row),
        leftAt: row.effectiveAt,
      })
    }
  }
  const count = (pileId: string) => {
    if (!dice.happens(counting)) return
    const grams = dice.happens(0.5) ? 0 : dice.between(0, 12_000)
    add(pileId, someTime(nowMs - dayMs), {
      ...{ source: "count", direction: 2, line: 0, gramsLow: grams, gramsHigh: grams },
    })
  }
  for (const pileId of bases ?? []) {
    for (let i = 0; i < 4; i += 1) {
      const lotId = uuid()
      const row = add(pileId, someTime(nowMs - dayMs), { source: "lot", direction: 0, lotId })
      row.gramsLow = row.gramsHigh
    }
    sellAndErr(pileId, 14)
  }
  for (const pileId of wholesalers ?? []) {
    buy(pileId, bases ?? [], 4)
    add(pileId, someTime(nowMs - dayMs), { source: "unknown", direction: 0 })
    sellAndErr(pileId, 16)
  }
  for (const pileId of stalls ?? []) {
    buy(pileId, [...(wholesalers ?? []), ...(bases ?? [])], 5)
    sellAndErr(pileId, 25)
  }
  // Goods may go back up: the stall's sale is bought by a wholesaler.
  if (dice.happens(0.3)) buy(wholesalers?.[0] ?? "", stalls ?? [], 1)
  for (const pileId of [...(bases ?? []), ...(wholesalers ?? []), ...(stalls ?? [])]) {
    count(pileId)
    count(pileId)
  }
  return { rows, piles: [...(bases ?? []), ...(wholesalers ?? []), ...(stalls ?? [])], stall: stalls?.[0] ?? "" }
}
