// trace.late1000: a thousand sales that come a day late, at the six hundred piles of a market with 100,000 trades, until what
// each pile holds is known again: stored in groups as uploads are, what was remembered since is void, and each pile is
// walked.
//
// Floor: a group's transaction and a walk a pile; a walk begins at the newest day before the late sale. Goods that come
// late, a void or a return may change all since the stock-take before: then it begins there, and takes twice as long here.

import { utcDay } from "@suyuan/api/day"
import { noteEvents } from "@suyuan/api/trace/note-events"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import type { Figure } from "./figure"
import { tradedMarket } from "./market/traded-market"
import { rounded } from "./measure/percentile"

const records = 1_000
const groupSize = 100
const lateMs = 86_400_000

export const traceLate: Figure = {
  name: "trace.late1000",
  required: { atMost: 2 },
  measure: async (run) => {
    const { line } = await tradedMarket(run)
    const { ctx } = line
    const piles = await ctx.sql`
      SELECT encode(p.id, 'hex') AS id, p.site_id, p.merchant_id, p.commodity FROM piles p JOIN sites s ON s.id = p.site_id
      WHERE s.kind = 'market' ORDER BY md5(p.id)`
    const rows = Array.from({ length: records }, (_, index) => {
      const pile = piles[index % piles.length]!
      const effectiveAt = new Date(ctx.clock.nowMs() - lateMs - index * 1000)
      return {
        ...{ pileId: String(pile.id), siteId: String(pile.site_id), merchantId: String(pile.merchant_id) },
        ...{ commodity: Number(pile.commodity), day: utcDay(effectiveAt), effectiveAt, direction: 1, line: 0 },
        ...{ recordId: Buffer.from(ctx.random.bytes(16)).toString("hex"), gramsLow: 500, gramsHigh: 500 },
        source: "outflow" as const,
      }
    })
    const beganMs = performance.now()
    for (let from = 0; from < rows.length; from += groupSize) {
      const group = rows.slice(from, from + groupSize)
      await ctx.db.transaction(async (tx) => {
        await noteEvents(tx, group)
        await tx.insert(pileEvents).values(group)
      })
    }
    const storedMs = performance.now()
    const changed = [...new Set(rows.map(({ pileId }) => pileId))]
    for (let from = 0; from < changed.length; from += groupSize) {
      await readPileContents(ctx, changed.slice(from, from + groupSize))
    }
    const seconds = (ms: number) => rounded(ms / 1000)
    const doneMs = performance.now()
    return [
      { name: "trace.late1000", value: seconds(doneMs - beganMs), unit: "s", n: records },
      { name: "trace.late1000.stored", value: seconds(storedMs - beganMs), unit: "s", n: records },
      { name: "trace.late1000.piles", value: changed.length, unit: "piles", n: records },
    ]
  },
}
