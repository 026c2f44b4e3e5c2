import { testedLots } from "@suyuan/drizzle/schema/checks"
import { certificates, inspections, lots } from "@suyuan/drizzle/schema/trace"
import { mostPercent } from "@suyuan/protocol/trace/finest-statement"
import type { OriginOptions, PileHistory } from "@suyuan/protocol/trace/origin-range"
import { type SetRange, setGroups, setRangeOf } from "@suyuan/protocol/trace/pile"
import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import { type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import { recentOf } from "../recent"
import { type InspectionDescription, photoOf } from "../trace/read-inspections"
import { resolve } from "../trace/resolve"
import { arrayLiteral } from "../unnest"

/** What is known of a lot besides where it came from. Of each chain of tests only the newest counts. */
export type LotChecks = {
  /** It may have been in a pile whose sample passed. */
  readonly isTested: boolean
  /** It may have been in a pile whose sample failed: then it is covered by no other test. */
  readonly hasFailed: boolean
  /** Those that failed and count, the newest first. */
  readonly failedTests?: readonly InspectionDescription[]
  /** How much of it carries a certificate: none, a part of its weight, or all. */
  readonly certified: "none" | "part" | "all"
}

export function isCertified(lot: LotChecks | undefined): boolean {
  return lot !== undefined && lot.certified !== "none"
}

type FailedRow = Omit<InspectionDescription, "photo"> & { readonly photo: string | null }
export type ChecksRow = {
  readonly lot_id: string
  readonly is_tested: boolean | null
  readonly failed: readonly FailedRow[] | null
  readonly certified: LotChecks["certified"] | null
}

/** Checks of these lots. One round trip. */
export async function readLotChecks(reader: Reader, lotIds: readonly string[]): Promise<Map<string, LotChecks>> {
  if (lotIds.length === 0) return new Map()
  return lotChecksOf(lotIds, await reader.execute<ChecksRow>(checksText({ lots: arrayLiteral("uuid", lotIds) })))
}

/** Query of those of these lots that were tested or have a certificate, as `ChecksRow`. */
export function checksQuery(lotIds: SQL): SQL {
  return sql`
    SELECT coalesce(test.lot_id, paper.lot_id) AS lot_id, test.is_tested, test.failed, paper.certified
    FROM (
      SELECT tested.lot_id, bool_or(conclusion = 'passed') AS is_tested, json_agg(json_build_object(
        'sampleNumber', sample_number, 'testedAt', tested_at, 'method', method, 'standard', standard,
        'limitPermille', limit_permille, 'inhibitionPermille', inhibition_permille, 'conclusion', conclusion,
        'recordId', encode(record_id, 'hex'), 'photo', encode(photo, 'hex')) ORDER BY tested_at DESC
      ) FILTER (WHERE conclusion = 'failed') AS failed
      FROM ${testedLots} AS tested JOIN ${inspections} AS test ON test.id = tested.inspection_id
      WHERE tested.lot_id = ANY (${lotIds}) AND test.superseded_by IS NULL GROUP BY tested.lot_id
    ) AS test
    FULL JOIN (
      SELECT paper.lot_id, CASE WHEN sum(paper.grams) < lot.grams THEN 'part' ELSE 'all' END AS certified
      FROM ${certificates} AS paper JOIN ${lots} AS lot ON lot.id = paper.lot_id
      WHERE paper.lot_id = ANY (${lotIds}) AND paper.pile_id IS NULL GROUP BY paper.lot_id, lot.grams
    ) AS paper ON paper.lot_id = test.lot_id`
}

const checksText = fixedText<"lots">(checksQuery(sql`${placeholder("lots")}::uuid[]`))

const unchecked: LotChecks = { isTested: false, hasFailed: false, failedTests: [], certified: "none" }

/** Of each of the lots. */
export function lotChecksOf(lotIds: readonly string[], rows: readonly ChecksRow[]): Map<string, LotChecks> {
  const checks = new Map(lotIds.map((id) => [id, unchecked]))
  for (const { lot_id, is_tested, failed, certified } of rows) {
    const failedTests = (failed ?? []).map(({ photo, testedAt, ...test }) => {
      return { ...test, testedAt: new Date(testedAt).toISOString(), ...photoOf(photo) }
    })
    const hasFailed = failedTests.length > 0
    const isTested = is_tested === true && !hasFailed
    checks.set(lot_id, { isTested, hasFailed, failedTests, certified: certified ?? "none" })
  }
  return checks
}

/**
 * The tests of some goods, with those that failed of what may be among them: sampled elsewhere, or after these had left.
 * Failures that count go first.
 */
export function withFailedLots(
  tests: readonly InspectionDescription[],
  lotIds: readonly string[],
  checks: ReadonlyMap<string, LotChecks>,
): InspectionDescription[] {
  const all = [...lotIds.flatMap((id) => checks.get(id)?.failedTests ?? []), ...tests]
  const once = [...new Map(all.map((test) => [test.recordId, test])).values()]
  const rank = ({ conclusion, isSuperseded }: InspectionDescription) =>
    conclusion === "failed" && !isSuperseded ? 0 : 1
  return once.sort((a, b) => rank(a) - rank(b) || Date.parse(b.testedAt) - Date.parse(a.testedAt))
}

/** What a test that came a moment ago says of a lot may be seen so much later. */
const recentChecks = recentOf<string, LotChecks>(10_000, 50_000)

/** For what everybody sees who scans. */
export function readRecentChecks(
  ctx: Pick<Context, "db" | "sql" | "clock">,
  lotIds: readonly string[],
): Promise<ReadonlyMap<string, LotChecks>> {
  return recentChecks(ctx).of([...new Set(lotIds)], ctx.clock.nowMs(), (missing) => readLotChecks(ctx.db, missing))
}

export type CoveredGrams = { readonly mustGrams: number; readonly mayGrams: number }

/** Of some goods, how much must and may be of lots that passed, failed, or carry a certificate (CV-1 to CV-4). */
export type Coverage = {
  readonly grams: number
  /** The least that they may weigh, where that is an interval. */
  readonly lowGrams?: number
  readonly tested: CoveredGrams
  readonly failed: CoveredGrams
  readonly certified: CoveredGrams
}

export type CoverageOf = (pileId: string, key: string) => Coverage | undefined

/**
 * Walks the histories once a set of lots: a set is often certain where none of its lots is. Goods of unknown origin are
 * in none. Of a lot that carries a certificate for a part of its weight nobody knows which part: it counts for `may` alone.
 */
export function coverageOf(
  histories: readonly PileHistory[],
  checks: ReadonlyMap<string, LotChecks>,
  options: Omit<OriginOptions, "groupOf">,
): CoverageOf {
  const walk = (isIn: (lot: LotChecks) => boolean): RangeOf | undefined => {
    const isAny = [...checks.values()].some(isIn)
    return isAny ? setRanges(histories, checks, isIn, options) : undefined
  }
  const [tested, failed] = [walk((lot) => lot.isTested), walk((lot) => lot.hasFailed)]
  const some = walk(({ certified }) => certified !== "none")
  const isPart = [...checks.values()].some(({ certified }) => certified === "part")
  const whole = isPart ? walk(({ certified }) => certified === "all") : some
  // Every walk reads the same outflows.
  const weights = tested ?? failed ?? some ?? setRanges(histories, checks, () => false, options)
  return (pileId, key) => {
    const range = weights(pileId, key)
    if (!range) return undefined
    const { grams, lowGrams } = range
    return {
      ...{ grams, ...(lowGrams !== undefined && { lowGrams }) },
      tested: gramsOf(tested?.(pileId, key)),
      failed: gramsOf(failed?.(pileId, key)),
      certified: {
        mustGrams: gramsOf(whole?.(pileId, key)).mustGrams,
        mayGrams: gramsOf(some?.(pileId, key)).mayGrams,
      },
    }
  }
}

/**
 * The same of a bag that is weighed out of a pile now, from what each of its sources must and may be there: a bag need
 * not have the mix of the pile. Of a bag of unknown weight only all or nothing is certain. Undefined beyond the book:
 * what is missing there may have come at any time, and changes what was sold before.
 */
export function coverageOfBag(
  pile: { readonly stockGrams: number; readonly live: readonly SourceRange[] },
  bagGrams: number | undefined,
  checks: ReadonlyMap<string, LotChecks>,
): Coverage | undefined {
  const grams = bagGrams ?? 1
  if (grams > pile.stockGrams) return undefined
  const inBag = (isIn: (lot: LotChecks) => boolean): CoveredGrams => {
    const covered = sumOf(pile.live.filter(({ sourceId }) => includes(checks, sourceId, isIn)))
    const others = sumOf(pile.live.filter(({ sourceId }) => !includes(checks, sourceId, isIn)))
    const othersMay = Math.min(others.mayGrams, pile.stockGrams - covered.mustGrams)
    const coveredMay = Math.min(covered.mayGrams, pile.stockGrams - others.mustGrams)
    return { mustGrams: Math.max(0, grams - othersMay), mayGrams: Math.max(0, Math.min(coveredMay, grams)) }
  }
  return {
    grams,
    tested: inBag((lot) => lot.isTested),
    failed: inBag((lot) => lot.hasFailed),
    certified: {
      mustGrams: inBag(({ certified }) => certified === "all").mustGrams,
      mayGrams: inBag(({ certified }) => certified !== "none").mayGrams,
    },
  }
}

function includes(checks: ReadonlyMap<string, LotChecks>, sourceId: string, isIn: (lot: LotChecks) => boolean) {
  const lot = checks.get(sourceId)
  return lot !== undefined && isIn(lot)
}

function sumOf(sources: readonly SourceRange[]): CoveredGrams {
  return {
    mustGrams: sources.reduce((sum, { mustGrams }) => sum + mustGrams, 0),
    mayGrams: sources.reduce((sum, { mayGrams }) => sum + mayGrams, 0),
  }
}

type RangeOf = (pileId: string, key: string) => SetRange | undefined

function setRanges(
  histories: readonly PileHistory[],
  checks: ReadonlyMap<string, LotChecks>,
  isIn: (lot: LotChecks) => boolean,
  options: Omit<OriginOptions, "groupOf">,
): RangeOf {
  const groupOf = setGroups((sourceId) => includes(checks, sourceId, isIn))
  const resolved = resolve(histories, { ...options, groupOf })
  return (pileId, key) => {
    const range = resolved?.piles.get(pileId)?.outflows.get(key)
    return range && setRangeOf(range)
  }
}

function gramsOf(range: SetRange | undefined): CoveredGrams {
  return { mustGrams: range?.mustGrams ?? 0, mayGrams: range?.mayGrams ?? 0 }
}

/** Several goods together: what each must and may hold adds up. */
export function addCoverage(all: readonly Coverage[]): Coverage {
  const sum = (of: (one: Coverage) => CoveredGrams): CoveredGrams => ({
    mustGrams: all.reduce((grams, one) => grams + of(one).mustGrams, 0),
    mayGrams: all.reduce((grams, one) => grams + of(one).mayGrams, 0),
  })
  const grams = all.reduce((total, one) => total + one.grams, 0)
  const lowGrams = all.reduce((total, one) => total + (one.lowGrams ?? one.grams), 0)
  return {
    ...{ grams, ...(lowGrams < grams && { lowGrams }) },
    tested: sum((one) => one.tested),
    failed: sum((one) => one.failed),
    certified: sum((one) => one.certified),
  }
}

/** In whole per cent: what must is rounded down, what may up, so that neither says more than is certain. */
export function percentsOf({ grams, lowGrams = grams, ...sets }: Coverage) {
  const percents = ({ mustGrams, mayGrams }: CoveredGrams) => ({
    mustPercent: grams === 0 ? 0 : Math.floor((mustGrams * 100) / grams),
    mayPercent: mostPercent(mayGrams, { grams, lowGrams }),
  })
  return { tested: percents(sets.tested), failed: percents(sets.failed), certified: percents(sets.certified) }
}
