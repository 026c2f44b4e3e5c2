import { buyerJoins } from "@suyuan/drizzle/schema/buyers"
import { and, eq, isNull } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/** Without those that look alike: 32 of them, so 8 are 40 bits. */
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
const codeLength = 8
const lifeMs = 600_000

/** As typed: blanks and dashes mean nothing, nor does the case. */
export function joinCodeHash(ctx: Pick<Context, "keys">, code: string): string {
  return ctx.keys.fingerprint(`buyer-join:${code.toUpperCase().replace(/[^0-9A-Z]/g, "")}`)
}

export type JoinOffer = { readonly id: string; readonly code: string; readonly expiresAt: Date }

/**
 * A one-time code for another phone, program or browser of the same person: ten minutes, kept as a keyed hash. The caller
 * makes the id. The same again makes another code under it, because the first answer may never have arrived; an older
 * offer of this buyer's ends.
 */
export async function offerJoin(ctx: Context, actor: Actor, id: string): Promise<JoinOffer> {
  requireBuyer(actor)
  const now = new Date(ctx.clock.nowMs())
  const expiresAt = new Date(now.getTime() + lifeMs)
  const code = Array.from(ctx.random.bytes(codeLength), (byte) => alphabet[byte % alphabet.length]).join("")
  await ctx.db.transaction(async (tx) => {
    const isOwn = eq(buyerJoins.offeredBy, actor.id)
    // What nobody claimed leaves nothing behind; the same id begins anew.
    await tx.delete(buyerJoins).where(and(isOwn, isNull(buyerJoins.claimedBy)))
    await tx
      .update(buyerJoins)
      .set({ state: "ended", endedAt: now, endedBy: actor.id })
      .where(and(isOwn, eq(buyerJoins.state, "claimed")))
    const [stored] = await tx
      .insert(buyerJoins)
      .values({
        ...{ id, offeredBy: actor.id, codeHash: joinCodeHash(ctx, code), state: "offered", checkDigits: "" },
        ...{ offeredAt: now, expiresAt },
      })
      .onConflictDoNothing()
      .returning({ id: buyerJoins.id })
    // Once it was claimed, or of somebody else, the id is taken.
    if (!stored) throw new ServiceError("buyer/join-unknown", { field: "id" })
    await writeAudit(ctx, tx, actor, { verb: "buyers/offer-join", subject: id })
  })
  return { id, code, expiresAt }
}
