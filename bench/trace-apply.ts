// trace.apply: events of one stall's month that the pure engine applies a second on one core: from the set of its piles'
// events, in any order, to the range of every sale. Purchases carry the range of their sale upstream, as in the gateway.
//
// Floor: sorting and two numbers for each of about four live sources a step; distinct events, keys and the ranges
// themselves (an object a source) are most of it. Beside it the whole simulated world, where purchases are followed
// through three levels.
import { resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { runPile } from "@suyuan/protocol/trace/pile"
import { outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { partOfOutflow } from "@suyuan/protocol/trace/source-grams"
import { openDice } from "../scripts/demo/dice"
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"
import { perSecond } from "./measure/repeat"
import { keepBooks } from "./trace/keep-books"
import { playWorld } from "./trace/play-world"
import { RangedBooks } from "./trace/range-books"
import { committedWorld } from "./trace/world"

const MONTH_DAYS = 30
const STALL = "stall-1/"

function playMonth() {
  const dice = openDice(1)
  const world = { ...committedWorld, days: MONTH_DAYS }
  const played = playWorld(world, "mixed", 1)
  const histories = keepBooks(played, "complete", world, dice)
  const books = new RangedBooks(histories, played.lots)
  const piles = histories.flatMap(({ pileId, events }) => {
    if (!pileId.startsWith(STALL)) return []
    return [dice.several(events, events.length).map((event) => carried(event, books))]
  })
  return { histories, piles }
}

function carried(event: PileEvent, books: RangedBooks): PileEvent {
  if (event.kind !== "in" || event.upstream === undefined) return event
  const { upstream, ...inflow } = event
  const sale = books.rangeOf("lot", { pileId: upstream.pileId, key: outflowKey(upstream) })!
  return { ...inflow, carried: partOfOutflow(sale, event.grams) }
}

export const traceApply: Figure = {
  name: "trace.apply",
  required: { atLeast: 300_000 },
  measure: async (run) => {
    const { histories, piles } = playMonth()
    const monthEvents = piles.reduce((sum, events) => sum + events.length, 0)
    const worldEvents = histories.reduce((sum, { events }) => sum + events.length, 0)
    const months = perSecond(run.seconds(10), () => {
      for (const events of piles) runPile(events)
    })
    const worlds = perSecond(run.seconds(10), () => {
      if (!resolveOrigins(histories).ok) throw new Error("goods of the simulation are part of their own origin")
    })
    const reading = (part: string, { perSecond: rate, n }: typeof months, events: number) => ({
      ...{ name: `trace.apply${part}`, value: rounded(rate * events, 0), unit: "events/s", n: n * events },
    })
    return [reading("", months, monthEvents), reading(".threeLevels", worlds, worldEvents)]
  },
}
