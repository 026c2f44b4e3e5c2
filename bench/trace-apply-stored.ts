// trace.apply.stored: events of piles that the gateway stores a second, on a market with 100,000 trades: lines of sales in
// the order of time, in groups as uploads come, and then what every pile holds is known.
//
// Floor: a group takes the piles' rows, one insert and one update; three indexes of the events grow with it.
import { type AppliedSale, applySales } from "@suyuan/api/trace/apply-sales"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import type { Figure } from "./figure"
import { tradedMarket } from "./market/traded-market"
import { rounded } from "./measure/percentile"

const linesPerSale = 3
const salesPerGroup = 100
const pilesAtOnce = 100

export const traceApplyStored: Figure = {
  name: "trace.apply.stored",
  required: { atLeast: 3_000 },
  measure: async (run) => {
    const { line } = await tradedMarket(run)
    const { ctx } = line
    const piles = await ctx.sql`
      SELECT encode(p.id, 'hex') AS id, p.site_id, p.merchant_id, p.commodity FROM piles p JOIN sites s ON s.id = p.site_id
      WHERE s.kind = 'market' ORDER BY p.merchant_id, p.id`
    const stalls = [...Map.groupBy(piles, ({ merchant_id }) => String(merchant_id)).values()]
    const groups = Math.ceil(run.seconds(20) * 10)
    const saleOf = (index: number): AppliedSale => {
      const own = stalls[index % stalls.length]!
      const lines = own.slice(0, linesPerSale).map((pile, position) => ({
        ...{ line: position, commodity: Number(pile.commodity), lotId: null, pileId: String(pile.id) },
        ...{ gramsLow: 400, gramsHigh: 400 },
      }))
      const first = own[0]!
      return {
        ...{ recordId: Buffer.from(ctx.random.bytes(16)).toString("hex"), siteId: String(first.site_id) },
        ...{ merchantId: String(first.merchant_id), buyerMerchantId: null, buyerSiteId: null, lines },
        effectiveAt: new Date(ctx.clock.nowMs()),
      }
    }
    const beganMs = performance.now()
    let events = 0
    for (let group = 0; group < groups; group += 1) {
      const sales = Array.from({ length: salesPerGroup }, (_, index) => saleOf(group * salesPerGroup + index))
      await ctx.db.transaction((tx) => applySales(ctx, tx, sales))
      events += sales.length * linesPerSale
    }
    const ids = piles.map(({ id }) => String(id))
    for (let from = 0; from < ids.length; from += pilesAtOnce) {
      await readPileContents(ctx, ids.slice(from, from + pilesAtOnce))
    }
    const rate = (events * 1000) / (performance.now() - beganMs)
    return [{ name: "trace.apply.stored", value: rounded(rate, 0), unit: "events/s", n: events }]
  },
}
