/**
 * The numbers of a pile that a recall walks through: what `LiveSources` (RG-10 to RG-14) keeps of two groups, the set and
 * all the rest, and beside it what a stirred shelf (RG-26) expects of the set. Owned by one walk.
 */
import type { SourceGrams } from "./pile-event"

/** Less than this of the set in a stirred pile is forgotten (`expected-shelf`). */
const leastGrams = 0.001

/** What an outflow that was bought held. */
export interface ReadGrams {
  grams: number
  mustIn: number
  mayIn: number
  mustOther: number
  mayOther: number
  /** What is expected: of so much, so much of the set. */
  guessGrams: number
  guessIn: number
}

export class RecallBook {
  /** What was read last. */
  readonly read: ReadGrams = { grams: 0, mustIn: 0, mayIn: 0, mustOther: 0, mayOther: 0, guessGrams: 0, guessIn: 0 }
  private readonly capGrams: number
  private stockGrams = 0
  private slackGrams = 0
  private isInLive = false
  private mayIn = 0
  private mustIn = 0
  private isOtherLive = false
  private mayOther = 0
  private mustOther = 0
  private shelfGrams = 0
  private shelfShare = 0

  /** @param capGrams what can exist of the set at all. */
  constructor(capGrams: number) {
    this.capGrams = capGrams
  }

  /** None of it is of the set. */
  arriveOther(grams: number, lowGrams: number): void {
    this.arrive(grams, lowGrams)
    if (grams > 0) this.addOther(grams, grams)
    this.put(grams, 0)
  }

  arriveDeclared(
    sources: readonly SourceGrams[],
    includes: (sourceId: string) => boolean,
    grams: number,
    lowGrams: number,
  ): void {
    let [lowIn, highIn, lowOther, highOther] = [0, 0, 0, 0]
    for (const { sourceId, lowGrams: low, highGrams: high } of sources) {
      if (includes(sourceId)) {
        lowIn += low
        highIn += high
      } else {
        lowOther += low
        highOther += high
      }
    }
    const least = Math.max(lowIn, grams - highOther)
    const most = Math.min(highIn, grams - lowOther)
    this.arrive(grams, lowGrams)
    if (most > 0) this.addIn(least, most)
    const leastOther = Math.max(lowOther, grams - highIn)
    const mostOther = Math.min(highOther, grams - lowIn)
    if (mostOther > 0) this.addOther(leastOther, mostOther)
    const [middle, other] = [(least + most) / 2, (leastOther + mostOther) / 2]
    const known = middle + other
    this.put(grams, known >= grams && known > 0 ? (middle * grams) / known : middle)
  }

  /** `boughtGrams` of that outflow, as far as the goods in it fill them, and for the rest unknown goods (RG-16). */
  arriveBought(from: ReadGrams, boughtGrams: number, grams: number, lowGrams: number): void {
    this.arrive(grams, lowGrams)
    const coveredGrams = Math.min(boughtGrams, from.mayIn + from.mayOther)
    const extra = grams - coveredGrams
    const left = from.grams - coveredGrams
    const isIn = coveredGrams > 0 && from.mayIn > 0
    const isOther = coveredGrams > 0 && from.mayOther > 0
    const [lowIn, highIn] = isIn ? [Math.max(0, from.mustIn - left), Math.min(from.mayIn, coveredGrams)] : [0, 0]
    const [lowOther, highOther] = isOther
      ? [Math.max(0, from.mustOther - left), Math.min(from.mayOther, coveredGrams)]
      : [0, 0]
    if (isIn) {
      const most = Math.min(highIn, coveredGrams - lowOther)
      if (most > 0) this.addIn(Math.max(lowIn, coveredGrams - highOther), most)
    }
    const least = isOther ? Math.max(lowOther, coveredGrams - highIn) : 0
    const most = (isOther ? Math.min(highOther, coveredGrams - lowIn) : 0) + extra
    if (most > 0) this.addOther(least + extra, most)
    const covered = Math.min(grams, from.guessGrams)
    this.put(grams, from.guessGrams === 0 ? 0 : (from.guessIn * covered) / from.guessGrams)
  }

