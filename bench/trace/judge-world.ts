/**
 * One world played in one habit, and everything that is said about it: by the engine from each kind of books, and by four
 * other methods from the whole ones.
 */
import { isDeepStrictEqual } from "node:util"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { openDice } from "../../scripts/demo/dice"
import type { Bag, Played } from "./journal"
import { type Broken, judgeBroken } from "./judge-broken"
import { type Compared, judgeMethods } from "./judge-methods"
import {
  type Certain,
  type Coverage,
  isCovered,
  judgeCertain,
  judgeCoverage,
  judgeStatements,
  type Statements,
} from "./judge-ranges"
import { judgeRecalls, type RecallSums } from "./judge-recalls"
import { keepBooks } from "./keep-books"
import { playWorld } from "./play-world"
import { RangedBooks } from "./range-books"
import { reachedFromHarvest, windowOf } from "./shelf-life-window"
import type { Habit, World } from "./world"

/** What books with every record say. */
export interface WholeReport extends Compared {
  readonly habit: Habit
  readonly seed: number
  readonly days: number
  readonly records: number
  readonly lots: number
  readonly complete: Coverage
  readonly certain: Certain
  /** Sales to consumers by what their buyers read. */
  readonly statements: Statements
}

export interface HabitReport extends WholeReport {
  /** Every record, but late, twice and in parts: whether nothing at all is said differently. */
  readonly late: { readonly records: number; readonly isSame: boolean }
  readonly missing: Broken
  readonly offBook: Broken
  readonly careless: Broken
  readonly keptTooLong: KeptTooLong
}

/**
 * The same market where some goods are sold after their shelf life. What is over counts as gone as soon as the rest can
 * fill the book (RG-23): how often is that false?
 */
export interface KeptTooLong {
  readonly bags: number
  readonly covered: number
  /** Sales that held some of a lot that was over. */
  readonly soldOver: number
  readonly recalls: RecallSums
}

interface Judged {
  readonly played: Played
  readonly books: RangedBooks
  readonly report: WholeReport
}

function judge(world: World, habit: Habit, seed: number): Judged {
  const played = playWorld(world, habit, seed)
  const histories = keepBooks(played, "complete", world, openDice(seed))
  const books = new RangedBooks(histories, played.lots)
  const report = {
    ...{ habit, seed, days: world.days, records: played.entries.length, lots: played.lots.size },
    complete: judgeCoverage(played.bags, books),
    certain: judgeCertain(played.bags, books),
    statements: judgeStatements(played.bags, books),
    ...judgeMethods(played, histories, books),
  }
  return { played, books, report }
}

export function judgeWhole(world: World, habit: Habit, seed: number): WholeReport {
  return judge(world, habit, seed).report
}

export function judgeHabit(world: World, habit: Habit, seed: number): HabitReport {
  const { played, books, report } = judge(world, habit, seed)
  const dice = openDice(seed).fork(`books ${habit}`)
  const late = keepBooks(played, "late", world, dice)
  const broken = (kind: Broken["kind"]) => judgeBroken({ world, played, books, kind, dice })
  return {
    ...report,
    late: {
      records: late.reduce((sum, { events }) => sum + events.length, 0),
      isSame: saysTheSame(late, played, books),
    },
    missing: broken("missing"),
    offBook: broken("off-book"),
    careless: broken("careless"),
    keptTooLong: judgeKeptTooLong(world, habit, seed),
  }
}

function judgeKeptTooLong(world: World, habit: Habit, seed: number): KeptTooLong {
  const { entries, bags, lots, ...rest } = playWorld(world, habit, seed, { keepsTooLong: true })
  const histories = keepBooks({ entries, bags, lots, ...rest }, "complete", world, openDice(seed))
  const books = new RangedBooks(histories, lots)
  const isOver = ({ gramsByLot, atMs }: Bag) =>
    [...gramsByLot.keys()].some((id) => (lots.get(id)?.expiresAtMs ?? Number.POSITIVE_INFINITY) <= atMs)
  return {
    bags: bags.length,
    covered: bags.filter((bag) => isCovered(bag, books)).length,
    soldOver: bags.filter(isOver).length,
    recalls: judgeRecalls(bags, (bag) => books.lotsIn(bag), windowOf(reachedFromHarvest(histories, lots))),
  }
}

/** Ranges of every sale and of every stock, to the gram. */
export function saysTheSame(late: readonly PileHistory[], { lots }: Played, books: RangedBooks): boolean {
  const { piles } = new RangedBooks(late, lots).byLot
  if (piles.size !== books.byLot.piles.size) return false
  return [...books.byLot.piles].every(([pileId, ranges]) => isDeepStrictEqual(piles.get(pileId), ranges))
}
