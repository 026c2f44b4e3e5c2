import { buyers } from "@suyuan/drizzle/schema/buyers"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { startSession } from "./session"

/**
 * A payer of whom nothing is known: a browser outside the wallets, as one payer under a random id. Made only when it
 * is about to pay, never by looking.
 */
export async function startWebSession(
  ctx: Context,
): Promise<{ readonly actor: Actor & { readonly kind: "buyer" }; readonly token: string }> {
  const id = ctx.random.uuid()
  return ctx.db.transaction(async (tx) => {
    const createdAt = new Date(ctx.clock.nowMs())
    await tx.insert(buyers).values({ id, platform: "web", appId: "", openId: id, createdAt })
    const { token } = await startSession(ctx, tx, id)
    return { actor: { kind: "buyer", id, siteIds: [], scopes: [] }, token }
  })
}