  /** An outflow before it leaves, into `read`. */
  readOut(grams: number, lowGrams: number): ReadGrams {
    this.narrow()
    const { read } = this
    read.grams = grams
    read.mayIn = this.isInLive ? Math.max(0, Math.min(this.mayIn, grams)) : 0
    read.mustIn = this.isInLive ? Math.min(leastOf(lowGrams, this.stockGrams, this.mustIn), read.mayIn) : 0
    read.mayOther = this.isOtherLive ? Math.max(0, Math.min(this.mayOther, grams)) : 0
    read.mustOther = this.isOtherLive ? Math.min(leastOf(lowGrams, this.stockGrams, this.mustOther), read.mayOther) : 0
    read.guessGrams = Math.min(grams, this.shelfGrams)
    read.guessIn = read.guessGrams * this.shelfShare
    return read
  }

  leave(grams: number, lowGrams: number): void {
    this.narrow()
    this.remove(grams, lowGrams)
    this.take(grams)
  }

  /** A stock-take: what is missing has left, and the weight is exact again. */
  count(grams: number): void {
    this.narrow()
    this.remove(this.stockGrams - grams, this.stockGrams - grams)
    this.slackGrams = 0
    this.take(Math.max(0, this.shelfGrams - grams))
  }

  /** What is there now. */
  stock(): { grams: number; mustGrams: number; mayGrams: number; guessGrams: number } {
    const { stockGrams, slackGrams } = this
    const { mustIn: mustGrams, mayIn: mayGrams } = this.readOut(stockGrams, Math.max(0, stockGrams - slackGrams))
    return { grams: stockGrams, mustGrams, mayGrams, guessGrams: this.shelfGrams * this.shelfShare }
  }

  private arrive(grams: number, lowGrams: number): void {
    this.narrow()
    this.stockGrams += grams
    this.slackGrams += grams - lowGrams
  }

  private addIn(lowGrams: number, highGrams: number): void {
    this.isInLive = true
    this.mayIn = Math.min(this.mayIn + highGrams, this.capGrams, this.stockGrams)
    this.mustIn += lowGrams
  }

  private addOther(lowGrams: number, highGrams: number): void {
    this.isOtherLive = true
    this.mayOther = Math.min(this.mayOther + highGrams, this.stockGrams)
    this.mustOther += lowGrams
  }

  /** What is not of the one is of the other. */
  private narrow(): void {
    const [mayIn, mayOther] = [this.isInLive ? this.mayIn : 0, this.isOtherLive ? this.mayOther : 0]
    if (this.isInLive) this.mustIn = Math.max(this.mustIn, this.stockGrams - mayOther)
    if (this.isOtherLive) this.mustOther = Math.max(this.mustOther, this.stockGrams - mayIn)
  }

  private remove(grams: number, lowGrams: number): void {
    this.stockGrams -= lowGrams
    const { stockGrams } = this
    if (this.isInLive) {
      this.mayIn = Math.min(this.mayIn, stockGrams)
      this.mustIn = Math.max(0, this.mustIn - lowGrams)
    }
    if (this.isOtherLive) {
      this.mayOther = Math.min(this.mayOther, stockGrams)
      this.mustOther = Math.max(0, this.mustOther - lowGrams)
    }
    // Nothing weighs less than nothing.
    this.slackGrams = Math.min(this.slackGrams + grams - lowGrams, stockGrams)
    if (stockGrams > 0) return
    this.isInLive = false
    this.isOtherLive = false
    this.slackGrams = 0
  }

  private put(grams: number, inGrams: number): void {
    if (grams === 0) return
    const all = this.shelfGrams + grams
    const own = this.shelfGrams === 0 ? inGrams : this.shelfGrams * this.shelfShare + grams * (inGrams / grams)
    this.shelfShare = this.shelfGrams > 0 && own < leastGrams ? 0 : own / all
    this.shelfGrams = all
  }

  private take(grams: number): void {
    this.shelfGrams -= Math.min(grams, this.shelfGrams)
    if (this.shelfGrams === 0) this.shelfShare = 0
  }
}

function leastOf(lowGrams: number, stockGrams: number, mustGrams: number): number {
  return Math.max(0, lowGrams - (stockGrams - mustGrams))
}
