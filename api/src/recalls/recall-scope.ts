import { createHash } from "node:crypto"
import { toHex } from "@suyuan/protocol/codec/bytes"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { type ClaimedGrams, claimedGrams } from "@suyuan/protocol/trace/recall-claims"
import {
  inflowKey,
  type RecalledGrams,
  type RecalledPile,
  type RecallSources,
  recallScope,
} from "@suyuan/protocol/trace/recall-scope"
import { type Actor, requireScope } from "../actor"
import type { Context, Reader } from "../context"
import { pileEventOf } from "../trace/read-histories"
import { clockErrorMs, openOrderMs } from "../trace/resolve"
import { namedKey, type ReachedPile, type ReachedRow } from "./reached-pile"
import type { Reached } from "./reached-rows"
import { type AffectedRun, type AffectedSale, readAffected, type SaleCursor, type Stall } from "./read-affected"
import { readReach } from "./read-reach"
import {
  type FrozenSources,
  type RecallSet,
  recallSourcesOf,
  resolveRecallSet,
  setDigestOf,
  setGramsOf,
} from "./recall-set"

export type ScopePile = {
  readonly pileId: string
  readonly siteId: string
  readonly merchantId: string
  readonly commodity: number
  readonly lotId: string | null
  readonly sales: number
  /** Those among them that hold more of the set by the seller's own word than the books had of it (RC-21). */
  readonly claimedSales: number
  readonly mayGrams: number
  readonly mustGrams: number
  readonly expectedGrams: number
  /** So much more. */
  readonly claimedGrams: number
  readonly stock: RecalledGrams
}

export type ScopeTotals = {
  readonly sales: number
  readonly claimedSales: number
  readonly stalls: number
  readonly mayGrams: number
  readonly mustGrams: number
  readonly expectedGrams: number
  /** Of sellers' words alone: where it is above what there was of the set, more was said to be of it than can be. */
  readonly claimedGrams: number
  readonly stockMayGrams: number
  /** What there was of the set at all: no total of the books is above it (RC-5). */
  readonly setGrams: number
}

export type ScopeSale = Omit<AffectedSale, "platform" | "appId" | "openId"> & {
  /** Keyed hash of who paid, where a wallet did: joins one payer's purchases, and names nobody. */
  readonly payer: string | undefined
}

export type RecallScopeAnswer = {
  readonly asOfMs: number
  /** When the shelf life of all that is recalled is over. */
  readonly overMs: number
  readonly setDigest: string
  /** Names this scope: other sales, weights or piles have another one. */
  readonly digest: string
  /** Names what a person decides by: the set, and the piles and sites that it reached. Sales do not change it. */
  readonly reachDigest: string
  readonly totals: ScopeTotals
  /** Piles that may hold or may have sold some, or whose seller said so, the most expected and claimed first. */
  readonly piles: readonly ScopePile[]
  readonly stalls: readonly Stall[]
  readonly sales: readonly ScopeSale[]
  readonly next: SaleCursor | undefined
}

export type ScopePage = { readonly after?: SaleCursor | undefined; readonly limit?: number }

/**
 * Where a set went: what may have been sold, by whom, to whom, and what is still in stock. Three queries for the first
 * page and the totals of a lot, a base or a region; one more where something came back that had left before all that is
 * read. An actor of some sites sees what happened there.
 * @throws ServiceError request/forbidden, recall/set-empty, recall/set-too-wide, recall/inspection-unknown.
 */
export async function readRecallScope(
  ctx: Context,
  actor: Actor,
  set: RecallSet,
  page: ScopePage = {},
): Promise<RecallScopeAnswer> {
  requireScope(actor, "recalls:read")
  return scopeOf(ctx, ctx.questions, actor, await resolveRecallSet(ctx, ctx.questions, set), page)
}

