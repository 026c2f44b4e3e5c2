import {
  bindings,
  buyerJoins,
  buyerSessions,
  buyers,
  forgettings,
  problemPhotos,
  purchaseProblems,
  shares,
} from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { messageConsents, recallNotices } from "@suyuan/drizzle/schema/recalls"
import { and, eq, inArray, isNull, ne, or, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { endBinding } from "../bindings/answer-binding"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { recordDay } from "../ledger/record-day"
import { notifyTerminal } from "../terminals/notify-terminals"
import { unnest } from "../unnest"
import { countOwnData, isPaymentUnderWay, type OwnData, paidSales } from "./own-data"
import { ownIdentities } from "./own-identities"

export type Forgotten = { readonly id: string; readonly counts: Readonly<Record<string, number>> }

/**
 * Forgets a person with all identities that they joined. Gone for good: the personal section of each of their records with
 * its salt, so that the commitment on the ledger opens for nobody; how a platform knows them; sessions, leaves, joins, the
 * words and photos of their reports. Taken back: shares, bindings. What stays is what the books and the goods need, under numbers that
 * mean nobody: sales, amounts, the platform's own numbers of payments. The caller makes the id and asks by it again after a
 * lost answer; the session is gone by then.
 */
export async function forgetBuyer(ctx: Context, actor: Actor | undefined, id: string): Promise<Forgotten> {
  return ctx.db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${id}, 13))`)
    const [done] = await tx.select().from(forgettings).where(eq(forgettings.id, id))
    if (done) return { id, counts: done.counts }
    if (actor === undefined) throw new ServiceError("request/unauthenticated")
    requireBuyer(actor)
    const own = await lockIdentities(tx, actor.id)
    if (await isPaymentUnderWay(ctx, tx, own)) throw new ServiceError("buyer/payment-under-way")
    const at = new Date(ctx.clock.nowMs())
    const counts: OwnData = await countOwnData(tx, own)
    await destroyPersonal(tx, own, at)
    await endBindings(ctx, tx, actor, own)
    await dropOwn(tx, own, at)
    await tx
      .update(buyers)
      .set({ platform: "web", appId: "", openId: sql`${buyers.id}::text`, forgottenAt: at })
      .where(inArray(buyers.id, own))
    await tx.insert(forgettings).values({ id, counts, at })
    await writeAudit(ctx, tx, actor, { verb: "buyers/forget", subject: id, detail: counts })
    return { id, counts }
  })
}

/** Locked, so that nothing is joined or bound meanwhile; read again, because something may have been. */
async function lockIdentities(tx: Transaction, buyerId: string): Promise<string[]> {
  const lock = (ids: readonly string[]) =>
    tx
      .select({ id: buyers.id })
      .from(buyers)
      .where(inArray(buyers.id, [...ids]))
      .orderBy(buyers.id)
      .for("update")
  await lock(await ownIdentities(tx, buyerId))
  const own = await ownIdentities(tx, buyerId)
  await lock(own)
  return own
}

/**
 * The salt goes with the bytes: without it the commitment is nobody's. Records stay provable as before (PB-12). Links to
 * what this person paid for end, whoever made them.
 */
async function destroyPersonal(tx: Transaction, own: readonly string[], at: Date): Promise<void> {
  const paid = await paidSales(tx, own)
  const ids = paid.flatMap(({ record_id, refund_record_ids }) => [
    ...(record_id === null ? [] : [record_id]),
    ...refund_record_ids,
  ])
  if (ids.length === 0) return
  const concerned = unnest("concerned", { record_id: ["bytea", ids], day: ["date", ids.map(recordDay)] })
  await tx.execute(sql`
    UPDATE ${records} AS record SET personal_bytes = NULL, personal_salt = NULL FROM ${concerned}
    WHERE record.record_id = concerned.record_id AND record.day = concerned.day`)
  await tx
    .update(shares)
    .set({ revokedAt: at })
    .where(and(inArray(shares.recordId, ids), isNull(shares.revokedAt)))
}

async function endBindings(ctx: Context, tx: Transaction, actor: Actor, own: readonly string[]): Promise<void> {
  const open = await tx
    .select()
    .from(bindings)
    .where(and(inArray(bindings.buyerId, [...own]), ne(bindings.state, "ended")))
    .for("update")
  for (const binding of open) {
    if (binding.state === "ended") continue
    await endBinding(ctx, tx, actor, binding, binding.state)
    await notifyTerminal(ctx, tx, binding.terminalId, { kind: "binding-ended", bindingId: binding.id })
  }
}

async function dropOwn(tx: Transaction, own: readonly string[], at: Date): Promise<void> {
  const ids = [...own]
  await tx
    .update(shares)
    .set({ revokedAt: sql`coalesce(${shares.revokedAt}, ${at.toISOString()}::timestamptz)`, buyerId: null })
    .where(inArray(shares.buyerId, ids))
  await tx.delete(buyerSessions).where(inArray(buyerSessions.buyerId, ids))
  await tx.delete(messageConsents).where(inArray(messageConsents.buyerId, ids))
  await tx.delete(buyerJoins).where(or(inArray(buyerJoins.offeredBy, ids), inArray(buyerJoins.claimedBy, ids)))
  // Nobody can be told any more; that somebody was to be told stays counted.
  await tx
    .update(recallNotices)
    .set({
      state: sql`CASE ${recallNotices.state} WHEN 'waiting' THEN 'not-permitted' ELSE ${recallNotices.state} END`,
      nextTryAt: null,
    })
    .where(inArray(recallNotices.buyerId, ids))
  // The rows are locked by this: a photo that was on its way is there now, and goes with the others.
  const emptied = await tx
    .update(purchaseProblems)
    .set({ said: "", buyerId: null })
    .where(inArray(purchaseProblems.buyerId, ids))
    .returning({ id: purchaseProblems.id })
  const problemIds = emptied.map(({ id }) => id)
  if (problemIds.length > 0) await tx.delete(problemPhotos).where(inArray(problemPhotos.problemId, problemIds))
}
