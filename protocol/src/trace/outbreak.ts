/**
 * Which sources explain that these sales made people ill (docs/specs/recall.md, RC-16 to RC-18). For each source, what
 * of each sale is expected to be of it (over all ways that it can have come, added up by the piles themselves) is held
 * against its share in everything that was there to be sold. Nothing is ruled out: books can be wrong.
 */

/** What of one affected sale is of a source, over all its lines. */
export interface SaleShare {
  readonly recordId: string
  readonly grams: number
  readonly mustGrams: number
  readonly mayGrams: number
  readonly expectedGrams: number
}

export interface Suspect<Id> {
  readonly id: Id
  /** Of all goods of these kinds and days; 0 to 1. */
  readonly baseShare: number
  /** One for each affected sale, of which it may have none. */
  readonly shares: readonly SaleShare[]
}

export interface RankedSuspect<Id> extends Suspect<Id> {
  /** Natural logarithm of how much better it explains the sales than chance does; above 0 is more than chance. */
  readonly score: number
  readonly possibleSales: number
  readonly certainSales: number
}

/** Share that a sale may have of anything, by goods that are in no book: no source is ruled out by one clean sale. */
export const OFF_BOOK_SHARE = 0.01

/** The best explanation first; of equal ones the one that may be in more sales. */
export function rankSuspects<Id>(suspects: readonly Suspect<Id>[]): RankedSuspect<Id>[] {
  const ranked = suspects.map((suspect) => ({
    ...suspect,
    score: suspect.shares.reduce((sum, share) => sum + evidenceOf(share, suspect.baseShare), 0),
    possibleSales: suspect.shares.filter(({ mayGrams }) => mayGrams > 0).length,
    certainSales: suspect.shares.filter(({ mustGrams }) => mustGrams > 0).length,
  }))
  return ranked.sort((a, b) => b.score - a.score || b.possibleSales - a.possibleSales)
}

function evidenceOf({ grams, expectedGrams }: SaleShare, baseShare: number): number {
  const share = grams === 0 ? 0 : Math.min(1, expectedGrams / grams)
  return Math.log((share + OFF_BOOK_SHARE) / (baseShare + OFF_BOOK_SHARE))
}
