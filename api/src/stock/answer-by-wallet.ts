import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { eq, or } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import { requireOwnMerchant } from "../certificates/certificate-actor"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { answerPurchase, lockPurchase } from "./accept-purchase"

export type WalletAnswer = {
  readonly merchantId: string
  readonly saleRecordId: string
  readonly line: number
  readonly outcome: "accepted" | "private" | "refused"
  /** Of `accepted`: what is there, at most what was bought. */
  readonly acceptedGrams: number
}

/**
 * Whoever holds a wallet that is bound to the stall answers for what it bought, on the phone instead of at the terminal:
 * the same record, the same piles. The newest answer holds, and the one that holds already is not written again, so a
 * repeat after a lost answer changes nothing.
 */
export async function answerByWallet(ctx: Context, actor: Actor, answer: WalletAnswer): Promise<void> {
  requireBuyer(actor)
  const { merchantId, saleRecordId, line: lineIndex, outcome } = answer
  const acceptedGrams = outcome === "accepted" ? answer.acceptedGrams : 0
  await ctx.db.transaction(async (tx) => {
    const { site } = await requireOwnMerchant(tx, actor, merchantId)
    const purchase = await lockPurchase(tx, { merchantId, lineIndex }, saleRecordId)
    const bytes = fromHex(saleRecordId)
    if (!purchase || !bytes) throw new ServiceError("stock/no-such-purchase")
    if (purchase.state === outcome && purchase.acceptedGrams === acceptedGrams) return
    const said = { outcome, acceptedGrams, saidAt: new Date(ctx.clock.nowMs()) }
    const given = { merchantId, siteId: site.id, saleRecordId: bytes, lineIndex, ...said }
    const naming = { uploadId: ctx.random.uuid(), concerned: await concernedBy(tx, site.participantId) }
    const refusal = await answerPurchase(ctx, tx, given, naming)
    if (refusal === "stock/more-than-bought") throw new ServiceError(refusal, { field: "acceptedGrams" })
    if (refusal !== undefined) throw new ServiceError("stock/no-such-purchase")
    await writeAudit(ctx, tx, actor, {
      ...{ verb: "stock/answer-purchase", subject: purchase.id, siteId: site.id },
      detail: { outcome, acceptedGrams },
    })
  })
}

/** The site's organisation and the regulators, by number. */
async function concernedBy(tx: Transaction, participantId: string): Promise<number[]> {
  const rows = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(or(eq(participants.id, participantId), eq(participants.role, "regulator")))
  return [...new Set(rows.map(({ number }) => number))]
}
