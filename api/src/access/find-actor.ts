import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { and, eq, gt, isNull } from "drizzle-orm"
import { type Actor, type Scope, scopes } from "../actor"
import type { Context } from "../context"
import { ACCESS_TOKEN_PREFIX, tokenHash } from "./token"

/** Who holds this token; `undefined` when it is unknown, expired or revoked. */
export async function findActor(ctx: Pick<Context, "db" | "clock">, token: string): Promise<Actor | undefined> {
  if (!token.startsWith(ACCESS_TOKEN_PREFIX) || token.length !== ACCESS_TOKEN_PREFIX.length + 64) return undefined
  const [row] = await ctx.db
    .select({
      kind: accessTokens.kind,
      actorId: accessTokens.actorId,
      participantId: accessTokens.participantId,
      siteIds: accessTokens.siteIds,
      scopes: accessTokens.scopes,
    })
    .from(accessTokens)
    .where(
      and(
        eq(accessTokens.tokenHash, tokenHash(token)),
        isNull(accessTokens.revokedAt),
        gt(accessTokens.expiresAt, new Date(ctx.clock.nowMs())),
      ),
    )
  if (!row) return undefined
  return {
    kind: row.kind,
    id: row.actorId,
    ...(row.participantId === null ? {} : { participantId: row.participantId }),
    siteIds: row.siteIds,
    scopes: row.scopes.filter((scope): scope is Scope => (scopes as readonly string[]).includes(scope)),
  }
}
