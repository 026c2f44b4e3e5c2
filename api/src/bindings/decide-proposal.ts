import { bindingProposals } from "@suyuan/drizzle/schema/matching"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { and, desc, eq, inArray } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"

export type BindingProposal = typeof bindingProposals.$inferSelect

/** What waits at the actor's sites, and whom the stall was asked to invite; the most purchases first. */
export async function listProposals(reader: Reader, actor: Actor) {
  requireScope(actor, "merchants:write")
  const ofSites = actor.siteIds.length === 0 ? undefined : inArray(bindingProposals.siteId, [...actor.siteIds])
  return reader
    .select({ proposal: bindingProposals, sellerName: merchants.name, stallNumber: merchants.stallNumber })
    .from(bindingProposals)
    .innerJoin(merchants, eq(merchants.id, bindingProposals.sellerMerchantId))
    .where(and(inArray(bindingProposals.state, ["new", "invited"]), ofSites))
    .orderBy(desc(bindingProposals.purchases), bindingProposals.id)
    .limit(500)
}

/**
 * The operator asked the stall to invite that customer, or says that it is no merchant's wallet. Neither binds anything:
 * that is done by whoever holds the wallet, at a terminal (BI-1 to BI-6). The same decision again is success.
 */
export async function decideProposal(
  ctx: Context,
  actor: Actor,
  id: string,
  decision: { readonly state: "invited" | "dismissed"; readonly note: string },
): Promise<BindingProposal> {
  return ctx.db.transaction(async (tx) => {
    const [proposal] = await tx.select().from(bindingProposals).where(eq(bindingProposals.id, id)).for("update")
    requireScope(actor, "merchants:write", proposal?.siteId)
    if (!proposal) throw new ServiceError("binding/proposal-unknown")
    if (proposal.state === decision.state) return proposal
    if (proposal.state === "bound" || proposal.state === "dismissed") throw new ServiceError("binding/wrong-state")
    const [decided] = await tx
      .update(bindingProposals)
      .set({ ...decision, decidedBy: actor.id, decidedAt: new Date(ctx.clock.nowMs()) })
      .where(eq(bindingProposals.id, id))
      .returning()
    if (!decided) throw new Error("a locked proposal is gone")
    const line = { verb: `bindings/proposal-${decision.state}`, subject: id, siteId: proposal.siteId }
    await writeAudit(ctx, tx, actor, line)
    return decided
  })
}
