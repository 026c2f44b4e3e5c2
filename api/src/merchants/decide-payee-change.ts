import { payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, eq, inArray } from "drizzle-orm"
import { areTwoPersons } from "../access/two-persons"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { notifyTerminals } from "../terminals/notify-terminals"
import { describePayee, payeeInForce } from "./describe-payee"

/** Long enough for the stall to see it on its terminal and object. */
export const payeeDelayMs = 24 * 3_600_000

/** Another person than the proposer approves; the account is in force after the delay. */
export async function approvePayeeChange(ctx: Context, actor: Actor, changeId: string): Promise<{ appliesAt: Date }> {
  requireScope(actor, "merchants:write")
  return ctx.db.transaction(async (tx) => {
    const [change] = await tx.select().from(payeeChanges).where(eq(payeeChanges.id, changeId)).for("update")
    if (!change) throw new ServiceError("payee/change-unknown")
    requireScope(actor, "merchants:write", change.siteId)
    if (!(await areTwoPersons(tx, change.proposedBy, actor))) throw new ServiceError("payee/second-person-needed")
    if (change.state === "approved" && change.approvedBy === actor.id && change.appliesAt) {
      return { appliesAt: change.appliesAt }
    }
    if (change.state !== "proposed") throw new ServiceError("payee/change-unknown")
    const appliesAt = new Date(ctx.clock.nowMs() + payeeDelayMs)
    await tx
      .update(payeeChanges)
      .set({ state: "approved", approvedBy: actor.id, appliesAt })
      .where(eq(payeeChanges.id, changeId))
    await writeAudit(ctx, tx, actor, {
      verb: "merchants/approve-payee",
      subject: change.merchantId,
      siteId: change.siteId,
      detail: { platform: change.platform, ...describePayee(change), proposedBy: change.proposedBy },
    })
    await notifyTerminals(ctx, tx, change.merchantId, {
      kind: "payee-approved",
      platform: change.platform,
      payee: describePayee(change),
      inForce: await payeeInForce(tx, change.merchantId, change.platform),
      appliesAtMs: appliesAt.getTime(),
    })
    return { appliesAt }
  })
}

/** Anyone who could have proposed it may stop a change until it is in force. */
export async function withdrawPayeeChange(ctx: Context, actor: Actor, changeId: string): Promise<void> {
  requireScope(actor, "merchants:write")
  await ctx.db.transaction(async (tx) => {
    const [change] = await tx.select().from(payeeChanges).where(eq(payeeChanges.id, changeId))
    if (!change) throw new ServiceError("payee/change-unknown")
    requireScope(actor, "merchants:write", change.siteId)
    if (change.state === "withdrawn") return
    const withdrawn = await tx
      .update(payeeChanges)
      .set({ state: "withdrawn" })
      .where(and(eq(payeeChanges.id, changeId), inArray(payeeChanges.state, ["proposed", "approved"])))
      .returning({ id: payeeChanges.id })
    if (withdrawn.length === 0) throw new ServiceError("payee/change-unknown")
    await writeAudit(ctx, tx, actor, {
      verb: "merchants/withdraw-payee",
      subject: change.merchantId,
      siteId: change.siteId,
      detail: { platform: change.platform },
    })
    await notifyTerminals(ctx, tx, change.merchantId, {
      ...{ kind: "payee-withdrawn", platform: change.platform },
      payee: describePayee(change),
      inForce: await payeeInForce(tx, change.merchantId, change.platform),
    })
  })
}
