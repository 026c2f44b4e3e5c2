import { buyerJoins } from "@suyuan/drizzle/schema/buyers"
import { eq } from "drizzle-orm"
import { countWrongGuess, type GuessLimit, requireGuessesLeft } from "../access/guess-limit"
import { networkOf } from "../access/network-of"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { joinCodeHash } from "./offer-join"

export type BuyerJoin = typeof buyerJoins.$inferSelect

/**
 * The code was typed or opened on the other side. Nothing is joined by that: both show two digits, and both must say yes.
 * The same buyer again gets the same. Guessing is bounded by buyer and by address.
 */
export async function claimJoin(
  ctx: Context,
  actor: Actor,
  { code, address }: { readonly code: string; readonly address: string },
): Promise<BuyerJoin> {
  requireBuyer(actor)
  const limits = limitsOf(ctx, actor, address)
  for (const limit of limits) await requireGuessesLeft(ctx, limit)
  const claimed = await ctx.db.transaction(async (tx) => {
    const codeHash = joinCodeHash(ctx, code)
    const [join] = await tx.select().from(buyerJoins).where(eq(buyerJoins.codeHash, codeHash)).for("update")
    if (!join || join.expiresAt.getTime() <= ctx.clock.nowMs()) return undefined
    if (join.offeredBy === actor.id) throw new ServiceError("buyer/join-self", { field: "code" })
    if (join.state === "claimed" && join.claimedBy === actor.id) return join
    if (join.state !== "offered") return undefined
    const [changed] = await tx
      .update(buyerJoins)
      .set({ state: "claimed", claimedBy: actor.id, checkDigits: twoDigits(ctx) })
      .where(eq(buyerJoins.id, join.id))
      .returning()
    await writeAudit(ctx, tx, actor, { verb: "buyers/claim-join", subject: join.id })
    return changed
  })
  if (claimed !== undefined) return claimed
  for (const limit of limits) await countWrongGuess(ctx, limit)
  throw new ServiceError("buyer/join-code-unknown", { field: "code" })
}

function limitsOf(ctx: Context, actor: Actor, address: string): GuessLimit[] {
  const windowMs = 600_000
  return [
    { subject: `join:${actor.id}`, failuresMax: 5, windowMs },
    { subject: `join:${ctx.keys.fingerprint(`address:${networkOf(address)}`)}`, failuresMax: 20, windowMs },
  ]
}

function twoDigits(ctx: Pick<Context, "random">): string {
  const [high = 0, low = 0] = ctx.random.bytes(2)
  return String((high * 256 + low) % 100).padStart(2, "0")
}
