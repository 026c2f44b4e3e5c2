/**
 * What can be said without weights: a lot may be in every sale that a pile made after the lot may first have reached it,
 * until the lot's shelf life is over. It misses nothing as long as nobody sells older goods; so it is the scope that a
 * recall had before. A sale whose lot the seller chose is of that lot alone. Two readings: the shelf life runs from the
 * harvest, or begins anew with each arrival.
 */
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import type { Lot } from "./journal"
import type { LotsOf } from "./judge-recalls"
import { saleKey } from "./range-books"

/** Lots that each outflow may hold, by pile and outflow key. */
export type Reached = ReadonlyMap<string, readonly string[]>

export function reachedFromHarvest(histories: readonly PileHistory[], lots: ReadonlyMap<string, Lot>): Reached {
  return reach(histories, (lotId) => lots.get(lotId)?.expiresAtMs ?? Number.POSITIVE_INFINITY)
}

export function reachedFromArrival(
  histories: readonly PileHistory[],
  shelfLifeMsOf: ReadonlyMap<string, number>,
): Reached {
  return reach(histories, (_, atMs, pileId) => atMs + shelfLifeMsOf.get(pileId)!)
}

type UntilMs = (lotId: string, arrivedAtMs: number, pileId: string) => number

function reach(histories: readonly PileHistory[], untilMs: UntilMs): Reached {
  const untilOf = new Map(histories.map(({ pileId }) => [pileId, new Map<string, number>()]))
  const reached = new Map<string, readonly string[]>()
  const events = histories.flatMap(({ pileId, events }) => events.map((event) => ({ pileId, event })))
  for (const { pileId, event } of events.sort((a, b) => a.event.effectiveAtMs - b.event.effectiveAtMs)) {
    const until = untilOf.get(pileId)!
    const atMs = event.effectiveAtMs
    if (event.kind === "out") {
      const here = [...until].filter(([, endMs]) => endMs >= atMs).map(([lotId]) => lotId)
      reached.set(`${pileId}/${outflowKey(event)}`, event.chosen === undefined ? here : [event.chosen])
    } else if (event.kind === "in" && event.returnOf === undefined) {
      const { upstream, sources = [] } = event
      const came = upstream
        ? (reached.get(`${upstream.pileId}/${outflowKey(upstream)}`) ?? [])
        : sources.map(({ sourceId }) => sourceId)
      for (const lotId of came) until.set(lotId, Math.max(until.get(lotId) ?? 0, untilMs(lotId, atMs, pileId)))
    }
  }
  return reached
}

export function windowOf(reached: Reached): LotsOf {
  return (bag) => reached.get(saleKey(bag)) ?? []
}
