// balance.market-day: time of `GET /balance/sites/{id}/{day}` over HTTP: what came in and left a market of a hundred stalls
// on a business day, by stall and commodity, where 100,000 trades of five days are stored. One after another: an operator
// asks once. Beside it one stall's own day.
//
// Floor: two statements. The second walks every event of the market's piles since their books were last taken up, some
// twenty thousand a day, in the database: the sums alone come out.
import type { Figure } from "./figure"
import { tradedDays } from "./market/traded-days"
import { tradedMarket } from "./market/traded-market"
import { percentile, rounded } from "./measure/percentile"

const asked = 60
const warming = 6

type Balance = { readonly lines: readonly unknown[] }

export const balanceMarketDay: Figure = {
  name: "balance.market-day",
  required: { atMost: 500 },
  measure: async (run) => {
    const { line, region } = await tradedMarket(run)
    const days = await tradedDays(line.ctx)
    const headers = { authorization: `Bearer ${line.operatorToken}` }
    const count = run.quick ? asked / 10 : asked

    async function latenciesOf(pathOf: (index: number) => string) {
      const latencies: number[] = []
      let lines = 0
      for (let index = 0; index < count + warming; index += 1) {
        const beganMs = performance.now()
        const response = await fetch(`${line.gatewayUrl}${pathOf(index)}`, { headers })
        const text = await response.text()
        if (index >= warming) latencies.push(performance.now() - beganMs)
        if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300)}`)
        lines = (JSON.parse(text) as Balance).lines.length
      }
      return { latencies, lines }
    }

    const market = await latenciesOf((index) => {
      const { siteId, day } = days[index % days.length]!
      return `/balance/sites/${siteId}/${day}`
    })
    const stall = await latenciesOf((index) => {
      const { merchantId } = region.stalls[index % region.stalls.length]!
      return `/balance/merchants/${merchantId}/${days[index % days.length]!.day}`
    })
    const n = market.latencies.length
    return [
      { name: "balance.market-day", value: rounded(percentile(market.latencies, 0.99)), unit: "ms", n },
      { name: "balance.market-day.p50", value: rounded(percentile(market.latencies, 0.5)), unit: "ms", n },
      { name: "balance.market-day.lines", value: market.lines, unit: "lines", n },
      { name: "balance.stall-day.p99", value: rounded(percentile(stall.latencies, 0.99)), unit: "ms", n },
    ]
  },
}
