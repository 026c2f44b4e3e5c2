// trace.certain: of the bags that consumers of the simulated world buy, the part of which something finer than "unknown" is
// certain: at least some of it is from one lot, one base, one county, one province, or was tested. The least of all habits.
//
// No floor: it depends on how often piles are empty (docs/trace.md). With one lot in each pile it is 1, and where many lots
// are mixed for ever it is 0, whoever computes it. It is reported; what must be reached is only that it says something.
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"
import { judgedWorld } from "./trace/judged-world"
import { GROUPINGS } from "./trace/range-books"

export const traceCertain: Figure = {
  name: "trace.certain",
  required: { atLeast: 0.5 },
  measure: async (run) => {
    const reports = judgedWorld(run)
    const n = reports.reduce((sum, { certain }) => sum + certain.bags, 0)
    const reading = (part: string, value: number) => ({
      ...{ name: `trace.certain${part}`, value: rounded(value, 3), unit: "of bags", n },
    })
    return [
      reading("", Math.min(...reports.map(({ certain }) => certain.anything))),
      ...GROUPINGS.flatMap((grouping) => [
        reading(`.partly.${grouping}`, Math.min(...reports.map(({ certain }) => certain.partly[grouping]))),
        reading(`.wholly.${grouping}`, Math.min(...reports.map(({ certain }) => certain.wholly[grouping]))),
      ]),
    ]
  },
}
