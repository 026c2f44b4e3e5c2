import { collectedCertificates } from "@suyuan/drizzle/schema/checks"
import { certificates, purchases } from "@suyuan/drizzle/schema/trace"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { partOfOutflow } from "@suyuan/protocol/trace/source-grams"
import { and, asc, between, desc, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { reasonOf } from "../errors"
import { nextLook } from "../inspections/find-sources"
import { type LotFacts, limitsOfLots, readLots } from "../trace/describe-origin"
import type { PurchaseRow } from "../trace/project-purchase"
import { lotsOf, readHistories } from "../trace/read-histories"
import { openOrderMs, resolve } from "../trace/resolve"
import { type CertifiedGrams, certificatesOfLots } from "./certificates-of-lots"

const groupMax = 50

/** A certificate for mixed goods goes with what is sold of its pile so long after it was issued. */
const reissueHours = 24

/**
 * Collects the certificates that came with accepted purchases (应当收取): those of the lots that may be in the goods, and
 * the seller's own for its mixed pile. Where some of the goods carry none by then, they are looked for again, as long as
 * records come late. Whoever bought need do nothing. Returns how many purchases were looked at.
 */
export async function collectCertificates(ctx: Context): Promise<number> {
  const now = new Date(ctx.clock.nowMs()).toISOString()
  const due = await ctx.db
    .select()
    .from(purchases)
    .where(
      // Two queries, each with its partial index.
      sql`${purchases.id} IN (
        SELECT id FROM ${purchases} WHERE state = 'accepted' AND collected_at IS NULL
        UNION ALL
        SELECT id FROM ${purchases} WHERE state = 'accepted' AND collect_due_at <= ${now}::timestamptz)`,
    )
    .orderBy(asc(purchases.decidedAt))
    .limit(groupMax)
  let done = 0
  for (const purchase of due) {
    try {
      await collectFor(ctx, purchase)
      done += 1
    } catch (error) {
      ctx.log.error({ purchase: purchase.id, error: reasonOf(error) }, "certificates could not be collected")
      // It holds up no other: without certificates, and the log says so.
      await ctx.db
        .update(purchases)
        .set({ collectedAt: new Date(ctx.clock.nowMs()), collectDueAt: nextLookAt(ctx, purchase) })
        .where(eq(purchases.id, purchase.id))
    }
  }
  return done
}

async function collectFor(ctx: Context, purchase: PurchaseRow): Promise<void> {
  const { range, facts, certificates: found } = await goodsOfPurchase(ctx, ctx.db, purchase)
  const isWhole = range?.sources.every(({ sourceId }) => facts.get(sourceId)?.isCertified) ?? false
  const collectedAt = new Date(ctx.clock.nowMs())
  await ctx.db.transaction(async (tx) => {
    for (const { certificate, mustGrams, mayGrams } of found) {
      const { saleRecordId, line, buyerMerchantId: merchantId, siteId } = purchase
      await tx
        .insert(collectedCertificates)
        .values({
          ...{ saleRecordId, line, certificateId: certificate.id, merchantId, siteId },
          ...{ mustGrams, mayGrams, collectedAt },
        })
        .onConflictDoUpdate({
          target: [collectedCertificates.saleRecordId, collectedCertificates.line, collectedCertificates.certificateId],
          set: { mustGrams, mayGrams },
        })
    }
    // An answer that came meanwhile is looked at again.
    const isSame = sql`${purchases.answerRecordId} IS NOT DISTINCT FROM ${Buffer.from(purchase.answerRecordId ?? "", "hex")}`
    await tx
      .update(purchases)
      .set({ collectedAt, collectDueAt: isWhole ? null : nextLookAt(ctx, purchase) })
      .where(and(eq(purchases.id, purchase.id), isSame))
  })
}

function nextLookAt({ clock }: Pick<Context, "clock">, { decidedAt, effectiveAt }: PurchaseRow): Date | null {
  return nextLook(decidedAt ?? effectiveAt, clock.nowMs())
}

export type GoodsOfPurchase = {
  /** Of the line as it was sold; undefined where the books do not say. */
  readonly range: OutflowRange | undefined
  readonly facts: ReadonlyMap<string, LotFacts>
  /** Of what arrived of it, or of the whole line. */
  readonly certificates: readonly CertifiedGrams[]
}

/** What a line of a purchase may hold, and the certificates that go with it, by all that is known by now. */
export async function goodsOfPurchase(ctx: Context, reader: Reader, purchase: PurchaseRow): Promise<GoodsOfPurchase> {
  const { upstreamPileId, saleRecordId, line, effectiveAt } = purchase
  const grams = purchase.acceptedGrams ?? purchase.grams
  const key = outflowKey({ recordId: saleRecordId, line })
  const asked = {
    ...{ pileId: upstreamPileId, from: effectiveAt, outflows: [key] },
    until: new Date(effectiveAt.getTime() + openOrderMs),
  }
  const histories = await readHistories(reader, [asked], ctx.clock.nowMs())
  const facts = await readLots(reader, lotsOf(histories))
  const resolved = resolve(histories.histories, { ...limitsOfLots(facts), keep: histories.isNamed })
  const range = resolved?.piles.get(upstreamPileId)?.outflows.get(key)
  const part = range ? partOfOutflow(range, Math.min(grams, range.grams)) : []
  const ofLots = await certificatesOfLots(reader, part, facts)
  const own = await reissuedFor(reader, upstreamPileId, effectiveAt)
  const ofSeller = own ? [{ certificate: own, mustGrams: 0, mayGrams: Math.min(grams, own.grams) }] : []
  return { range, facts, certificates: [...ofLots, ...ofSeller] }
}

async function reissuedFor(reader: Reader, pileId: string, soldAt: Date) {
  const since = new Date(soldAt.getTime() - reissueHours * 3_600_000)
  const [newest] = await reader
    .select()
    .from(certificates)
    .where(and(eq(certificates.pileId, pileId), between(certificates.issuedAt, since, soldAt)))
    .orderBy(desc(certificates.issuedAt))
    .limit(1)
  return newest
}
