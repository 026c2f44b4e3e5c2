import { sha256 } from "@noble/hashes/sha2.js"
import { buyerSessions, buyers } from "@suyuan/drizzle/schema/buyers"
import { toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { and, eq, gt, lt, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context, Transaction } from "../context"
import { preparedOn } from "../fixed-text"

export const sessionDays = 30
/** A browser has no login of its own: as long as somebody looks at what they bought it stays theirs, up to this long. */
const daysMax = 365
/** Renewed when less is left: not with every look. */
const renewedBelowDays = 20
const tokenPrefix = "syb_"
const tokenBytes = 32
const tokenPattern = /^syb_[0-9a-f]{64}$/

export type Buyer = typeof buyers.$inferSelect
export type BuyerSession = { readonly actor: Actor; readonly buyer: Buyer }

/** A session of 30 days. The token is given once and kept as a hash: its 256 random bits need no salt. */
export async function startSession(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  buyerId: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = tokenPrefix + toHex(ctx.random.bytes(tokenBytes))
  const createdAt = new Date(ctx.clock.nowMs())
  const expiresAt = new Date(createdAt.getTime() + sessionDays * 86_400_000)
  await tx.insert(buyerSessions).values({ tokenHash: hashOf(token), buyerId, createdAt, expiresAt })
  return { token, expiresAt }
}

/** Who holds this session; undefined when it is unknown, ended or expired. */
export async function sessionBuyer(
  ctx: Pick<Context, "db" | "clock">,
  token: string | undefined,
): Promise<BuyerSession | undefined> {
  if (token === undefined || !tokenPattern.test(token)) return undefined
  const [row] = await buyerOfSession(ctx.db).execute({ tokenHash: hashOf(token), now: new Date(ctx.clock.nowMs()) })
  if (row === undefined) return undefined
  return { actor: { kind: "buyer", id: row.buyer.id, siteIds: [], scopes: [] }, buyer: row.buyer }
}

const buyerOfSession = preparedOn((reader) =>
  reader
    .select({ buyer: buyers })
    .from(buyerSessions)
    .innerJoin(buyers, eq(buyers.id, buyerSessions.buyerId))
    .where(
      and(
        eq(buyerSessions.tokenHash, sql.param(sql.placeholder("tokenHash"), buyerSessions.tokenHash)),
        gt(buyerSessions.expiresAt, sql.param(sql.placeholder("now"), buyerSessions.expiresAt)),
      ),
    )
    .prepare("buyer of a session"),
)

/** Makes a session last its days again, from now on; whether it was time to. Nothing for one that has ended. */
export async function renewSession(ctx: Pick<Context, "db" | "clock">, token: string): Promise<boolean> {
  if (!tokenPattern.test(token)) return false
  const nowMs = ctx.clock.nowMs()
  const inDays = (days: number) => new Date(nowMs + days * 86_400_000)
  const renewed = await ctx.db
    .update(buyerSessions)
    .set({ expiresAt: inDays(sessionDays) })
    .where(
      and(
        eq(buyerSessions.tokenHash, hashOf(token)),
        gt(buyerSessions.expiresAt, inDays(0)),
        lt(buyerSessions.expiresAt, inDays(renewedBelowDays)),
        gt(buyerSessions.createdAt, inDays(sessionDays - daysMax)),
      ),
    )
    .returning({ buyerId: buyerSessions.buyerId })
  return renewed.length > 0
}

/** Forgets the session; ending one that is not there is fine. */
export async function endSession(ctx: Pick<Context, "db">, token: string): Promise<void> {
  if (!tokenPattern.test(token)) return
  await ctx.db.delete(buyerSessions).where(eq(buyerSessions.tokenHash, hashOf(token)))
}

function hashOf(token: string): string {
  return toHex(sha256(utf8Encode(token)))
}
