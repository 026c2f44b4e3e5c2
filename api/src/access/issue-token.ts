import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { type Actor, gatewayActor, requireScope, type Scope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { newAccessToken, tokenHash } from "./token"

export type TokenOrder = {
  readonly label: string
  readonly kind: "operator" | "inspector" | "machine"
  /** The person or machine that acts with it, as audits name it. */
  readonly actorId: string
  readonly participantId?: string | undefined
  /** Empty: every site, which only an issuer of every site may grant. */
  readonly siteIds: readonly string[]
  readonly scopes: readonly Scope[]
  readonly days: number
}

const dayMs = 86_400_000

/** Makes a scoped token; its text is given once. Nobody grants scopes or sites beyond their own. */
export async function issueToken(ctx: Context, actor: Actor, order: TokenOrder) {
  requireScope(actor, "access:write")
  const everySite = order.siteIds.length === 0
  const withinScopes = order.scopes.every((scope) => actor.scopes.includes(scope))
  const withinSites =
    actor.siteIds.length === 0 || (!everySite && order.siteIds.every((site) => actor.siteIds.includes(site)))
  if (!withinScopes || !withinSites) throw new ServiceError("access/beyond-own")
  return writeToken(ctx, actor, order)
}

/**
 * A token for whoever may start programs where the gateway runs: the first person of an installation, and every one who
 * is to decide as a second person, independent of the others (`areTwoPersons`).
 */
export function admitPerson(ctx: TokenContext, order: TokenOrder) {
  return writeToken(ctx, installation, order)
}

const installation: Actor = { ...gatewayActor, id: "installation" }

type TokenContext = Pick<Context, "db" | "clock" | "random">

async function writeToken(ctx: TokenContext, actor: Actor, order: TokenOrder) {
  const token = newAccessToken(ctx.random)
  const createdAt = new Date(ctx.clock.nowMs())
  const id = ctx.random.uuid()
  const expiresAt = new Date(createdAt.getTime() + order.days * dayMs)
  await ctx.db.transaction(async (tx) => {
    await tx.insert(accessTokens).values({
      tokenHash: tokenHash(token),
      id,
      label: order.label,
      kind: order.kind,
      actorId: order.actorId,
      participantId: order.participantId ?? null,
      siteIds: [...order.siteIds],
      scopes: [...order.scopes],
      issuedBy: actor.id,
      createdAt,
      expiresAt,
    })
    await writeAudit(ctx, tx, actor, {
      verb: "access/issue-token",
      subject: id,
      detail: { kind: order.kind, actorId: order.actorId, scopes: order.scopes, siteIds: order.siteIds },
    })
  })
  return { id, token, expiresAt }
}
