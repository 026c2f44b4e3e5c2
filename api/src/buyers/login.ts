import { buyerSessions } from "@suyuan/drizzle/schema/buyers"
import { and, eq, lte } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import type { Platform } from "../payments/payment-provider"
import { findOrMakeBuyer } from "./find-or-make-buyer"
import type { LoginChannel, LoginProviders } from "./login-provider"
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

async function dropExpired(ctx: Context, tx: Transaction, buyerId: string): Promise<void> {
  const now = new Date(ctx.clock.nowMs())
  await tx.delete(buyerSessions).where(and(eq(buyerSessions.buyerId, buyerId), lte(buyerSessions.expiresAt, now)))
}
