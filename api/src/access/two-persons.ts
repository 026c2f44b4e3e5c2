import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { and, eq, or } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Transaction } from "../context"

/**
 * Whether `actor` is another person than the proposer, as far as tokens tell: no machine, no other name, and neither
 * ever issued a token in the other's name. Otherwise one who may issue tokens could be both by themselves.
 */
export async function areTwoPersons(tx: Transaction, proposedBy: string, actor: Actor): Promise<boolean> {
  if (actor.kind === "machine" || proposedBy === actor.id) return false
  const { actorId, issuedBy } = accessTokens
  const issued = await tx
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(
      or(and(eq(actorId, actor.id), eq(issuedBy, proposedBy)), and(eq(actorId, proposedBy), eq(issuedBy, actor.id))),
    )
    .limit(1)
  return issued.length === 0
}
