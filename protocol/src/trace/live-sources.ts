/**
 * The numbers of a pile that is being walked through: for each live source L (or each set of sources, when they are
 * grouped) the most that can be L, and the most that can be anything else (RG-10 to RG-14).
 *
 * With S the stock, `mayGrams` is r_L, and r_notL is kept as S − r_notL = `mustGrams`: an inflow without L then changes
 * nothing about L, and for an exactly weighed pile it is the least that must be L. Owned by one walk, never shared.
 */
import { assertTrace, type SourceGrams } from "./pile-event"
import { filledGrams, partOfOutflow, type SourceRange, withExtra } from "./source-grams"

interface Numbers {
  readonly sourceId: string
  /** What can exist of it at all. */
  readonly capGrams: number
  /** When its shelf life is over. */
  readonly expiresAtMs: number
  isLive: boolean
  mayGrams: number
  mustGrams: number
  /** Everything that ever came in, for the bound on returns. */
  arrivedHighGrams: number
  arrivedLowGrams: number
}

interface Then extends Numbers {
  /** The same source's numbers as they go on. */
  readonly current: Numbers
}

/** The pile just before an outflow that comes back later. */
interface BeforeOutflow {
  readonly grams: number
  readonly ranges: readonly SourceRange[]
  readonly stockGrams: number
  arrivedGrams: number
  readonly numbers: readonly Then[]
}

/** An outflow of between `lowGrams` and `grams`, with the source that the seller says it is of. */
export interface Leaving {
  readonly grams: number
  readonly lowGrams: number
  readonly chosen: string | undefined
}

/** What is known of a source besides the books: its own weight, and when it is over; infinite where it is not known. */
export type LimitsOf = (sourceId: string) => { readonly capGrams: number; readonly expiresAtMs: number }

export class LiveSources {
  /** The book's stock, at its upper end. */
  stockGrams = 0
  private slackGrams = 0
  private arrivedGrams = 0
  private readonly limitsOf: LimitsOf
  private readonly unknownId: string
  private nextExpiryMs = Number.POSITIVE_INFINITY
  private readonly all = new Map<string, Numbers>()
  /** Those that came in since the pile was last empty, sorted by id. */
  private live: Numbers[] = []
  /** Those that are taken as gone: they would be there if their shelf life were not over, and are where somebody chooses them. */
  private over: Numbers[] = []
  private readonly beforeOutflow = new Map<string, BeforeOutflow>()

  /** @param unknownId the source as which goods count that nothing else can be. */
  constructor(limitsOf: LimitsOf, unknownId: string) {
    this.limitsOf = limitsOf
    this.unknownId = unknownId
  }

  arrive(sources: readonly SourceGrams[], grams: number, lowGrams: number): void {
    this.narrow()
    this.stockGrams += grams
    this.arrivedGrams += grams
    this.slackGrams += grams - lowGrams
    for (const source of sources) {
      if (source.highGrams > 0) this.add(source)
    }
  }

