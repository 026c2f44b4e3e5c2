import { sha256 } from "@noble/hashes/sha2.js"
import { lots } from "@suyuan/drizzle/schema/trace"
import { toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { inflowKey, type RecallSources } from "@suyuan/protocol/trace/recall-scope"
import { and, asc, between, eq, type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { resolve } from "../trace/resolve"
import { arrayOf } from "../unnest"
import { readSample, readSampledPile } from "./sampled-pile"

/** What is to be withdrawn, as a person says it. Instants are of the harvest. */
export type RecallSet =
  | { readonly kind: "lots"; readonly lotIds: readonly string[] }
  | ({ readonly kind: "base"; readonly siteId: string } & Harvested)
  /** Two, four or six digits of GB/T 2260. */
  | ({ readonly kind: "region"; readonly regionCode: string } & Harvested)
  /** Everything that may have been in the pile that the sample was taken from; of a lot that it names and that may have been there, that lot. */
  | { readonly kind: "inspection"; readonly inspectionId: string }

type Harvested = { readonly commodity?: number | undefined; readonly from: Date; readonly until: Date }

/** The set as sources: what is frozen with a recall. */
export type FrozenSources = {
  /** Ascending by id. */
  readonly lots: readonly RecalledLot[]
  /** Goods of unknown origin, by how they came in. */
  readonly inflows: readonly RecalledInflow[]
}

export type RecalledLot = {
  readonly id: string
  readonly siteId: string
  readonly grams: number
  /** When it was harvested, and until when it keeps; not known of what was frozen long ago, or has no shelf life of its own. */
  readonly fromMs?: number | undefined
  readonly untilMs?: number | undefined
}

export type RecalledInflow = {
  readonly pileId: string
  readonly siteId: string
  readonly recordId: string
  readonly line: number
  readonly atMs: number
  readonly grams: number
}

/** More is no recall but a closed region: it is asked for in parts. */
const lotsMax = 1000

/** @throws ServiceError recall/set-empty, recall/set-too-wide, recall/inspection-unknown. */
export async function resolveRecallSet(ctx: Context, reader: Reader, set: RecallSet): Promise<FrozenSources> {
  if (set.kind === "inspection") return sourcesOfSample(ctx, reader, set.inspectionId)
  const found = await readLots(reader, lotsIn(set))
  if (found.length > lotsMax) throw new ServiceError("recall/set-too-wide", { expected: `at most ${lotsMax} lots` })
  if (found.length === 0) throw new ServiceError("recall/set-empty")
  return { lots: found, inflows: [] }
}

/** SHA-256 of the sources' names, each once and in order. */
export function setDigestOf({ lots, inflows }: FrozenSources): string {
  const names = [
    ...lots.map(({ id }) => id),
    ...inflows.map((inflow) => inflowKey(inflow.pileId, inflow)).sort((a, b) => (a < b ? -1 : 1)),
  ]
  return toHex(sha256(utf8Encode(names.join("\n"))))
}

/** What there was of the sources at all. */
export function setGramsOf({ lots, inflows }: FrozenSources): number {
  return [...lots, ...inflows].reduce((total, { grams }) => total + grams, 0)
}

/** As the pure engine takes them. */
export function recallSourcesOf({ lots, inflows }: FrozenSources): RecallSources {
  return {
    lots: new Set(lots.map(({ id }) => id)),
    inflows: new Set(inflows.map((inflow) => inflowKey(inflow.pileId, inflow))),
  }
}

function lotsIn(set: Exclude<RecallSet, { kind: "inspection" }>): SQL | undefined {
  if (set.kind === "lots") return sql`${lots.id} = ANY (${arrayOf("uuid", set.lotIds)})`
  const place =
    set.kind === "base" ? eq(lots.siteId, set.siteId) : sql`starts_with(${lots.regionCode}, ${set.regionCode})`
  const ofKind = set.commodity === undefined ? undefined : eq(lots.commodity, set.commodity)
  return and(place, ofKind, between(lots.harvestedAt, set.from, set.until))
}

async function readLots(reader: Reader, where: SQL | undefined): Promise<FrozenSources["lots"]> {
  const found = await reader
    .select({
      ...{ id: lots.id, siteId: lots.siteId, grams: lots.grams },
      ...{ harvestedAt: lots.harvestedAt, expiresAt: lots.expiresAt },
    })
    .from(lots)
    .where(where)
    .orderBy(asc(lots.id))
    .limit(lotsMax + 1)
  return found.map(({ harvestedAt, expiresAt, ...lot }) => {
    return { ...lot, fromMs: harvestedAt.getTime(), ...(expiresAt && { untilMs: expiresAt.getTime() }) }
  })
}

/**
 * The lots that may have been in the sampled pile. If unknown goods may have been too, then also what came in since the
 * pile was last empty and may be such goods, each as it came: more than was in the sample, and nothing less. One round
 * trip where it is remembered what the pile held and what supplied it, and one more for lots that no test of it named so far.
 */
async function sourcesOfSample(ctx: Context, reader: Reader, inspectionId: string): Promise<FrozenSources> {
  const sample = await readSample(reader, inspectionId)
  const { pileId, siteId, lotId, untilMs, named } = sample
  const ownLot = named.filter(({ id }) => id === lotId)
  if (ownLot.length > 0) return { lots: ownLot, inflows: [] }
  const { histories, presence, inflows } = sample.known ?? (await readSampledPile(reader, sample, ctx.clock.nowMs()))
  const live = resolve(histories, { keep: () => false })?.piles.get(pileId)?.live ?? []
  const lotIds = live.map(({ sourceId }) => sourceId).filter((id) => id !== UNKNOWN_SOURCE)
  // Of a lot that it names and that may have been there, that one. One that never was at the stall is none of its goods.
  if (lotId !== null && lotIds.includes(lotId)) return { lots: await readLots(reader, lotsOf([lotId])), inflows: [] }
  const { sinceMs = untilMs } = presence
  const isUnknown = live.length === 0 || live.some(({ sourceId }) => sourceId === UNKNOWN_SOURCE)
  const came = isUnknown ? inflows.filter(({ atMs }) => atMs >= sinceMs) : []
  const isNamed = new Set(named.map(({ id }) => id))
  const isKnown = lotIds.every((id) => isNamed.has(id))
  const frozen = {
    lots: isKnown ? named.filter(({ id }) => lotIds.includes(id)) : await readLots(reader, lotsOf(lotIds)),
    inflows: came.map((inflow) => ({ ...inflow, pileId, siteId })),
  }
  if (frozen.lots.length + frozen.inflows.length === 0) throw new ServiceError("recall/set-empty")
  return frozen
}

const lotsOf = (lotIds: readonly string[]) => lotsIn({ kind: "lots", lotIds })
