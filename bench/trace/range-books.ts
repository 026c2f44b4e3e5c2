// What the engine says from a set of books: ranges of every sale by lot, base, county, province, and tested or not.
import { groupOfLevel, groupOfTested, type LotPlace, type PlaceOf } from "@suyuan/protocol/trace/finest-statement"
import { type OriginOptions, type Origins, type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import type { OutflowRange, RangeOptions } from "@suyuan/protocol/trace/pile"
import { eachSourceAlone, type GroupOf } from "@suyuan/protocol/trace/source-grams"
import type { Lot } from "./journal"

/** What sources are counted by. */
export const GROUPINGS = ["lot", "base", "county", "province", "tested"] as const
export type Grouping = (typeof GROUPINGS)[number]

export type GramsByGroup = ReadonlyMap<string, number>

export interface Sale {
  readonly pileId: string
  readonly key: string
}

export function saleKey({ pileId, key }: Sale): string {
  return `${pileId}/${key}`
}

export class RangedBooks {
  readonly placeOf: PlaceOf
  readonly byLot: Origins
  private readonly groupOf: ReadonlyMap<Grouping, GroupOf>
  private readonly origins: ReadonlyMap<Grouping, Origins>

  constructor(histories: readonly PileHistory[], lots: ReadonlyMap<string, Lot>) {
    this.placeOf = (lotId): LotPlace | undefined => lots.get(lotId)
    this.groupOf = new Map(GROUPINGS.map((grouping) => [grouping, groupingBy(grouping, this.placeOf)]))
    const known = knownOf(lots)
    this.origins = new Map(
      [...this.groupOf].map(([grouping, groupOf]) => [grouping, resolved(histories, { ...known, groupOf })]),
    )
    this.byLot = this.origins.get("lot")!
  }

  /** Nothing where the sale is not in these books. */
  rangeOf(grouping: Grouping, { pileId, key }: Sale): OutflowRange | undefined {
    return this.origins.get(grouping)!.piles.get(pileId)?.outflows.get(key)
  }

  /** Every source that the sale may hold. */
  lotsIn(sale: Sale): string[] {
    return this.rangeOf("lot", sale)?.sources.map(({ sourceId }) => sourceId) ?? []
  }

  /** The truth, counted in the same way. */
  grouped(grouping: Grouping, gramsByLot: GramsByGroup): GramsByGroup {
    const groupOf = this.groupOf.get(grouping)!
    const grams = new Map<string, number>()
    for (const [lotId, own] of gramsByLot) grams.set(groupOf(lotId), (grams.get(groupOf(lotId)) ?? 0) + own)
    return grams
  }
}

function groupingBy(grouping: Grouping, placeOf: PlaceOf): GroupOf {
  if (grouping === "lot") return eachSourceAlone
  return grouping === "tested" ? groupOfTested(placeOf) : groupOfLevel(grouping, placeOf)
}

/** Harvest records and the catalogue say how much there is of a lot, and when its shelf life is over. */
export function knownOf(lots: ReadonlyMap<string, Lot>): RangeOptions {
  const each = [...lots]
  return {
    lotGrams: new Map(each.map(([id, { grams }]) => [id, grams])),
    expiresAtMs: new Map(each.map(([id, { expiresAtMs }]) => [id, expiresAtMs])),
  }
}

export function resolved(histories: readonly PileHistory[], options: OriginOptions): Origins {
  const origins = resolveOrigins(histories, options)
  if (!origins.ok) throw new Error("goods of the simulation are part of their own origin")
  return origins.value
}

/** Whether what is really inside lies between must and may, for each of the range's sources and each of the truth's. */
export function isTrue(range: OutflowRange, truth: GramsByGroup): boolean {
  const mayOf = new Map(range.sources.map(({ sourceId, mayGrams }) => [sourceId, mayGrams]))
  const isEnough = [...truth].every(([id, grams]) => grams <= (mayOf.get(id) ?? 0))
  return isEnough && range.sources.every(({ sourceId, mustGrams }) => mustGrams <= (truth.get(sourceId) ?? 0))
}
