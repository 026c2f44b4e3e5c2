import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { originStatements, piles } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { originStatementKey, recordId } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { splitOriginStatement } from "@suyuan/protocol/ledger/split-parts"
import { uuidToBytes } from "@suyuan/protocol/terminal/identifiers"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { purchasedSources } from "@suyuan/protocol/trace/source-grams"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, desc, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import { discardedLineOffset } from "./apply-refunded-goods"
import { upstreamKey } from "./bought-origins"
import { businessDayOf, type SiteDay } from "./business-day"
import { limitsOfLots, readLots } from "./describe-origin"
import { followPurchases } from "./follow-purchases"
import { lotsOf, readHistories } from "./read-histories"
import { resolve } from "./resolve"
import { keepDayMark, readDayMark } from "./stated-days"

/** One inflow of a pile and day, as stored and compared: what may and must be in it, by source. */
export type StatedInflow = {
  readonly recordId: string
  readonly atMs: number
  readonly grams: number
  readonly sources: readonly { readonly source: string; readonly lowGrams: number; readonly highGrams: number }[]
}

/** A later version is worth a record when some share moved by a point. */
const pointsMoved = 0.01
const unknownSourceBytes = new Uint8Array(16)

/**
 * States which records may have gone into a pile on a business day, with the gram ranges of their sources, and which
 * goods were lost. Issued again, naming what it replaces, when a late record moves a share by a point or more.
 * Returns the first record's id, or undefined when nothing (new) is to be said. The pile is locked meanwhile.
 */