/** The same of sources that were frozen before. */
export async function scopeOf(
  ctx: Pick<Context, "clock" | "keys">,
  reader: Reader,
  actor: Pick<Actor, "siteIds">,
  sources: FrozenSources,
  { after, limit = 50 }: ScopePage = {},
): Promise<RecallScopeAnswer> {
  const asOfMs = ctx.clock.nowMs()
  const found = await findAffected(reader, sources, asOfMs)
  const isSeen = ({ siteId }: PlacedPile) => actor.siteIds.length === 0 || actor.siteIds.includes(siteId)
  const both: readonly PlacedPile[] = [...found.reach.claims, ...found.reach.piles]
  const reached = new Map(both.filter(isSeen).map((pile) => [pile.pileId, pile]))
  const stocks = new Map(found.piles.map(({ pileId, stock }) => [pileId, stock]))
  const runs = found.runs.filter(({ pileId }) => reached.has(pileId))
  const merchantIds = [...new Set([...reached.values()].map(({ merchantId }) => merchantId))]
  const affected = await readAffected(reader, runs, merchantIds, { after, limit: limit + 1 })
  const sums = new Map(affected.piles.map((pile) => [pile.pileId, pile]))
  const piles = [...reached.values()]
    .map(({ pileId, siteId, merchantId, commodity, lotId }): ScopePile => {
      const { mark: _, ...sold } = sums.get(pileId) ?? noSales
      return { siteId, merchantId, commodity, lotId, ...sold, pileId, stock: stocks.get(pileId) ?? noStock }
    })
    .filter((pile) => pile.sales > 0 || pile.stock.mayGrams > 0)
    .sort((a, b) => rankOf(b) - rankOf(a) || (a.pileId < b.pileId ? -1 : 1))
  const named = new Set(piles.map(({ merchantId }) => merchantId))
  const sales = affected.sales.slice(0, limit)
  const marks = piles.map(({ pileId, ...pile }) => {
    const { sales, mayGrams, mustGrams, claimedGrams, stock } = pile
    const books = [pileId, sales, mayGrams, mustGrams, sums.get(pileId)?.mark ?? "", stock.mayGrams]
    return [...books, ...(claimedGrams > 0 ? [claimedGrams] : [])].join(" ")
  })
  const setDigest = setDigestOf(sources)
  const places = piles.map(({ pileId, siteId }) => `${pileId} ${siteId}`)
  return {
    asOfMs,
    overMs: Math.round(found.reach.overMs),
    setDigest,
    digest: digestOf([setDigest, ...marks.sort()]),
    reachDigest: digestOf([setDigest, ...places.sort()]),
    totals: totalsOf(piles, sources),
    piles,
    stalls: affected.stalls.filter(({ merchantId }) => named.has(merchantId)),
    sales: sales.map((sale) => withPayer(ctx, sale)),
    next: affected.sales.length > limit ? sales.at(-1) : undefined,
  }
}

type PlacedPile = Pick<ReachedPile, "pileId" | "siteId" | "merchantId" | "commodity" | "lotId">

const noStock: RecalledGrams = { grams: 0, mustGrams: 0, mayGrams: 0, expectedGrams: 0 }
const noSales = { sales: 0, claimedSales: 0, mayGrams: 0, mustGrams: 0, expectedGrams: 0, claimedGrams: 0, mark: "" }

/** Where one looks first: what is expected, and what the seller's word adds to it. */
function rankOf({ expectedGrams, claimedGrams }: Pick<ScopePile, "expectedGrams" | "claimedGrams">): number {
  return expectedGrams + claimedGrams
}

export type Affected = {
  readonly reach: Reached
  readonly piles: readonly RecalledPile[]
  readonly runs: readonly AffectedRun[]
}

/** Which outflows the set may be in, as runs: one query and the pure engine. */
export async function findAffected(reader: Reader, sources: FrozenSources, nowMs: number): Promise<Affected> {
  const reach = await readReach(reader, sources, nowMs)
  const piles = inStockNow(reach, resolveScope(reach, recallSourcesOf(sources), lotGramsOf(sources)))
  return { reach, piles, runs: runsOf(reach, piles, claimedIn(reach, sources, piles)) }
}

function claimedIn({ piles, claims }: Reached, { lots }: FrozenSources, scope: readonly RecalledPile[]): ClaimedGrams {
  const recalled = new Set(lots.map(({ id }) => id))
  const isClaim = ({ source, lotId }: ReachedRow) => source === "outflow" && lotId !== null && recalled.has(lotId)
  const claiming = [...piles.filter(({ rows }) => rows.some(isClaim)), ...claims]
  const histories = claiming.map(({ pileId, rows }) => ({ pileId, events: rows.map(eventOf) }))
  return claimedGrams(histories, recalled, scope)
}

/** Of what is taken as gone, what was there then may be there still, unless the pile was counted as sold out since (RC-2). */
function inStockNow({ piles }: Reached, scope: readonly RecalledPile[]): readonly RecalledPile[] {
  const cut = new Map(piles.filter(({ isCut }) => isCut).map((pile) => [pile.pileId, pile]))
  if (cut.size === 0) return scope
  return scope.map((pile) => {
    const end = cut.get(pile.pileId)
    if (end === undefined) return pile
    const { grams, mayGrams } = pile.stock
    const left = end.isSoldOut ? { grams: 0, mayGrams: 0 } : { grams, mayGrams }
    return { ...pile, stock: { ...left, mustGrams: 0, expectedGrams: 0 } }
  })
}

/** By the pure engine, with the clocks' error allowed for. */
export function resolveScope(
  { piles }: Pick<Reached, "piles">,
  sources: RecallSources,
  lotGrams: ReadonlyMap<string, number>,
): readonly RecalledPile[] {
  const histories = piles.map(historyOf)
  const scope = recallScope(histories, sources, { lotGrams, clockErrorMs })
  if (scope.ok) return scope.value
  // Goods that went round: what waits for itself may be all of the set and need not be any, so that nothing is missed.
  const round = scope.error.purchases.map((purchase) => inflowKey(purchase.pileId, purchase))
  return resolveScope({ piles }, { ...sources, open: new Set([...(sources.open ?? []), ...round]) }, lotGrams)
}

