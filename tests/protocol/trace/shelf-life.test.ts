import { expect, test } from "bun:test"
import { resolveOrigins, resolveSet } from "@suyuan/protocol/trace/origin-range"
import { type PileOptions, runPile } from "@suyuan/protocol/trace/pile"
import { outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "./dice"
import { Market } from "./item-simulation"
import { FlowNetwork } from "./max-flow"
import { randomPile, randomShortPile, SOURCES } from "./random-pile"

/** Machines are shared; this only says when a test hangs. */
const HANGS_MS = 60_000

const at = (seconds: number, recordId: string) => ({ effectiveAtMs: seconds * 1000, recordId })
const pure = (sourceId: string, grams: number) => [{ sourceId, lowGrams: grams, highGrams: grams }]

test("[RG-23] a source is gone with its shelf life once the others can fill the book, and not before", () => {
  const events: PileEvent[] = [
    { kind: "in", ...at(1, "a"), grams: 20, sources: pure("old", 20) },
    { kind: "in", ...at(3, "b"), grams: 30, sources: pure("new", 30) },
    { kind: "out", ...at(4, "c"), grams: 8 },
    { kind: "out", ...at(5, "d"), grams: 12 },
    { kind: "out", ...at(6, "e"), grams: 10 },
  ]
  const { outflows, live, stockGrams, carry } = runPile(events, { expiresAtMs: new Map([["old", 2000]]) })
  const of = (recordId: string) => outflows.get(outflowKey({ recordId }))?.sources
  // The book has 50, and the new goods are 30 of it: 20 of the old must be there, or have been.
  expect(of("c")).toContainEqual({ sourceId: "old", mustGrams: 0, mayGrams: 8 })
  expect(of("d")).toContainEqual({ sourceId: "old", mustGrams: 0, mayGrams: 12 })
  // 20 have left, and nothing says any more that old ones are there.
  expect(of("e")).toEqual([{ sourceId: "new", mustGrams: 10, mayGrams: 10 }])
  // Of the 20 of the book as much as was old may be missing.
  expect({ live, stockGrams }).toEqual({ stockGrams: 20, live: [{ sourceId: "new", mustGrams: 0, mayGrams: 20 }] })
  expect(carry).toEqual({
    grams: 20,
    lowGrams: 20,
    sources: [
      { sourceId: "new", lowGrams: 20, highGrams: 20 },
      { sourceId: "old", lowGrams: 0, highGrams: 20 },
    ],
  })
})

test("[RG-25] what is over is where somebody chooses it", () => {
  const events: PileEvent[] = [
    { kind: "in", ...at(1, "a"), grams: 20, sources: pure("old", 20) },
    { kind: "in", ...at(2, "b"), grams: 30, sources: pure("new", 30) },
    { kind: "out", ...at(3, "c"), grams: 25 },
    { kind: "out", ...at(4, "d"), grams: 6 },
    { kind: "out", ...at(5, "e"), grams: 5, chosen: "old" },
  ]
  const { outflows } = runPile(events, { expiresAtMs: new Map([["old", 2500]]) })
  expect(outflows.get("d#0")?.sources).toEqual([{ sourceId: "new", mustGrams: 6, mayGrams: 6 }])
  expect(outflows.get("e#0")?.sources).toEqual([{ sourceId: "old", mustGrams: 5, mayGrams: 5 }])
})

test("[RG-23] what a pile holds is told as of now: a shelf life that ended since its last event counts", () => {
  const events: PileEvent[] = [
    { kind: "in", ...at(1, "a"), grams: 5, sources: pure("old", 5) },
    { kind: "in", ...at(2, "b"), grams: 5, sources: pure("new", 5) },
    { kind: "out", ...at(3, "c"), grams: 5 },
  ]
  const expiresAtMs = new Map([["old", 60_000]])
  const idsAt = (nowMs?: number) =>
    runPile(events, { expiresAtMs, ...(nowMs && { nowMs }) }).live.map((s) => s.sourceId)
  expect(idsAt()).toEqual(["new", "old"])
  expect(idsAt(59_999)).toEqual(["new", "old"])
  expect(idsAt(60_000)).toEqual(["new"])
})

function violationsIn(market: Market): { bags: number; violations: number; liveBags: number } {
  const options = { lotGrams: market.lotGrams, expiresAtMs: market.expiresAtMs, nowMs: market.nowMs }
  const origins = resolveOrigins(market.histories, options)
  if (!origins.ok) throw new Error("an honest market is well founded")
  const tally = { bags: 0, violations: 0, liveBags: 0 }
  const check = (
    sources: readonly { sourceId: string; mustGrams: number; mayGrams: number }[],
    truth: ReadonlyMap<string, number>,
  ) => {
    const mayOf = new Map(sources.map(({ sourceId, mayGrams }) => [sourceId, mayGrams]))
    tally.violations += [...truth].filter(([source, grams]) => grams > (mayOf.get(source) ?? 0)).length
    tally.violations += sources.filter(({ sourceId, mustGrams }) => mustGrams > (truth.get(sourceId) ?? 0)).length
    tally.liveBags += sources.length
  }
  for (const { pileId, key, gramsOf } of market.bags) {
    check(origins.value.piles.get(pileId)!.outflows.get(key)!.sources, gramsOf)
    tally.bags += 1
  }
  for (const { pileId, gramsOf } of market.stocks) {
    check(
      origins.value.piles.get(pileId)!.live.map((range) => ({ ...range, mustGrams: 0 })),
      gramsOf,
    )
  }
  const isOdd = (sourceId: string) => sourceId.charCodeAt(sourceId.length - 1) % 2 === 1
  const sets = resolveSet(market.histories, isOdd, options)
  if (!sets.ok) throw new Error("a set of sources is resolved where its sources are")
  for (const { pileId, key, gramsOf } of market.bags) {
    const { mustGrams, mayGrams } = sets.value.get(pileId)!.get(key)!
    const grams = [...gramsOf].reduce((sum, [source, own]) => sum + (isOdd(source) ? own : 0), 0)
    if (grams < mustGrams || grams > mayGrams) tally.violations += 1
  }
  return tally
}

test(
  "[RG-23] where goods are thrown away unrecorded with their shelf life, no bag of any level contradicts its ranges",
  () => {
    let [bags, assumed, unassumed] = [0, 0, 0]
    for (const books of [{}, { silentLosses: true }, { boxes: true }, { chosenLots: true }]) {
      const dice = new Dice(23)
      for (let i = 0; i < 40; i += 1) {
        const market = new Market(dice, { ...books, shelfLifeMs: 70_000 })
        market.play(4)
        const told = violationsIn(market)
        expect(told.violations).toBe(0)
        bags += told.bags
        assumed += told.liveBags
        market.expiresAtMs.clear()
        unassumed += violationsIn(market).liveBags
      }
    }
    expect(bags).toBeGreaterThan(6000)
    // What the assumption is for: fewer sources that may be in a bag.
    expect(assumed).toBeLessThan(0.9 * unassumed)
  },
  HANGS_MS,
)

/**
 * One source's goods until its shelf life ends: whatever is left of them then leaves, as far as the others can still fill
 * every later outflow. The oracle knows what is sold later, so its ranges lie within ours.
 */
function oracle(events: readonly PileEvent[], isAsked: (sourceId: string) => boolean, overMs: number, key: string) {
  const network = new FlowNetwork()
  const [source, sink] = [network.node(), network.node()]
  let [state, stockGrams, asked] = [network.node(), 0, -1]
  const [before, after] = [
    events.filter((e) => e.effectiveAtMs < overMs),
    events.filter((e) => e.effectiveAtMs >= overMs),
  ]
  for (const event of before) {
    const from = state
    state = network.node()
    if (event.kind === "void" || event.kind === "count") throw new Error("not asked of this oracle")
    const { grams } = event
    network.edge(from, state, 0, event.kind === "in" ? stockGrams : stockGrams - grams)
    stockGrams += event.kind === "in" ? grams : -grams
    if (event.kind === "in") {
      const own = (event.sources ?? [])
        .filter(({ sourceId }) => isAsked(sourceId))
        .reduce((sum, s) => sum + s.lowGrams, 0)
      const isUnknownAsked = event.sources === undefined && isAsked("unknown")
      const grown = isUnknownAsked ? grams : own
      network.edge(source, state, grown, grown)
    } else {
      const edge = network.edge(from, sink, 0, grams)
      if (outflowKey(event) === key) asked = edge
    }
  }
  let [book, neededGrams] = [0, 0]
  for (const event of after) {
    if (event.kind === "in") book += event.grams
    else if (event.kind === "out") book -= event.grams
    neededGrams = Math.max(neededGrams, -book)
  }
  return { network, source, sink, state, stockGrams, neededGrams, asked }
}

test(
  "[RG-23] the oracle's range of what is over always lies within ours, and mostly nothing is left of it",
  () => {
    const dice = new Dice(2323)
    let [compared, later, gone] = [0, 0, 0]
    for (let pile = 0; pile < 600; pile += 1) {
      const { events } = randomPile(dice)
      if (events.some(({ kind }) => kind === "count")) continue
      const over = dice.one(SOURCES.filter((one) => one !== "unknown"))
      const overMs = dice.between(1, events.length) * 1000
      const isOver = (sourceId: string) => sourceId === over
      // Nothing of it comes in later.
      const isLate = (e: PileEvent) =>
        e.kind === "in" && e.effectiveAtMs >= overMs && e.sources?.some((s) => isOver(s.sourceId))
      if (events.some(isLate)) continue
      const { outflows } = runPile(events, { expiresAtMs: new Map([[over, overMs]]) })
      for (const event of events) {
        if (event.kind !== "out") continue
        const key = outflowKey(event)
        const ours = outflows.get(key)?.sources.find(({ sourceId }) => isOver(sourceId))
        const [must, may] = [ours?.mustGrams ?? 0, ours?.mayGrams ?? 0]
        if (event.effectiveAtMs >= overMs) {
          later += 1
          gone += may === 0 ? 1 : 0
          continue
        }
        const own = oracle(events, isOver, overMs, key)
        const others = oracle(events, (sourceId) => !isOver(sourceId), overMs, key)
        // More is sold later than the others can be: the books say that it was not over.
        if (own.neededGrams > own.stockGrams) continue
        own.network.edge(own.state, own.sink, 0, own.stockGrams - own.neededGrams)
        others.network.edge(others.state, others.sink, others.neededGrams, others.stockGrams)
        const most = tried(() => own.network.mostThrough(own.asked, own.source, own.sink))
        const mostOthers = tried(() => others.network.mostThrough(others.asked, others.source, others.sink))
        if (most === undefined || mostOthers === undefined) continue
        compared += 1
        expect({ key, within: may >= most && must <= event.grams - mostOthers }).toEqual({ key, within: true })
      }
    }
    expect(compared).toBeGreaterThan(300)
    expect(gone / later).toBeGreaterThan(0.7)
  },
  HANGS_MS,
)

function tried(work: () => number): number | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function randomLives(dice: Dice, events: readonly PileEvent[]): PileOptions {
  const expiresAtMs = new Map(["apple-1", "apple-2"].map((one) => [one, dice.between(0, events.length) * 1000]))
  return { expiresAtMs, nowMs: (events.length + 1) * 1000 }
}

test("[RG-3] [RG-14] with shelf lives and chosen lots too the order of events changes nothing, and every gram is somewhere", () => {
  const dice = new Dice(5)
  for (let pile = 0; pile < 400; pile += 1) {
    const plain = pile % 2 === 0 ? randomShortPile(dice) : randomPile(dice, { returns: true, mixes: true }).events
    const events = plain.map((event) => {
      if (event.kind !== "out" || !dice.happens(0.4)) return event
      return { ...event, chosen: dice.one(["apple-1", "apple-3", "never here"]) }
    })
    const options = randomLives(dice, events)
    const found = runPile(events, options)
    expect(runPile(dice.shuffled([...events, ...events.filter(() => dice.happens(0.3))]), options)).toEqual(found)
    const { outflows, live, stockGrams, segments } = found
    const sum = (kind: "in" | "out") => events.reduce((all, e) => all + (e.kind === kind ? (e.grams ?? 0) : 0), 0)
    const proven = segments.reduce((all, s) => all + s.shortfallGrams + s.surplusGrams - s.lossGrams, 0)
    expect(sum("in") + proven).toBe(sum("out") + stockGrams)
    for (const { grams, sources } of [...outflows.values(), { grams: stockGrams, sources: live }]) {
      const [must, may] = [sources.map((s) => s.mustGrams), sources.map((s) => s.mayGrams)]
      expect(must.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(grams)
      expect(may.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(grams)
      for (const { mustGrams, mayGrams } of sources) expect(0 <= mustGrams && mustGrams <= mayGrams).toBe(true)
    }
  }
})
