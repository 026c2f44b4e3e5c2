import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { and, eq, isNull } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/** Ends a token at once. Repeating is success. */
export async function revokeToken(ctx: Context, actor: Actor, tokenId: string): Promise<void> {
  requireScope(actor, "access:write")
  await ctx.db.transaction(async (tx) => {
    const [token] = await tx
      .select({ siteIds: accessTokens.siteIds })
      .from(accessTokens)
      .where(eq(accessTokens.id, tokenId))
    if (!token) throw new ServiceError("access/token-unknown")
    const isOurs = token.siteIds.length > 0 && token.siteIds.every((site) => actor.siteIds.includes(site))
    if (actor.siteIds.length > 0 && !isOurs) throw new ServiceError("request/forbidden")
    const revoked = await tx
      .update(accessTokens)
      .set({ revokedAt: new Date(ctx.clock.nowMs()) })
      .where(and(eq(accessTokens.id, tokenId), isNull(accessTokens.revokedAt)))
      .returning({ id: accessTokens.id })
    if (revoked.length > 0) await writeAudit(ctx, tx, actor, { verb: "access/revoke-token", subject: tokenId })
  })
}
