import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { scopes } from "../actor"
import { readSecret } from "../config"
import type { Context } from "../context"
import { ACCESS_TOKEN_PREFIX, tokenHash } from "./token"

const days = 30

/** In development the supervisor's token file names the first operator, who may do everything. Safe to repeat. */
export async function admitFirstOperator(ctx: Context): Promise<void> {
  const { ADMIN_TOKEN_FILE, SUYUAN_ENV } = ctx.config
  if (ADMIN_TOKEN_FILE === undefined || SUYUAN_ENV === "production") return
  const token = readSecret(ADMIN_TOKEN_FILE)
  if (!new RegExp(`^${ACCESS_TOKEN_PREFIX}[0-9a-f]{64}$`).test(token)) {
    throw new Error(`ADMIN_TOKEN_FILE must hold ${ACCESS_TOKEN_PREFIX} and 64 hex characters`)
  }
  const createdAt = new Date(ctx.clock.nowMs())
  const expiresAt = new Date(createdAt.getTime() + days * 86_400_000)
  await ctx.db
    .insert(accessTokens)
    .values({
      tokenHash: tokenHash(token),
      id: ctx.random.uuid(),
      label: "first operator of a development gateway",
      kind: "operator",
      actorId: "first-operator",
      participantId: null,
      siteIds: [],
      scopes: [...scopes],
      issuedBy: "gateway",
      createdAt,
      expiresAt,
    })
    .onConflictDoUpdate({ target: accessTokens.tokenHash, set: { expiresAt, scopes: [...scopes] } })
}
