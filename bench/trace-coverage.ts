// trace.coverage: of all sales of the simulated world (three levels, every habit, more than 10,000 of stalls in each), the
// part whose true content lies inside [must, may] for every lot and for every base, county, province, and what was tested.
//
// Floor: 1 exactly. A range that is false once is worth nothing, so anything below is a bug. Beside it how wide the ranges
// are: 0 says everything, 1 nothing.
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"
import { judgedWorld } from "./trace/judged-world"
import { GROUPINGS } from "./trace/range-books"

export const traceCoverage: Figure = {
  name: "trace.coverage",
  required: { atLeast: 1 },
  measure: async (run) => {
    const reports = judgedWorld(run)
    const bags = reports.reduce((sum, { complete }) => sum + complete.bags, 0)
    const covered = reports.reduce((sum, { complete }) => sum + complete.covered, 0)
    const retail = reports.map(({ complete }) => complete.byLevel.stall.bags)
    const widths = GROUPINGS.map((grouping) => {
      const sum = reports.reduce((total, { complete }) => total + complete.meanWidth[grouping], 0)
      return {
        name: `trace.coverage.width.${grouping}`,
        value: rounded(sum / reports.length, 3),
        unit: "of a bag",
        n: bags,
      }
    })
    return [
      { name: "trace.coverage", value: covered / bags, unit: "of sales", n: bags },
      { name: "trace.coverage.leastBagsOfAHabit", value: Math.min(...retail), unit: "bags", n: reports.length },
      ...widths,
    ]
  },
}
