import { certificates } from "@suyuan/drizzle/schema/trace"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { and, inArray, isNull } from "drizzle-orm"
import type { Reader } from "../context"
import type { LotFacts } from "../trace/describe-origin"

export type Certificate = typeof certificates.$inferSelect

export type CertifiedGrams = {
  readonly certificate: Certificate
  readonly mustGrams: number
  readonly mayGrams: number
}

/** How much of some goods each lot's certificate must and may cover. */
export async function certificatesOfLots(
  reader: Reader,
  ranges: readonly { readonly sourceId: string; readonly lowGrams: number; readonly highGrams: number }[],
  facts: ReadonlyMap<string, LotFacts>,
): Promise<CertifiedGrams[]> {
  const lotIds = ranges.map(({ sourceId }) => sourceId).filter((id) => id !== UNKNOWN_SOURCE)
  if (lotIds.length === 0) return []
  const found = await reader
    .select()
    .from(certificates)
    .where(and(inArray(certificates.lotId, lotIds), isNull(certificates.pileId)))
  return found.flatMap((certificate) => {
    const range = ranges.find(({ sourceId }) => sourceId === certificate.lotId)
    // A certificate for a part of its lot: nobody knows which part.
    const bareGrams = Math.max(0, (facts.get(certificate.lotId)?.grams ?? certificate.grams) - certificate.grams)
    const mayGrams = Math.min(range?.highGrams ?? 0, certificate.grams)
    if (!range || mayGrams === 0) return []
    return [{ certificate, mustGrams: Math.min(Math.max(0, range.lowGrams - bareGrams), mayGrams), mayGrams }]
  })
}
