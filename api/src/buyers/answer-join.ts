import { buyerJoins, buyers } from "@suyuan/drizzle/schema/buyers"
import { eq, inArray } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import type { BuyerJoin } from "./claim-join"
import { identitiesMax, ownIdentities } from "./own-identities"

/**
 * One side says yes, with the digits on its screen. When both have, each sees what the other paid for. Saying it again is
 * success.
 */
export async function confirmJoin(
  ctx: Context,
  actor: Actor,
  { id, digits }: { readonly id: string; readonly digits: string },
): Promise<BuyerJoin> {
  requireBuyer(actor)
  return ctx.db.transaction(async (tx) => {
    const join = await lockJoin(tx, id)
    const isOfferer = join.offeredBy === actor.id
    if (!isOfferer && join.claimedBy !== actor.id) throw new ServiceError("buyer/join-unknown")
    if (join.state === "active") return join
    const now = new Date(ctx.clock.nowMs())
    if (join.state !== "claimed" || join.expiresAt <= now) throw new ServiceError("buyer/join-expired")
    if (join.checkDigits !== digits) throw new ServiceError("buyer/join-digits-differ", { field: "digits" })
    const confirmed = {
      offererConfirmedAt: join.offererConfirmedAt ?? (isOfferer ? now : null),
      claimerConfirmedAt: join.claimerConfirmedAt ?? (isOfferer ? null : now),
    }
    const isAgreed = confirmed.offererConfirmedAt !== null && confirmed.claimerConfirmedAt !== null
    if (isAgreed) await requireRoom(tx, join)
    const [changed] = await tx
      .update(buyerJoins)
      .set({ ...confirmed, state: isAgreed ? "active" : "claimed" })
      .where(eq(buyerJoins.id, id))
      .returning()
    if (!changed) throw new Error("a locked join is gone")
    await writeAudit(ctx, tx, actor, { verb: "buyers/confirm-join", subject: id, detail: { isAgreed } })
    return changed
  })
}

/** Either side, or any identity joined with one: from here on each sees its own alone. Again is success. */
export async function endJoin(ctx: Context, actor: Actor, id: string): Promise<void> {
  requireBuyer(actor)
  await ctx.db.transaction(async (tx) => {
    const join = await lockJoin(tx, id)
    const own = await ownIdentities(tx, actor.id)
    const isOwn = own.includes(join.offeredBy) || (join.claimedBy !== null && own.includes(join.claimedBy))
    if (!isOwn) throw new ServiceError("buyer/join-unknown")
    if (join.state === "ended") return
    await tx
      .update(buyerJoins)
      .set({ state: "ended", endedAt: new Date(ctx.clock.nowMs()), endedBy: actor.id })
      .where(eq(buyerJoins.id, id))
    await writeAudit(ctx, tx, actor, { verb: "buyers/end-join", subject: id, detail: { from: join.state } })
  })
}

async function lockJoin(tx: Transaction, id: string): Promise<BuyerJoin> {
  const [join] = await tx.select().from(buyerJoins).where(eq(buyerJoins.id, id)).for("update")
  if (!join) throw new ServiceError("buyer/join-unknown")
  return join
}

/** Both persons' rows are locked, so that two joins cannot grow past the most at once. */
async function requireRoom(tx: Transaction, join: BuyerJoin): Promise<void> {
  const both = [join.offeredBy, ...(join.claimedBy === null ? [] : [join.claimedBy])]
  const known = await tx
    .select({ forgottenAt: buyers.forgottenAt })
    .from(buyers)
    .where(inArray(buyers.id, both))
    .orderBy(buyers.id)
    .for("update")
  if (known.some(({ forgottenAt }) => forgottenAt !== null)) throw new ServiceError("buyer/join-expired")
  const all = new Set((await Promise.all(both.map((one) => ownIdentities(tx, one)))).flat())
  if (all.size > identitiesMax) throw new ServiceError("buyer/join-too-many")
}
