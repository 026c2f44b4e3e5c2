// The engine beside four other methods and the shelf-life window, on the same books.
import { expectedShares } from "@suyuan/protocol/trace/expected-shares"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { composition, guessOrigins, METHODS, type Method } from "./guess-origins"
import type { Bag, Played } from "./journal"
import { judgeRecalls, type LotsOf, type RecallSums } from "./judge-recalls"
import { judgeShares, type ShareError } from "./judge-shares"
import { type GramsByGroup, type RangedBooks, type Sale, saleKey } from "./range-books"
import { reachedFromArrival, reachedFromHarvest, windowOf } from "./shelf-life-window"

/** `ours`, and what else could be said. */
export type Teller = "ours" | Method

export interface MethodReport extends ShareError, RecallSums {
  readonly method: Teller
}

export interface CommodityReport extends RecallSums {
  readonly commodity: string
  readonly shelfLifeMs: number
}

export interface Compared {
  readonly methods: readonly MethodReport[]
  /**
   * What can be said without weights and without missing any: the lot's shelf life runs from its harvest on all levels
   * (what our scope is measured against), or begins anew at each arrival.
   */
  readonly window: { readonly fromHarvest: RecallSums; readonly fromArrival: RecallSums }
  readonly commodities: readonly CommodityReport[]
}

export function judgeMethods(played: Played, histories: readonly PileHistory[], books: RangedBooks): Compared {
  const { bags, lots, shelfLifeMsOf } = played
  const inWindow = windowOf(reachedFromHarvest(histories, lots))
  const guesses = new Map(METHODS.map((method) => [method, guessOrigins(histories, method, shelfLifeMsOf)]))
  const ours: LotsOf = (bag) => books.lotsIn(bag)
  const expected = expectedShares(histories)
  const expectedIn = (bag: Sale): GramsByGroup => {
    const { sources } = expected(bag.pileId, bag.key, books.rangeOf("lot", bag)!)!
    return new Map(sources.map(({ sourceId, grams }) => [sourceId, grams]))
  }
  const others = METHODS.map((method): MethodReport => {
    const guessed = (bag: Sale) => composition(guesses.get(method)!.get(saleKey(bag))!)
    return { method, ...judgeShares(bags, guessed), ...judgeRecalls(bags, (bag) => guessed(bag).keys(), inWindow) }
  })
  return {
    methods: [{ method: "ours", ...judgeShares(bags, expectedIn), ...judgeRecalls(bags, ours, inWindow) }, ...others],
    window: {
      fromHarvest: judgeRecalls(bags, inWindow, inWindow),
      fromArrival: judgeRecalls(bags, windowOf(reachedFromArrival(histories, shelfLifeMsOf)), inWindow),
    },
    commodities: [...Map.groupBy(bags, commodityOf)].map(([commodity, some]) => ({
      ...{ commodity, shelfLifeMs: shelfLifeMsOf.get(some[0]!.pileId)! },
      ...judgeRecalls(some, ours, inWindow),
    })),
  }
}

function commodityOf({ pileId }: Bag): string {
  return pileId.slice(pileId.indexOf("/") + 1)
}
