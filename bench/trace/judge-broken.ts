/**
 * What is said from books with holes. Goods that left without a record only widen ranges. Goods that came without one
 * make ranges false until somebody counts, or sells more than the books hold: how often is the honest answer.
 */
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { OutflowRange, PileRanges } from "@suyuan/protocol/trace/pile"
import type { Dice } from "../../scripts/demo/dice"
import type { Bag, Played } from "./journal"
import { type Coverage, isCovered, judgeCoverage, retail } from "./judge-ranges"
import { judgeRecalls, type RecallSums } from "./judge-recalls"
import { keepBooks } from "./keep-books"
import { isTrue, knownOf, RangedBooks, resolved } from "./range-books"
import { reachedFromHarvest, windowOf } from "./shelf-life-window"
import type { World } from "./world"

const DAY_MS = 86_400_000

export interface Broken extends Coverage {
  readonly kind: "missing" | "off-book" | "careless"
  /** Against the books with every record. */
  readonly lostRecords: number
  /** Sales whose range is narrower in some source than the whole books allow. */
  readonly narrowerSales: number
  /** Each lot recalled by these books; the window is that of these books too. */
  readonly recalls: RecallSums
  /** Of the sales with a false range: those of a pile and time in which a shortfall or a count showed undeclared goods. */
  readonly falseRevealed: number
  readonly falseUnnoticed: number
  /** Sales of a morning, judged by the records until noon: nothing that shows later is known. */
  readonly saidAtNoon: { readonly sales: number; readonly false: number }
}

export interface Breaking {
  readonly world: World
  readonly played: Played
  /** The whole ones. */
  readonly books: RangedBooks
  readonly kind: Broken["kind"]
  readonly dice: Dice
}

export function judgeBroken({ world, played, books, kind, dice }: Breaking): Broken {
  const histories = keepBooks(played, kind, world, dice)
  const broken = new RangedBooks(histories, played.lots)
  const kept = played.bags.filter((bag) => broken.rangeOf("lot", bag) !== undefined)
  const wrong = kept.filter((bag) => !isCovered(bag, broken))
  const revealed = wrong.filter((bag) => showsUndeclared(broken.byLot.piles.get(bag.pileId)!, bag))
  const records = histories.reduce((sum, { events }) => sum + events.length, 0)
  return {
    kind,
    ...judgeCoverage(kept, broken),
    lostRecords: played.entries.length - records,
    narrowerSales: kept.filter((bag) => isNarrower(broken.rangeOf("lot", bag)!, books.rangeOf("lot", bag)!)).length,
    recalls: judgeRecalls(kept, (bag) => broken.lotsIn(bag), windowOf(reachedFromHarvest(histories, played.lots))),
    falseRevealed: revealed.length,
    falseUnnoticed: wrong.length - revealed.length,
    saidAtNoon: judgeAtNoon(played, histories, world),
  }
}

function isNarrower(broken: OutflowRange, whole: OutflowRange): boolean {
  const wholeOf = new Map(whole.sources.map((source) => [source.sourceId, source]))
  const brokenOf = new Map(broken.sources.map((source) => [source.sourceId, source]))
  return (
    whole.sources.some(({ sourceId, mayGrams }) => (brokenOf.get(sourceId)?.mayGrams ?? 0) < mayGrams) ||
    broken.sources.some(({ sourceId, mustGrams }) => mustGrams > (wholeOf.get(sourceId)?.mustGrams ?? 0))
  )
}

function showsUndeclared({ segments }: PileRanges, { atMs }: Bag): boolean {
  const segment = segments.find(({ startMs, endMs }) => startMs <= atMs && (endMs === undefined || atMs <= endMs))
  return segment !== undefined && segment.shortfallGrams + segment.surplusGrams > 0
}

function judgeAtNoon(played: Played, histories: readonly PileHistory[], world: World): Broken["saidAtNoon"] {
  const sold = retail(played.bags)
  const startMs = Date.parse(`${world.startsOn}T00:00:00Z`)
  const tally = { sales: 0, false: 0 }
  for (let noonMs = startMs + 1.5 * DAY_MS; noonMs <= startMs + (world.days + 0.5) * DAY_MS; noonMs += DAY_MS) {
    const untilNoon = histories.map(({ pileId, events }) => {
      return { pileId, events: events.filter(({ effectiveAtMs }) => effectiveAtMs <= noonMs) }
    })
    const morning = sold.filter(({ atMs }) => atMs > noonMs - DAY_MS / 2 && atMs <= noonMs)
    const keys = new Set(morning.map(({ pileId, key }) => `${pileId}/${key}`))
    const keep = (pileId: string, key: string) => keys.has(`${pileId}/${key}`)
    const { piles } = resolved(untilNoon, { ...knownOf(played.lots), keep })
    for (const bag of morning) {
      const range = piles.get(bag.pileId)?.outflows.get(bag.key)
      if (range === undefined) continue
      tally.sales += 1
      if (!isTrue(range, bag.gramsByLot)) tally.false += 1
    }
  }
  return tally
}