export async function issueStatement(
  ctx: Context,
  tx: Transaction,
  pileId: string,
  businessDay: string,
): Promise<string | undefined> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`pile:${pileId}`}, 0))`)
  const [found] = await tx
    .select({ pile: piles, site: sites, participantNumber: participants.number })
    .from(piles)
    .innerJoin(sites, eq(sites.id, piles.siteId))
    .innerJoin(participants, eq(participants.id, sites.participantId))
    .where(eq(piles.id, pileId))
  if (!found) throw new Error(`pile ${pileId} does not exist`)
  const mark = await readDayMark(tx, { pileId, businessDay })
  const { inflows, losses, suppliers } = await statedGoods(ctx, tx, pileId, found.site, businessDay)
  await keepDayMark(tx, { pileId, businessDay }, mark, suppliers)
  const [last] = await tx
    .select()
    .from(originStatements)
    .where(and(eq(originStatements.pileId, pileId), eq(originStatements.businessDay, businessDay)))
    .orderBy(desc(originStatements.version))
    .limit(1)
  if (last ? !hasMoved(last.inflows as StatedInflow[], inflows) : inflows.length === 0) return undefined
  const version = (last?.version ?? 0) + 1
  const alias = bytesOf(found.pile.alias)
  const day = utcDayOf(Date.parse(`${businessDay}T00:00:00Z`))
  const parts = splitOriginStatement({
    pileAlias: alias,
    businessDay: day,
    version,
    replaces: last ? bytesOf(last.recordId) : undefined,
    inflows: inflows.map((inflow) => ({
      recordId: bytesOf(inflow.recordId),
      atSeconds: msToSeconds2024(inflow.atMs),
      grams: inflow.grams,
      sources: inflow.sources.map(({ source, lowGrams, highGrams }) => ({
        source: source === UNKNOWN_SOURCE ? unknownSourceBytes : uuidToBytes(source),
        lowGrams,
        highGrams,
      })),
    })),
    losses: losses.map(({ atMs, grams }) => ({ atSeconds: msToSeconds2024(atMs), grams })),
  })
  const drafts = parts.map((part) => ({
    recordId: toHex(recordId("origin-statement", day, originStatementKey(alias, day, version, part.part))),
    kind: RECORD_KINDS["origin-statement"],
    siteId: found.site.id,
    concerned: [found.participantNumber],
    publicBytes: encodeRecord({ kind: "origin-statement", public: part }).public,
  }))
  await writeRecords(ctx, tx, drafts)
  const [first] = drafts
  if (!first) throw new Error("a statement has at least one part")
  await tx.insert(originStatements).values({
    pileId,
    businessDay,
    version,
    siteId: found.site.id,
    recordId: first.recordId,
    inflows,
    issuedAt: new Date(ctx.clock.nowMs()),
  })
  return first.recordId
}

async function statedGoods(ctx: Context, tx: Transaction, pileId: string, site: SiteDay, businessDay: string) {
  const nowMs = ctx.clock.nowMs()
  // A business day of any zone, and what lies beside it.
  const from = new Date(Date.parse(`${businessDay}T00:00:00Z`) - 86_400_000)
  const read = await readHistories(tx, [{ pileId, until: new Date(nowMs), from }], nowMs)
  const { histories, rows, bought } = read
  const own = rows.filter((row) => row.pileId === pileId && businessDayOf(site, row.effectiveAt) === businessDay)
  const inflows = own.filter((row) => row.direction === 0 && row.source !== "void")
  // As a trace is ranged: what is remembered of a purchase was bounded by its lots, too.
  const limits = limitsOfLots(await readLots(tx, lotsOf(read)))
  // Goods that came back have the ranges of what had left this pile (RG-5).
  const left = new Set(inflows.flatMap((row) => (row.source === "return" ? [upstreamKey(row)] : [])))
  const isKept = (id: string, key: string) => read.isNamed(id, key) || (id === pileId && left.has(key))
  const origins = resolve(histories, { ...limits, keep: isKept })
  const suppliers = followPurchases(read, origins).suppliersOf(
    pileId,
    inflows.filter(({ source }) => source === "purchase"),
  )
  const stated = inflows
    .map((row): StatedInflow => {
      const upstream =
        row.upstreamPileId !== null && origins
          ? (bought.get(upstreamKey(row)) ?? origins.piles.get(row.upstreamPileId)?.outflows.get(upstreamKey(row)))
          : undefined
      const own = row.source === "lot" && row.lotId !== null ? row.lotId : UNKNOWN_SOURCE
      const sources = upstream
        ? purchasedSources(upstream, row.gramsHigh)
        : [{ sourceId: own, lowGrams: row.gramsLow, highGrams: row.gramsHigh }]
      return {
        recordId: row.recordId,
        atMs: row.effectiveAt.getTime(),
        grams: row.gramsHigh,
        sources: sources
          .filter(({ highGrams }) => highGrams > 0)
          .map(({ sourceId, ...range }) => ({ source: sourceId, ...range }))
          .sort((a, b) => (a.source < b.source ? -1 : 1)),
      }
    })
    .sort((a, b) => a.atMs - b.atMs || (a.recordId < b.recordId ? -1 : 1))
  const losses = own
    .filter((row) => row.source === "outflow" && row.line >= discardedLineOffset)
    .map((row) => ({ atMs: row.effectiveAt.getTime(), grams: row.gramsHigh }))
    .sort((a, b) => a.atMs - b.atMs)
  return { inflows: stated, losses, suppliers }
}

function hasMoved(before: readonly StatedInflow[], now: readonly StatedInflow[]): boolean {
  if (before.length !== now.length) return true
  return now.some((inflow, index) => {
    const earlier = before[index]
    if (!earlier || earlier.recordId !== inflow.recordId || earlier.sources.length !== inflow.sources.length)
      return true
    return inflow.sources.some((source, at) => {
      const old = earlier.sources[at]
      if (!old || old.source !== source.source) return true
      const moved = Math.max(Math.abs(old.lowGrams - source.lowGrams), Math.abs(old.highGrams - source.highGrams))
      return moved >= inflow.grams * pointsMoved && moved > 0
    })
  })
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error("a stored id is not hex")
  return bytes
}
