import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { piles } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import { type ChecksRow, checksQuery, type LotChecks, lotChecksOf } from "../inspections/coverage"
import { arrayLiteral } from "../unnest"
import { type LotFacts, type LotRow, lotFactsOf, lotsQuery } from "./describe-origin"
import { statementsQuery } from "./find-statements"
import {
  type InspectionDescription,
  type InspectionRow,
  inspectionsOf,
  inspectionsQuery,
  stayParameters,
} from "./read-inspections"
import { type InForceRow, inForceQuery, type RecallsByPile, recallsByPile } from "./recalls-in-force"
import type { Stay } from "./stay"

export type TracedStall = {
  readonly site: string
  readonly siteEn: string
  readonly kind: string
  readonly stall: string
  readonly stallNumber: string
  /** In millionths of a degree, as the next. */
  readonly latitude: number | null
  readonly longitude: number | null
}

/** All that a trace names beside piles and grams. */
export type Named = {
  /** Of those lots that were still to be read. */
  readonly lots: ReadonlyMap<string, LotFacts>
  readonly checks: ReadonlyMap<string, LotChecks>
  /** By pile, as the next. */
  readonly stalls: ReadonlyMap<string, TracedStall>
  readonly tests: ReadonlyMap<string, readonly InspectionDescription[]>
  readonly recalled: RecallsByPile
  /** Records of the day's newest origin statements. */
  readonly statements: readonly string[]
}

export type NamesAsked = {
  readonly lotIds: readonly string[]
  /** Of which no facts are known. */
  readonly unknownLotIds: readonly string[]
  /** Of the sale. */
  readonly pileIds: readonly string[]
  readonly businessDay: string
  /** On the way. */
  readonly stopPileIds: readonly string[]
  readonly stays: readonly Stay[]
}

/** One statement: five of them, each a wait for a connection of its own, took the gateway longer than the database. */
export async function readNamed(
  reader: Reader,
  { lotIds, unknownLotIds, pileIds, businessDay, stopPileIds, stays }: NamesAsked,
): Promise<Named> {
  const [row] = await reader.execute<Row>(
    namedText({
      ...{ lots: arrayLiteral("uuid", lotIds), piles: arrayLiteral("bytea", pileIds), businessDay },
      unknownLots: arrayLiteral("uuid", unknownLotIds),
      ...{ stops: arrayLiteral("bytea", [...new Set(stopPileIds)]), ...stayParameters(stays) },
    }),
  )
  return {
    lots: lotFactsOf(row?.lots ?? []),
    checks: lotChecksOf(lotIds, row?.checks ?? []),
    stalls: new Map((row?.stalls ?? []).map(({ pile_id, ...stall }) => [pile_id, stallOf(stall)])),
    tests: inspectionsOf(row?.tests ?? []),
    recalled: recallsByPile(pileIds, row?.recalls ?? []),
    statements: (row?.statements ?? []).map(({ record_id }) => record_id),
  }
}

const stallsQuery = sql`
  SELECT encode(pile.id, 'hex') AS pile_id, stall.name AS stall, stall.stall_number, place.name AS site, place.name_en AS site_en,
    place.kind, place.latitude_microdegrees AS latitude, place.longitude_microdegrees AS longitude
  FROM ${piles} AS pile JOIN ${merchants} AS stall ON stall.id = pile.merchant_id JOIN ${sites} AS place ON place.id = stall.site_id
  WHERE pile.id = ANY (${placeholder("stops")}::bytea[])`

const own = sql`${placeholder("piles")}::bytea[]`

/** Its rows as one value, in their order; null for none. */
const rowsOf = (query: SQL) => sql`(SELECT json_agg(one) FROM (${query}) AS one)`

const namedText = fixedText<
  "lots" | "unknownLots" | "piles" | "businessDay" | "stops" | keyof ReturnType<typeof stayParameters>
>(sql`
  SELECT ${rowsOf(lotsQuery(sql`${placeholder("unknownLots")}::uuid[]`))} AS lots, ${rowsOf(checksQuery(sql`${placeholder("lots")}::uuid[]`))} AS checks, ${rowsOf(stallsQuery)} AS stalls,
    ${rowsOf(inspectionsQuery)} AS tests, ${rowsOf(inForceQuery(own))} AS recalls,
    ${rowsOf(statementsQuery(own, sql`${placeholder("businessDay")}::date`))} AS statements`)

type StallRow = {
  readonly site: string
  readonly site_en: string
  readonly kind: string
  readonly stall: string
  readonly stall_number: string
  readonly latitude: number | null
  readonly longitude: number | null
}

type Row = {
  readonly lots: readonly LotRow[] | null
  readonly checks: readonly ChecksRow[] | null
  readonly stalls: readonly (StallRow & { readonly pile_id: string })[] | null
  readonly tests: readonly InspectionRow[] | null
  readonly recalls: readonly InForceRow[] | null
  readonly statements: readonly { readonly record_id: string }[] | null
}

function stallOf({ site_en: siteEn, stall_number: stallNumber, ...stall }: StallRow): TracedStall {
  return { ...stall, siteEn, stallNumber }
}
