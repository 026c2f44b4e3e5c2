import { buyerSessions, buyers } from "@suyuan/drizzle/schema/buyers"
import { and, eq, lte } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import type { Platform } from "../payments/payment-provider"
import type { LoginChannel, LoginProviders, PlatformIdentity } from "./login-provider"
import { startSession } from "./session"

export type Login = {
  readonly buyerId: string
  readonly platform: Platform
  readonly token: string
  readonly expiresAt: Date
}

/**
 * Logs a person in by the code that their app or browser brought. The first login of an identity makes the buyer;
 * one person in two apps is two buyers, and nothing joins them.
 * @throws ServiceError buyer/login-refused, buyer/login-unavailable
 */
export async function login(
  ctx: Context,
  providers: LoginProviders,
  input: { readonly platform: Platform; readonly channel: LoginChannel; readonly code: string },
): Promise<Login> {
  const outcome = await providers[input.platform].identify(input.channel, input.code)
  if (outcome.kind === "refused") {
    ctx.log.warn({ platform: input.platform, code: outcome.code }, "a login was refused")
    throw new ServiceError("buyer/login-refused")
  }
  if (outcome.kind === "unknown") {
    ctx.log.warn({ platform: input.platform, cause: outcome.cause }, "a login got no answer")
    throw new ServiceError("buyer/login-unavailable")
  }
  return ctx.db.transaction(async (tx) => {
    const buyerId = await findOrMakeBuyer(ctx, tx, outcome.identity)
    await dropExpired(ctx, tx, buyerId)
    const session = await startSession(ctx, tx, buyerId)
    return { buyerId, platform: input.platform, ...session }
  })
}

async function findOrMakeBuyer(ctx: Context, tx: Transaction, identity: PlatformIdentity): Promise<string> {
  const { platform, appId, openId } = identity
  await tx
    .insert(buyers)
    .values({ id: ctx.random.uuid(), platform, appId, openId, createdAt: new Date(ctx.clock.nowMs()) })
    .onConflictDoNothing()
  const [row] = await tx
    .select({ id: buyers.id })
    .from(buyers)
    .where(and(eq(buyers.platform, platform), eq(buyers.appId, appId), eq(buyers.openId, openId)))
  if (row === undefined) throw new Error("a buyer that was just stored is gone")
  return row.id
}

async function dropExpired(ctx: Context, tx: Transaction, buyerId: string): Promise<void> {
  const now = new Date(ctx.clock.nowMs())
  await tx.delete(buyerSessions).where(and(eq(buyerSessions.buyerId, buyerId), lte(buyerSessions.expiresAt, now)))
}
