import { sites } from "@suyuan/drizzle/schema/participants"
import { certificates, lots } from "@suyuan/drizzle/schema/trace"
import type { ExpectedShares } from "@suyuan/protocol/trace/expected-shares"
import { finestStatement, mostPercent, type PlaceOf, type PlaceRange } from "@suyuan/protocol/trace/finest-statement"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import { recentOf } from "../recent"
import { arrayLiteral } from "../unnest"
import { type Region, regionOf } from "./region"

/** What is known of a lot that can be in somebody's bag. */
export type LotFacts = Region & {
  readonly id: string
  readonly base: string
  readonly baseEn: string
  readonly baseSiteId: string
  readonly declaredOrigin: string
  readonly regionCode: string
  readonly grams: number
  readonly harvestedAt: Date
  /** When its shelf life is over, where the catalogue said so. */
  readonly expiresAt: Date | null
  readonly recordId: string
  readonly isCertified: boolean
}

/** A lot is what it was declared; a certificate issued for it may be seen so much later. */
const recentLots = recentOf<string, LotFacts>(10_000, 50_000)

/** For what everybody sees who scans. */
export function readRecentLots(
  ctx: Pick<Context, "db" | "sql" | "clock">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LotFacts>> {
  const known = [...new Set(ids)].filter((id) => id !== UNKNOWN_SOURCE)
  return recentLots(ctx).of(known, ctx.clock.nowMs(), (missing) => readLots(ctx.db, missing))
}

/** The same for a trace: what was read lately, and what is still to be read and kept. */
export function lookForLots(ctx: Pick<Context, "sql" | "clock">, ids: readonly string[]) {
  const [recent, nowMs] = [recentLots(ctx), ctx.clock.nowMs()]
  const { found, missing } = recent.look(
    [...new Set(ids)].filter((id) => id !== UNKNOWN_SOURCE),
    nowMs,
  )
  return { found, missing, keep: (read: ReadonlyMap<string, LotFacts>) => recent.keep(read, nowMs, found) }
}

export async function readLots(reader: Reader, ids: readonly string[]): Promise<Map<string, LotFacts>> {
  const known = [...new Set(ids)].filter((id) => id !== UNKNOWN_SOURCE)
  if (known.length === 0) return new Map()
  return lotFactsOf(await reader.execute<LotRow>(lotsText({ ids: arrayLiteral("uuid", known) })))
}

/** Query of these lots, as `LotRow`. */
export function lotsQuery(ids: SQL): SQL {
  return sql`
    SELECT lot.id, base.name AS base, base.name_en AS base_en, base.id AS base_site_id, lot.declared_origin, lot.region_code,
      lot.grams::float8 AS grams, extract(epoch FROM lot.harvested_at)::float8 * 1000 AS harvested_ms,
      extract(epoch FROM lot.expires_at)::float8 * 1000 AS expires_ms, encode(lot.record_id, 'hex') AS record_id,
      EXISTS (SELECT FROM ${certificates} AS paper WHERE paper.lot_id = lot.id AND paper.pile_id IS NULL) AS is_certified
    FROM ${lots} AS lot JOIN ${sites} AS base ON base.id = lot.site_id WHERE lot.id = ANY (${ids})`
}

const lotsText = fixedText<"ids">(lotsQuery(sql`${placeholder("ids")}::uuid[]`))

export type LotRow = {
  readonly id: string
  readonly base: string
  readonly base_en: string
  readonly base_site_id: string
  readonly declared_origin: string
  readonly region_code: string
  readonly grams: number
  readonly harvested_ms: number
  readonly expires_ms: number | null
  readonly record_id: string
  readonly is_certified: boolean
}

export function lotFactsOf(rows: readonly LotRow[]): Map<string, LotFacts> {
  return new Map(
    rows.map((row) => {
      const { id, base, base_en: baseEn, base_site_id: baseSiteId, grams, expires_ms } = row
      const facts = {
        ...{ id, base, baseEn, baseSiteId, grams, ...regionOf(row.region_code) },
        ...{ declaredOrigin: row.declared_origin, regionCode: row.region_code, recordId: row.record_id },
        harvestedAt: new Date(Math.round(row.harvested_ms)),
        expiresAt: expires_ms === null ? null : new Date(Math.round(expires_ms)),
        isCertified: row.is_certified,
      }
      return [id, facts]
    }),
  )
}

/** What bounds ranges besides the books (RG-18, RG-23). */
export function limitsOfLots(facts: ReadonlyMap<string, LotFacts>) {
  const lots = [...facts.values()]
  return {
    lotGrams: new Map(lots.map((lot) => [lot.id, lot.grams])),
    expiresAtMs: new Map(lots.flatMap(({ id, expiresAt }) => (expiresAt ? [[id, expiresAt.getTime()] as const] : []))),
  }
}

/** `OriginStatement` of the words, for whoever says it. */
export type OriginDescription = {
  readonly kind: "all-from" | "partly-from" | "one-or-several" | "unknown"
  /** Names of the finest places that are certain, the likeliest first. */
  readonly places: string[]
  readonly placesEn: string[]
  /** How many bases they can be from inside the one place, where that is a county or a province. */
  readonly bases?: number
  /** The place of which most is certain, where it is not all from one; of what was weighed, never of a stock (RG-8). */
  readonly atLeast?: { readonly place: string; readonly placeEn: string; readonly percent: number }
  readonly unknownHighPercent: number
  readonly grams: number
  readonly unknown: { readonly mustGrams: number; readonly mayGrams: number }
  readonly sources: {
    readonly lotId: string
    readonly base: string
    readonly baseEn: string
    readonly province: string
    readonly declaredOrigin: string
    readonly harvestedAt: string
    readonly mustGrams: number
    readonly mayGrams: number
  }[]
  /** A weaker line: what is expected, and by which guess (RG-26). Never part of the statement. */
  readonly expected?: ExpectedDescription
}

export type ExpectedDescription = {
  readonly method: ExpectedShares["method"]
  /** How much of the guess is first in first out, and last in first out; the rest is perfect mixing. */
  readonly firstInPercent: number
  readonly lastInPercent: number
  readonly unknownGrams: number
  readonly sources: { readonly lotId: string; readonly grams: number }[]
}

export function describeExpected({
  method,
  firstInWeight,
  lastInWeight,
  sources,
}: ExpectedShares): ExpectedDescription {
  const known = sources.filter(({ sourceId }) => sourceId !== UNKNOWN_SOURCE)
  return {
    method,
    firstInPercent: Math.round(firstInWeight * 100),
    lastInPercent: Math.round(lastInWeight * 100),
    unknownGrams: sources.find(({ sourceId }) => sourceId === UNKNOWN_SOURCE)?.grams ?? 0,
    sources: known.map(({ sourceId, grams }) => ({ lotId: sourceId, grams })),
  }
}

/** Made once, however many goods are told of with the same lots. */
function onceFor<Made>(make: (facts: ReadonlyMap<string, LotFacts>) => Made) {
  const known = new WeakMap<ReadonlyMap<string, LotFacts>, Made>()
  return (facts: ReadonlyMap<string, LotFacts>): Made => {
    const made = known.get(facts) ?? make(facts)
    known.set(facts, made)
    return made
  }
}

/** Bases by id, because two may have one name; counties by code, where it has a name. */
export function placesOf(facts: ReadonlyMap<string, LotFacts>): PlaceOf {
  return (lotId) => {
    const lot = facts.get(lotId)
    if (lot === undefined) return undefined
    const { baseSiteId: base, county, regionCode, province } = lot
    return { base, province, ...(county !== undefined && { county: regionCode }) }
  }
}

type PlaceName = { readonly place: string; readonly placeEn: string }

/** Lots are called by their base. */
const namesOf = onceFor((facts): ((place: PlaceRange) => PlaceName) => {
  const lots = [...facts.values()]
  const lotAt = {
    lot: facts,
    base: new Map(lots.map((lot) => [lot.baseSiteId, lot])),
    county: new Map(lots.map((lot) => [lot.regionCode, lot])),
    province: new Map(lots.map((lot) => [lot.province, lot])),
  }
  return ({ level, place }) => {
    const lot = lotAt[level].get(place)
    if (lot === undefined) return { place, placeEn: place }
    const { base, baseEn, county = "", province, provinceEn } = lot
    if (level === "province") return { place: province, placeEn: provinceEn }
    if (level === "county") return { place: `${province}${county}`, placeEn: `${county}, ${provinceEn}` }
    return { place: base, placeEn: baseEn || base }
  }
})

/** The finest thing that is certain about what is in stock, which may have become less than the book says. */
export function describeStock(range: OutflowRange, facts: ReadonlyMap<string, LotFacts>): OriginDescription {
  const { atLeast: _, ...described } = describeOrigin(range, facts)
  return described
}

/** The finest thing that is certain about some goods, as data and with the names that it is told by. */
export function describeOrigin(
  range: OutflowRange,
  facts: ReadonlyMap<string, LotFacts>,
  expected?: ExpectedShares,
): OriginDescription {
  const statement = finestStatement(range, placesOf(facts))
  const nameOf = namesOf(facts)
  const names = new Map(statement.places.map((one) => [nameOf(one).place, nameOf(one).placeEn]))
  const { inside, atLeast } = statement
  const percent = atLeast === undefined ? 0 : Math.floor((atLeast.mustGrams * 100) / range.grams)
  return {
    kind: statement.kind,
    places: [...names.keys()],
    placesEn: [...names.values()],
    ...(inside.length > 0 && { bases: inside.length }),
    ...(atLeast && percent > 0 && { atLeast: { ...nameOf(atLeast), percent } }),
    unknownHighPercent: mostPercent(statement.unknown.mayGrams, range),
    grams: range.grams,
    unknown: statement.unknown,
    ...(expected && { expected: describeExpected(expected) }),
    sources: range.sources.flatMap(({ sourceId, mustGrams, mayGrams }) => {
      const lot = facts.get(sourceId)
      if (!lot) return []
      return [
        {
          lotId: lot.id,
          base: lot.base,
          baseEn: lot.baseEn,
          province: lot.province,
          declaredOrigin: lot.declaredOrigin,
          harvestedAt: lot.harvestedAt.toISOString(),
          mustGrams,
          mayGrams,
        },
      ]
    }),
  }
}
