// What the gateway would have found out about the piles of a day when the day was over: by its own functions, on rows that
// are in memory anyway.
import type { Remembered } from "@suyuan/api/trace/bought-origins"
import { upstreamKey } from "@suyuan/api/trace/bought-origins"
import { followPurchases } from "@suyuan/api/trace/follow-purchases"
import { openingOf, type PileDay } from "@suyuan/api/trace/pile-days"
import { pileEventOf } from "@suyuan/api/trace/read-histories"
import type { PileRow } from "@suyuan/api/trace/read-pile-rows"
import { resolve } from "@suyuan/api/trace/resolve"
import type { Suppliers } from "@suyuan/api/trace/suppliers"
import { pileDayOf } from "@suyuan/api/trace/walk-pile"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"

/** Of every lot: what there is of it at all, and when it is over. */
export type LotLimits = {
  readonly lotGrams: ReadonlyMap<string, number>
  readonly expiresAtMs: ReadonlyMap<string, number>
}

export type PileOfDay = {
  readonly pileId: string
  /** Its events of the day; outflows that nobody bought as one of their sum. */
  readonly rows: readonly PileRow[]
  /** As it was before. */
  readonly start: PileDay | undefined
  /** Of its outflows those that a merchant bought, as the rows that name them. */
  readonly soldOn: readonly PileRow[]
}

/** How the pile stands at the end, and in `bought` what each line held that was sold on. */
export function walkDay(
  { pileId, rows, start, soldOn }: PileOfDay,
  bought: Map<string, Remembered>,
  limits: LotLimits,
  untilMs: number,
): PileDay | undefined {
  const named = new Set(soldOn.map(upstreamKey))
  const isNamed = (_pileId: string, key: string) => named.has(key)
  const known = new Map(
    rows.flatMap((row) => {
      const one = row.source === "purchase" ? bought.get(upstreamKey(row)) : undefined
      return one ? [[upstreamKey(row), one] as const] : []
    }),
  )
  const events = rows.map((row) => pileEventOf(row, known))
  const histories = [{ pileId, events: start ? [openingOf(start), ...events] : events }]
  const resolved = resolve(histories, { ...limits, keep: isNamed })
  const pile = resolved?.piles.get(pileId)
  if (!resolved?.isTolerant || !pile) throw new Error("a pile was not well founded")
  const all = {
    ...{ histories, rows, levels: 1, bought: known, isNamed },
    starts: new Map(start ? [[pileId, start]] : []),
    revisions: new Map([[pileId, { revision: 0, revised: [] }]]),
  }
  const followed = followPurchases(all, resolved)
  for (const row of soldOn) followed.originsOf(row)
  for (const { recordId, line, bought: one } of followed.learned()) {
    bought.set(outflowKey({ recordId, line: line ?? 0 }), one)
  }
  return pileDayOf(all, resolved, pileId, untilMs, limits.expiresAtMs, followed) ?? start
}

/** Fields of COPY's text format: `suppliers`, `supplier_until`, `supplier_revisions`. */
export function suppliersFields(suppliers: Suppliers): string {
  const all = [...suppliers]
  const ids = all.map(([id]) => `"\\\\\\\\x${id}"`)
  const untils = all.map(([, { untilMs }]) => `"${new Date(untilMs).toISOString()}"`)
  const revisions = all.map(([, one]) => one.revisions)
  return `{${ids.join(",")}}\t{${untils.join(",")}}\t{${revisions.join(",")}}`
}

/** A JSON field of COPY's text format. */
export function jsonField(value: unknown): string {
  return JSON.stringify(value).replaceAll("\\", "\\\\")
}
