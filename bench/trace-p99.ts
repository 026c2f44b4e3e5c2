// trace.p99.100k: time of `GET /traces/purchases/{id}` over HTTP, where 100,000 trades of five days are stored, each trace
// of another purchase of three lines: back through its stall and the wholesale market to the bases, with lots, tests and
// names. Open loop, 20 a second: a person reads a trace once, so there are far fewer than scans.
//
// Floor: three round trips, and the events of the asked piles since the newest day before that is remembered: a stall's
// pile has 100 sales a day. What is remembered of carts is read beside them.
import type { Figure } from "./figure"
import { getAtRate } from "./load/get-at-rate"
import { tradedMarket } from "./market/traded-market"
import { machinePauses } from "./measure/machine-pauses"
import { percentile, rounded } from "./measure/percentile"

const perSecond = 20
/** Each of the gateway's connections meets every partition, and plans every statement, for the first time once. */
const warmingSeconds = 60

export const traceP99: Figure = {
  name: "trace.p99.100k",
  required: { atMost: 20 },
  measure: async (run) => {
    const { line, region, trades } = await tradedMarket(run)
    const { ctx, directory, gatewayUrl, operatorToken } = line
    const warming = perSecond * (run.quick ? 1 : warmingSeconds)
    const count = warming + perSecond * run.seconds(60)
    const stalls = region.stalls.map(({ merchantId }) => merchantId)
    const purchases = await ctx.sql`
      SELECT encode(record_id, 'hex') AS id FROM sales WHERE merchant_id IN ${ctx.sql(stalls)} ORDER BY md5(record_id) LIMIT ${count}`
    const urls = purchases.map(({ id }) => `${gatewayUrl}/traces/purchases/${id}`)
    const headers = { accept: "application/json", authorization: `Bearer ${operatorToken}` }
    const latencies = await getAtRate({ urls, headers, perSecond, warming }, directory)
    const reading = (part: string, value: number, unit: string) => ({
      name: `trace.${part}`,
      value: rounded(value),
      unit,
      n: latencies.length,
    })
    return [
      reading("p99.100k", percentile(latencies, 0.99), "ms"),
      reading("p50.100k", percentile(latencies, 0.5), "ms"),
      reading("stored", trades, "trades"),
      await machinePauses(),
    ]
  },
}