function historyOf({
  pileId,
  sinceMs,
  openingGrams: grams,
  openingLowGrams: lowGrams,
  openingSources: sources,
  rows,
}: ReachedPile): PileHistory {
  // Before the clocks leave the order of anything that is read open: the set had not come yet.
  const effectiveAtMs = sinceMs - 4 * clockErrorMs
  const opening = { recordId: "opening", effectiveAtMs, grams, lowGrams, ...(sources && { sources }) }
  const events: PileEvent[] = grams > 0 ? [{ kind: "in", ...opening }] : []
  for (const row of rows) events.push(eventOf(row))
  return { pileId, events }
}

function eventOf(row: ReachedRow): PileEvent {
  const { recordId, line, atMs: effectiveAtMs, gramsLow: lowGrams, gramsHigh: grams, lotId } = row
  switch (row.source) {
    case "outflow":
      if (row.isRun) return { kind: "out", recordId, line, effectiveAtMs, grams, lowGrams, fromMs: row.firstMs }
      return lotId === null
        ? { kind: "out", recordId, line, effectiveAtMs, grams, lowGrams }
        : { kind: "out", recordId, line, effectiveAtMs, grams, lowGrams, chosen: lotId }
    case "purchase": {
      const [pileId, upstreamId] = [row.upstreamPileId ?? "", row.upstreamRecordId ?? ""]
      const upstream = { pileId, recordId: upstreamId, line: row.upstreamLine ?? 0 }
      return { kind: "in", recordId, line, effectiveAtMs, grams, lowGrams, upstream }
    }
    case "count":
      return { kind: "count", recordId, line, effectiveAtMs, grams }
    default:
      return pileEventOf({ ...row, pileId: "", effectiveAt: new Date(effectiveAtMs) })
  }
}

function lotGramsOf({ lots }: FrozenSources): Map<string, number> {
  return new Map(lots.map(({ id, grams }) => [id, grams]))
}

function runsOf(
  { piles, claims, lastMs }: Reached,
  scope: readonly RecalledPile[],
  claimed: ClaimedGrams,
): AffectedRun[] {
  const bought = new Map<string, Set<string>>()
  for (const { rows } of piles) {
    for (const row of rows) {
      if (row.source !== "purchase") continue
      const from = row.upstreamPileId ?? ""
      const known = bought.get(from) ?? new Set<string>()
      bought.set(from, known.add(namedKey(row)))
    }
  }
  const found = new Map(scope.map(({ pileId, outflows }) => [pileId, outflows]))
  const runs: AffectedRun[] = []
  const told = new Set<string>()
  const tell = ({ pileId, merchantId, rows }: Pick<ReachedPile, "pileId" | "merchantId" | "rows">) => {
    const [ranges, ofPile, words] = [found.get(pileId), bought.get(pileId), claimed.get(pileId)]
    if (ranges === undefined && words === undefined) return
    for (const row of rows) {
      if (row.source !== "outflow") continue
      const key = outflowKey(row)
      const range = row.firstMs > lastMs + openOrderMs ? undefined : ranges?.get(key)
      const claimedGrams = words?.get(key) ?? 0
      if (range === undefined && claimedGrams === 0) continue
      if (claimedGrams > 0 && told.has(`${pileId}/${key}`)) continue
      if (claimedGrams > 0) told.add(`${pileId}/${key}`)
      const { grams, mayGrams, mustGrams, expectedGrams } = range ?? { ...noStock, grams: row.gramsHigh }
      runs.push({
        ...{ pileId, merchantId, firstMs: row.firstMs, lastMs: row.atMs, sums: row.sums },
        recordId: row.isRun ? undefined : row.recordId,
        line: row.isRun ? 0 : row.line,
        ...{ grams, mayGrams, mustGrams, expectedGrams, claimedGrams },
        otherGrams: row.gramsLow - mustGrams,
        isFollowed: ofPile?.has(key) ?? false,
      })
    }
  }
  for (const pile of piles) tell(pile)
  // Some of them may have been read with what was there before.
  for (const pile of claims) tell(pile)
  return runs
}

function digestOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex")
}

function totalsOf(piles: readonly ScopePile[], sources: FrozenSources): ScopeTotals {
  const sum = (of: (pile: ScopePile) => number) => piles.reduce((total, pile) => total + of(pile), 0)
  const setGrams = setGramsOf(sources)
  return {
    sales: sum(({ sales }) => sales),
    claimedSales: sum(({ claimedSales }) => claimedSales),
    stalls: new Set(piles.map(({ merchantId }) => merchantId)).size,
    mayGrams: Math.min(
      setGrams,
      sum(({ mayGrams }) => mayGrams),
    ),
    mustGrams: sum(({ mustGrams }) => mustGrams),
    expectedGrams: Math.min(
      setGrams,
      sum(({ expectedGrams }) => expectedGrams),
    ),
    claimedGrams: sum(({ claimedGrams }) => claimedGrams),
    stockMayGrams: Math.min(
      setGrams,
      sum(({ stock }) => stock.mayGrams),
    ),
    setGrams,
  }
}

function withPayer({ keys }: Pick<Context, "keys">, { platform, appId, openId, ...sale }: AffectedSale): ScopeSale {
  const isKnown = platform !== null && appId !== null && openId !== null
  return { ...sale, payer: isKnown ? toHex(keys.payerPseudonym(platform, appId, openId)) : undefined }
}
