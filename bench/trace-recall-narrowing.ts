// trace.recallNarrowing: consumers' sales in our recall scope ÷ those in the shelf-life window, over all lots of the
// simulated world, in the habit where it is worst. The window is the narrower of its two readings: every sale of a pile
// that the lot may have reached, until the lot's shelf life since its harvest is over. It misses none either.
//
// Floor: truth ÷ window, 0.13 – 0.15 by habit: only the sales that really held some. Beside it scope ÷ truth by
// habit and method.
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"
import { judgedWorld, oursIn } from "./trace/judged-world"

export const traceRecallNarrowing: Figure = {
  name: "trace.recallNarrowing",
  required: { atMost: 0.5 },
  measure: async (run) => {
    const reports = judgedWorld(run)
    const n = reports.reduce((sum, { lots }) => sum + lots, 0)
    const reading = (part: string, value: number, unit: string) => ({
      ...{ name: `trace.recallNarrowing${part}`, value: rounded(value, 3), unit, n },
    })
    return [
      reading("", Math.max(...reports.map((report) => oursIn(report).scopeToWindow)), "of the window"),
      ...reports.flatMap(({ habit, methods, window }) => [
        ...methods.map((one) => reading(`.toTruth.${habit}.${one.method}`, one.scopeToTruth, "× truth")),
        reading(`.toTruth.${habit}.window`, window.fromHarvest.scopeToTruth, "× truth"),
      ]),
    ]
  },
}
