import { buyerJoins, buyers } from "@suyuan/drizzle/schema/buyers"
import { and, desc, eq, gt, inArray, isNotNull, ne, or } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import type { Platform } from "../payments/payment-provider"
import { ownIdentities } from "./own-identities"

/** A join as one of its sides sees it. */
export type OwnJoin = {
  readonly id: string
  readonly state: "claimed" | "active"
  /** Whom it is with: the kind of wallet or browser, and nothing that names a person. */
  readonly other: Platform | "web"
  /** Two digits that both screens show while it waits. */
  readonly checkDigits: string
  readonly isConfirmedHere: boolean
  readonly isConfirmedThere: boolean
  readonly offeredAt: Date
}

/** What waits for a yes at this identity, and everything that its person has joined, the newest first. */
export async function readJoins(ctx: Context, actor: Actor): Promise<OwnJoin[]> {
  requireBuyer(actor)
  const own = await ownIdentities(ctx.db, actor.id)
  const isParty = (ids: readonly string[]) =>
    or(inArray(buyerJoins.offeredBy, [...ids]), inArray(buyerJoins.claimedBy, [...ids]))
  const isWaiting = and(
    eq(buyerJoins.state, "claimed"),
    isParty([actor.id]),
    gt(buyerJoins.expiresAt, new Date(ctx.clock.nowMs())),
  )
  const rows = await ctx.db
    .select()
    .from(buyerJoins)
    .where(
      and(
        ne(buyerJoins.state, "ended"),
        isNotNull(buyerJoins.claimedBy),
        or(isWaiting, and(eq(buyerJoins.state, "active"), isParty(own))),
      ),
    )
    .orderBy(desc(buyerJoins.offeredAt))
  const platforms = await platformsOf(
    ctx,
    rows.flatMap(({ offeredBy, claimedBy }) => [offeredBy, ...(claimedBy === null ? [] : [claimedBy])]),
  )
  return rows.map((row) => {
    const isOfferer = row.offeredBy === actor.id
    const { offererConfirmedAt, claimerConfirmedAt } = row
    return {
      ...{ id: row.id, state: row.state === "active" ? "active" : "claimed", offeredAt: row.offeredAt },
      // Of a join between two others of one's own: the side that was invited.
      other:
        platforms.get((isOfferer ? row.claimedBy : row.claimedBy === actor.id ? row.offeredBy : row.claimedBy) ?? "") ??
        "web",
      checkDigits: row.checkDigits,
      isConfirmedHere: (isOfferer ? offererConfirmedAt : claimerConfirmedAt) !== null,
      isConfirmedThere: (isOfferer ? claimerConfirmedAt : offererConfirmedAt) !== null,
    }
  })
}

async function platformsOf(ctx: Context, ids: readonly string[]) {
  const rows = await ctx.db
    .select({ id: buyers.id, platform: buyers.platform })
    .from(buyers)
    .where(inArray(buyers.id, [...ids]))
  return new Map(rows.map(({ id, platform }) => [id, platform]))
}