  /** Ranges of an outflow before it leaves. Of the source that was chosen it is as much as can be (RG-25). */
  read({ grams, lowGrams, chosen }: Leaving): SourceRange[] {
    this.narrow()
    if (chosen === undefined) return this.rangesOf(grams, lowGrams)
    const sureGrams = this.sureGrams(chosen, grams)
    const others = this.rangesOf(grams - sureGrams, Math.max(0, lowGrams - sureGrams), sureGrams)
    if (sureGrams === 0) return others
    const own = { sourceId: chosen, mustGrams: Math.min(sureGrams, lowGrams), mayGrams: sureGrams }
    const ranges = [...others.filter(({ sourceId }) => sourceId !== chosen), own]
    return ranges.sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1))
  }

  /** Reads an outflow that comes back later, and keeps what its return will need. */
  readReturned(key: string, leaving: Leaving): SourceRange[] {
    const { grams } = leaving
    const ranges = this.read(leaving)
    const numbers = this.live.map((current) => ({ ...current, current }))
    const { stockGrams, arrivedGrams } = this
    this.beforeOutflow.set(key, { grams, ranges, stockGrams, arrivedGrams, numbers })
    return ranges
  }

  leave({ grams, lowGrams, chosen }: Leaving): void {
    this.narrow()
    const sureGrams = chosen === undefined ? 0 : this.sureGrams(chosen, lowGrams)
    if (chosen !== undefined && sureGrams > 0) {
      this.numbersOf(chosen).mayGrams -= sureGrams
      // What surely was of one source takes nothing from the others.
      for (const numbers of this.live) {
        if (numbers.sourceId !== chosen) numbers.mustGrams = Math.min(numbers.mustGrams + sureGrams, this.stockGrams)
      }
    }
    this.remove(grams, lowGrams)
  }

  /** How much of an outflow the books allow to be all of one source: no more than it can be, nor than leaves the others theirs. */
  private sureGrams(chosen: string, grams: number): number {
    const { mayGrams, isLive } = this.numbersOf(chosen)
    // What is over was left out of what the others must be.
    const others = isLive ? this.live.filter(({ sourceId }) => sourceId !== chosen) : []
    const othersMust = others.reduce((most, { mustGrams }) => Math.max(most, mustGrams), 0)
    return Math.max(0, Math.min(grams, mayGrams, this.stockGrams - othersMust))
  }

  /** A stock-take: what is missing has left, and the weight is exact again. */
  count(grams: number): void {
    assertTrace(grams <= this.stockGrams, "a stock-take above the stock, after its surplus was put in")
    this.narrow()
    this.remove(this.stockGrams - grams, this.stockGrams - grams)
    this.slackGrams = 0
  }

  /**
   * Takes sources as gone whose shelf life is over by then, the oldest first, as far as the others can fill the book
   * (RG-23). The book stays: how much of what it has was theirs, and is gone, nobody wrote down.
   */
  expire(atMs: number): void {
    if (atMs < this.nextExpiryMs) return
    const due = this.live.filter(({ expiresAtMs }) => expiresAtMs <= atMs)
    due.sort((a, b) => a.expiresAtMs - b.expiresAtMs || (a.sourceId < b.sourceId ? -1 : 1))
    for (const numbers of due) {
      this.narrow()
      if (numbers.mustGrams > 0) continue
      numbers.isLive = false
      this.live = this.live.filter(({ isLive }) => isLive)
      this.over.push(numbers)
    }
    this.nextExpiryMs = Math.min(...this.live.map(({ expiresAtMs }) => expiresAtMs), Number.POSITIVE_INFINITY)
  }

  /**
   * `grams` of the outflow `key` come back. Beside the ranges of that outflow one more bound holds: what is here now was
   * here just before the outflow, or came in since. Without it a return would count the same goods twice.
   */
  comeBack(key: string, grams: number, lowGrams: number): void {
    const before = this.beforeOutflow.get(key)
    assertTrace(before !== undefined, "a return before its outflow")
    const filled = filledGrams(before.ranges, grams)
    const part = partOfOutflow({ grams: before.grams, sources: before.ranges }, filled)
    const backOf = new Map(part.map((source) => [source.sourceId, source]))
    this.arrive(withExtra(part, this.unknownId, grams - filled), grams, lowGrams)
    // Its own goods are among those that were here before, so they are no arrival since.
    before.arrivedGrams += filled
    const othersArrivedGrams = this.arrivedGrams - before.arrivedGrams
    for (const then of before.numbers) {
      const now = then.current
      then.arrivedHighGrams += backOf.get(then.sourceId)?.highGrams ?? 0
      then.arrivedLowGrams += backOf.get(then.sourceId)?.lowGrams ?? 0
      if (!now.isLive) continue
      const sinceLowGrams = now.arrivedLowGrams - then.arrivedLowGrams
      const mayGrams = then.mayGrams + now.arrivedHighGrams - then.arrivedHighGrams
      const otherGrams = before.stockGrams - then.mustGrams + othersArrivedGrams - sinceLowGrams
      now.mayGrams = Math.min(now.mayGrams, mayGrams)
      now.mustGrams = Math.max(now.mustGrams, this.stockGrams - otherGrams)
    }
  }

  /** What is in the pile now. */
  ranges(): SourceRange[] {
    this.narrow()
    const missingGrams = this.over.reduce((sum, { mayGrams }) => sum + mayGrams, this.slackGrams)
    return this.rangesOf(this.stockGrams, Math.max(0, this.stockGrams - missingGrams))
  }

  /** What is in the pile now as one inflow: a walk that begins with it goes on as this one would (RG-22). */
  carry(): { readonly grams: number; readonly lowGrams: number; readonly sources: readonly SourceGrams[] } {
    this.narrow()
    const live = this.live.map(({ sourceId, mayGrams, mustGrams }) => {
      return { sourceId, lowGrams: Math.min(Math.max(0, mustGrams), mayGrams), highGrams: mayGrams }
    })
    const over = this.over.map(({ sourceId, mayGrams }) => ({ sourceId, lowGrams: 0, highGrams: mayGrams }))
    const sources = [...live, ...over].filter(({ highGrams }) => highGrams > 0)
    if (over.length > 0) sources.sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1))
    return { grams: this.stockGrams, lowGrams: this.stockGrams - this.slackGrams, sources }
  }

  private add(source: SourceGrams): void {
    const numbers = this.numbersOf(source.sourceId)
    if (!numbers.isLive) this.insert(numbers)
    numbers.mayGrams = Math.min(numbers.mayGrams + source.highGrams, numbers.capGrams, this.stockGrams)
    numbers.mustGrams += source.lowGrams
    numbers.arrivedHighGrams += source.highGrams
    numbers.arrivedLowGrams += source.lowGrams
  }

  private numbersOf(sourceId: string): Numbers {
    const known = this.all.get(sourceId)
    if (known) return known
    const amounts = { mayGrams: 0, mustGrams: 0, arrivedHighGrams: 0, arrivedLowGrams: 0 }
    const numbers = { sourceId, ...this.limitsOf(sourceId), isLive: false, ...amounts }
    this.all.set(sourceId, numbers)
    return numbers
  }

  private insert(numbers: Numbers): void {
    let low = 0
    let high = this.live.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.live[middle]!.sourceId < numbers.sourceId) low = middle + 1
      else high = middle
    }
    this.live.splice(low, 0, numbers)
    numbers.isLive = true
    this.nextExpiryMs = Math.min(this.nextExpiryMs, numbers.expiresAtMs)
    if (!this.over.includes(numbers)) return
    // What there had been of it may be missing, whatever comes of it now.
    this.over = this.over.filter((other) => other !== numbers)
    this.slackGrams = Math.min(this.slackGrams + numbers.mayGrams, this.stockGrams)
  }

  /** What is not L is one of the others, so it is no more than all of theirs together. */
  private narrow(): void {
    let sumGrams = 0
    for (const numbers of this.live) sumGrams += numbers.mayGrams
    for (const numbers of this.live) {
      numbers.mustGrams = Math.max(numbers.mustGrams, this.stockGrams - (sumGrams - numbers.mayGrams))
    }
  }

  /** @param goneGrams of what is here, which is none of those that are asked about. */
  private rangesOf(grams: number, lowGrams: number, goneGrams = 0): SourceRange[] {
    const ranges: SourceRange[] = []
    for (const { sourceId, mayGrams, mustGrams } of this.live) {
      const most = Math.min(mayGrams, grams)
      const least = Math.max(0, lowGrams - (this.stockGrams - goneGrams - mustGrams))
      // Least above most: the caller's cap of the lot contradicts the piles. The cap is the signed number.
      if (most > 0) ranges.push({ sourceId, mustGrams: Math.min(least, most), mayGrams: most })
    }
    return ranges
  }

  private remove(grams: number, lowGrams: number): void {
    this.stockGrams -= lowGrams
    this.slackGrams += grams - lowGrams
    assertTrace(this.stockGrams >= 0, "more left a pile than was in it, after its shortfall was put in")
    for (const numbers of this.live) {
      numbers.mayGrams = Math.min(numbers.mayGrams, this.stockGrams)
      numbers.mustGrams = Math.max(0, numbers.mustGrams - lowGrams)
    }
    for (const numbers of this.over) numbers.mayGrams = Math.min(numbers.mayGrams, this.stockGrams)
    // Nothing weighs less than nothing.
    this.slackGrams = Math.min(this.slackGrams, this.stockGrams)
    if (this.stockGrams > 0) return
    for (const numbers of this.live) numbers.isLive = false
    this.live = []
    this.over = []
    this.slackGrams = 0
  }
}
