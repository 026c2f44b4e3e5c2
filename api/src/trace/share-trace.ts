import { randomInt } from "node:crypto"
import { shares } from "@suyuan/drizzle/schema/buyers"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, desc, eq, isNull } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { recordDay } from "../ledger/record-day"
import { hasPaid } from "../payments/has-paid"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
/** 62^17 > 2^101: not to be guessed; fits the 32 characters of a mini-program code's scene. */
const idLength = 17
const sharesMax = 50

/** Makes a link to a sale's trace. Only the payer shares a purchase. @throws ServiceError trace/unknown */
export async function shareTrace(ctx: Context, actor: Actor, recordId: string): Promise<{ id: string }> {
  await requirePayer(ctx, actor, recordId)
  const id = Array.from({ length: idLength }, () => alphabet[randomInt(alphabet.length)]).join("")
  await ctx.db.insert(shares).values({ id, recordId, buyerId: actor.id, createdAt: new Date(ctx.clock.nowMs()) })
  return { id }
}

/**
 * Links to a purchase that nobody has taken back, the newest first: also those that another identity made, which was once
 * joined with its payer's. @throws ServiceError trace/unknown
 */
export async function listShares(ctx: Context, actor: Actor, recordId: string) {
  await requirePayer(ctx, actor, recordId)
  return ctx.db
    .select({ id: shares.id, createdAt: shares.createdAt })
    .from(shares)
    .where(and(eq(shares.recordId, recordId), isNull(shares.revokedAt)))
    .orderBy(desc(shares.createdAt))
    .limit(sharesMax)
}

/**
 * Takes a link back: whoever has it sees nothing from here on. Whoever made it may, and whoever paid for what it shows.
 * @throws ServiceError trace/unknown
 */
export async function revokeShare(ctx: Context, actor: Actor, id: string): Promise<void> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  const [share] = await ctx.db.select().from(shares).where(eq(shares.id, id))
  if (!share) throw new ServiceError("trace/unknown")
  if (share.buyerId !== actor.id) await requirePayer(ctx, actor, share.recordId)
  const revoked = await ctx.db
    .update(shares)
    .set({ revokedAt: new Date(ctx.clock.nowMs()) })
    .where(and(eq(shares.id, id), isNull(shares.revokedAt)))
    .returning({ id: shares.id })
  if (revoked.length === 0) throw new ServiceError("trace/unknown")
}

/** The record that a share id opens. @throws ServiceError trace/unknown, trace/share-revoked */
export async function recordOfShare(ctx: Context, id: string): Promise<string> {
  const [share] = await ctx.db.select().from(shares).where(eq(shares.id, id))
  if (!share) throw new ServiceError("trace/unknown")
  if (share.revokedAt !== null) throw new ServiceError("trace/share-revoked")
  return share.recordId
}

/** A purchase opens to its payer, or to a scoped token of the site: anybody else is told that there is none. */
export async function requireReader(ctx: Context, actor: Actor, recordId: string): Promise<void> {
  const [sale] = await ctx.db
    .select({ siteId: sales.siteId, buyerId: sales.buyerId, settledBy: sales.settledBy })
    .from(sales)
    .where(and(eq(sales.recordId, recordId), eq(sales.day, recordDay(recordId))))
  await requireReaderOf(ctx, actor, sale)
}

type KnownSale = Pick<typeof sales.$inferSelect, "siteId" | "buyerId" | "settledBy">

/** The same of a sale that was read. */
export async function requireReaderOf(ctx: Context, actor: Actor, sale: KnownSale | undefined): Promise<void> {
  if (actor.kind !== "buyer") requireScope(actor, "traces:read", sale?.siteId)
  else if (sale && !(await hasPaid(ctx.db, sale, actor.id))) throw new ServiceError("trace/unknown")
  if (!sale) throw new ServiceError("trace/unknown")
}

async function requirePayer(ctx: Context, actor: Actor, recordId: string): Promise<void> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  const [sale] = await ctx.db
    .select({ buyerId: sales.buyerId, settledBy: sales.settledBy })
    .from(sales)
    .where(and(eq(sales.recordId, recordId), eq(sales.day, recordDay(recordId))))
  if (!sale || !(await hasPaid(ctx.db, sale, actor.id))) throw new ServiceError("trace/unknown")
}
