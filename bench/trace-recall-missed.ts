// trace.recallMissed: each lot of the simulated world recalled once, in each habit: sales of all three levels that truly
// held some of it and are not in the recall's scope.
//
// Floor: 0. Beside it what the other methods miss in the same world.
import type { Figure } from "./figure"
import { METHODS } from "./trace/guess-origins"
import { judgedWorld, oursIn } from "./trace/judged-world"

export const traceRecallMissed: Figure = {
  name: "trace.recallMissed",
  required: { atMost: 0 },
  measure: async (run) => {
    const reports = judgedWorld(run)
    const n = reports.reduce((sum, report) => sum + oursIn(report).affectedSales, 0)
    const missed = METHODS.map((method) => {
      const of = reports.map(({ methods }) => methods.find((one) => one.method === method)!.missedSales)
      return { name: `trace.recallMissed.${method}`, value: of.reduce((sum, one) => sum + one, 0), unit: "sales", n }
    })
    const ours = reports.reduce((sum, report) => sum + oursIn(report).missedSales, 0)
    return [{ name: "trace.recallMissed", value: ours, unit: "sales", n }, ...missed]
  },
}
