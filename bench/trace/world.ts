/**
 * The world that the trace engine is judged in: world.json, committed and read through this schema. Commodities and
 * their provinces are those of the published prices of 2021-12-09 and 10; item weights, shelf lives (at room
 * temperature), losses and habits are estimates of a wet market, to be argued about here and nowhere else.
 */
import { z } from "zod"
import text from "./world.json"

/** In which order a seller's hand takes goods from the pile. `mixed`: another one for each sale. */
export const HABITS = ["newest-first", "oldest-first", "random", "mixed"] as const
export type Habit = (typeof HABITS)[number]

export const DAYS_MAX = 366
const ITEM_GRAMS_MAX = 20_000

const share = z.number().min(0).max(1)
const grams = z.int().min(1)
const count = z.int().min(1).max(1000)
const name = z.string().min(1).max(40)

function span(of: z.ZodType<number>) {
  return z.tuple([of, of]).refine(([low, high]) => low <= high, "from low to high")
}

const commodity = z.strictObject({
  name,
  /** Of one item: what a hand takes at once. */
  itemGrams: span(grams.max(ITEM_GRAMS_MAX)),
  /** What a consumer asks for. */
  bagGrams: span(grams.max(100_000)),
  /** Nobody sells it later than this after its harvest. */
  shelfLifeDays: z.int().min(1).max(60),
  /** A standard's number, or `assumption`: of an uncooled stall, by us. */
  shelfLifeSource: name.optional(),
  /** Evenings on which a stall gives or throws away what is left. */
  clearedShare: share,
  /** Ids of those that grow it. */
  bases: z.array(name).min(1),
})

const worldSchema = z
  .strictObject({
    startsOn: z.iso.date(),
    days: z.int().min(1).max(DAYS_MAX),
    commodities: z.array(commodity).min(1),
    bases: z.array(z.strictObject({ id: name, county: name, province: name })).min(1),
    /** Lots that passed a rapid test. */
    testedShare: share,
    growers: z.strictObject({
      /** Harvested beyond what was ordered. */
      spareShare: share,
      /** Evenings on which the rest of a harvest is cleared: lots are kept apart, each with its certificate. */
      clearedShare: share,
    }),
    wholesalers: z.strictObject({
      count,
      /** Of a commodity's bases, those that one wholesaler buys from. */
      usualBases: count,
      /** Nights that a truck lasts on average. */
      truckNights: z.number().min(0.1).max(30),
      /** Orders when less than this part of a truck is left. */
      ordersBelowShare: share,
      /** Mornings on which what is too little for the next night is sold off or thrown away. */
      clearedShare: share,
    }),
    stalls: z.strictObject({
      count,
      usualWholesalers: count,
      /** Of one commodity. */
      bagsPerDay: span(z.int().min(0).max(10_000)),
      /** Buys when less than this part of a day's sales is left. */
      buysBelowShare: share,
    }),
    /** Evenings on which a merchant whose pile is empty answers the question "sold out?". */
    soldOutAnsweredShare: share,
    /** Evenings on which a pile is weighed. */
    stockTakeShare: share,
    /** Purchases of which some did not arrive, and how much of them. */
    shortArrivalShare: share,
    shortArrivalLossShare: share,
    /** Purchases from somebody without a terminal, entered by hand: of unknown origin. */
    handEnteredShare: share,
    /** Days on which a merchant throws some away in between. */
    wasteShare: share,
    /** Sales for which the seller keeps to one lot and says which. */
    chosenShare: share,
    /** Mornings on which nobody sorts out what is over, where a report asks for it: else nothing is sold that is. */
    keptTooLongShare: share,
    /** Sales that were never handed over, and sales of which some comes back. */
    voidedShare: share,
    returnedShare: share,
    habits: z.array(z.enum(HABITS)).min(1),
    /** What happens to the records, where a report asks for it. */
    books: z.strictObject({
      lateShare: share,
      duplicatedShare: share,
      missingWasteShare: share,
      missingSalesShare: share,
      /** Of the purchases entered by hand: those that nobody enters. */
      offBookShare: share,
    }),
  })
  .refine(({ bases, commodities }) => {
    const known = new Set(bases.map(({ id }) => id))
    return commodities.every((one) => one.bases.every((id) => known.has(id)))
  }, "a commodity grows at a base that is not in the list")

export type World = z.infer<typeof worldSchema>
export type Commodity = World["commodities"][number]
export type Base = World["bases"][number]

export function parseWorld(value: unknown): World {
  return worldSchema.parse(value)
}

export const committedWorld: World = parseWorld(text)
