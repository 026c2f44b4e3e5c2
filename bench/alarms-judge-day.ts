// alarms.judge-day: time to judge a business day of a market of a hundred stalls by all that can be wrong with it (goods of
// unknown origin, sales above anything bought, impossible speed, own wallets, round amounts), where 100,000 trades of five
// days are stored: the job does so every few minutes for each site, and for the three days before.
//
// Floor: the day's mass balance (see balance.market-day) and one statement a kind; the sales are read once for the amounts
// and once for the wallets that paid.
import { judgeDay } from "@suyuan/api/alarms/judge-days"
import type { Figure } from "./figure"
import { tradedDays } from "./market/traded-days"
import { tradedMarket } from "./market/traded-market"
import { percentile, rounded } from "./measure/percentile"

const rounds = 10

export const alarmsJudgeDay: Figure = {
  name: "alarms.judge-day",
  required: { atMost: 1000 },
  measure: async (run) => {
    const { line } = await tradedMarket(run)
    const days = await tradedDays(line.ctx)
    // The first look raises what there is; later ones find the same.
    let raised = 0
    for (const day of days) raised += await judgeDay(line.ctx, day)
    const took: number[] = []
    for (let round = 0; round < (run.quick ? 1 : rounds); round += 1) {
      for (const day of days) {
        const beganMs = performance.now()
        await judgeDay(line.ctx, day)
        took.push(performance.now() - beganMs)
      }
    }
    const n = took.length
    return [
      { name: "alarms.judge-day", value: rounded(percentile(took, 0.99)), unit: "ms", n },
      { name: "alarms.judge-day.p50", value: rounded(percentile(took, 0.5)), unit: "ms", n },
      { name: "alarms.judge-day.raised", value: raised, unit: "alarms", n: days.length },
    ]
  },
}
