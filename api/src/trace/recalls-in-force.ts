import { recallPiles, recalls } from "@suyuan/drizzle/schema/recalls"
import { type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import type { FrozenSources } from "../recalls/recall-set"
import { recentOf } from "../recent"
import { arrayLiteral } from "../unnest"
import type { OriginDescription } from "./describe-origin"

/** A recall in force that goods may be of. */
export type RecallInForce = { readonly recallId: string; readonly reason: string }

type PileRecall = RecallInForce & { readonly lotIds: ReadonlySet<string>; readonly hasUnknown: boolean }
export type RecallsByPile = ReadonlyMap<string, readonly PileRecall[]>

/** By pile that they reach, those that are active and no drill. */
export async function readRecallsInForce(
  reader: Reader,
  pileIds: readonly string[],
): Promise<Map<string, PileRecall[]>> {
  if (pileIds.length === 0) return new Map()
  const rows = await reader.execute<InForceRow>(inForceText({ piles: arrayLiteral("bytea", pileIds) }))
  return recallsByPile(pileIds, rows)
}

/** Query of the same, as `InForceRow`. */
export function inForceQuery(pileIds: SQL): SQL {
  return sql`
    SELECT encode(reached.pile_id, 'hex') AS pile_id, recall.id, recall.reason, recall.sources
    FROM ${recallPiles} AS reached JOIN ${recalls} AS recall ON recall.id = reached.recall_id
    WHERE reached.pile_id = ANY (${pileIds}) AND recall.state = 'active' AND NOT recall.is_drill
    ORDER BY recall.activated_at, recall.id`
}

const inForceText = fixedText<"piles">(inForceQuery(sql`${placeholder("piles")}::bytea[]`))

export type InForceRow = {
  readonly pile_id: string
  readonly id: string
  readonly reason: string
  readonly sources: FrozenSources
}

/** Of those without any, too. */
export function recallsByPile(pileIds: readonly string[], rows: readonly InForceRow[]): Map<string, PileRecall[]> {
  const byPile = new Map<string, PileRecall[]>(pileIds.map((id) => [id, []]))
  for (const { pile_id: pileId, id: recallId, reason, sources } of rows) {
    const lotIds = new Set(sources.lots.map(({ id }) => id))
    byPile.get(pileId)?.push({ recallId, reason, lotIds, hasUnknown: sources.inflows.length > 0 })
  }
  return byPile
}

/** A recall that began a moment ago may be seen so much later by who is about to pay; its goods are held by then. */
const recentRecalls = recentOf<string, PileRecall[]>(10_000, 50_000)

export function readRecentRecalls(ctx: Pick<Context, "db" | "sql" | "clock">, pileIds: readonly string[]) {
  return recentRecalls(ctx).of(pileIds, ctx.clock.nowMs(), (missing) => readRecallsInForce(ctx.db, missing))
}

/**
 * Those of a pile that these goods may be of: by a lot, or, where unknown goods are recalled, by what is unknown of them; or by
 * the lot that their seller chose, whatever the books have of it (RC-21).
 */
export function recallsOf(
  recalled: readonly PileRecall[] | undefined,
  origin: Pick<OriginDescription, "sources" | "unknown"> | undefined,
  chosenLot: string | null = null,
): RecallInForce[] {
  const isOf = ({ lotIds, hasUnknown }: PileRecall) =>
    origin === undefined
      ? hasUnknown
      : (chosenLot !== null && lotIds.has(chosenLot)) ||
        origin.sources.some(({ lotId, mayGrams }) => mayGrams > 0 && lotIds.has(lotId)) ||
        (hasUnknown && origin.unknown.mayGrams > 0)
  return (recalled ?? []).filter(isOf).map(({ recallId, reason }) => ({ recallId, reason }))
}
