import { participants } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { desc, eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { terminalsAtStalls } from "../sales/verify-codes"
import { recordInspection } from "./record-inspection"

export type InspectionEntry = {
  /** UUID that the caller made and keeps: repeating it records nothing twice. */
  readonly id: string
  readonly merchantId: string
  readonly body: UploadBody<"inspection">
  /** SHA-256 of a photo that was stored before, in hex. */
  readonly photo?: string | undefined
}

/**
 * An inspector's own instrument, without a stall's terminal: the same record, by a person with the site's scope.
 * @throws ServiceError request/forbidden, merchant/unknown, stock/… as `recordInspection` refuses.
 */
export async function enterInspection(ctx: Context, actor: Actor, entry: InspectionEntry): Promise<void> {
  const [terminal] = await ctx.db
    .select({ id: terminals.id })
    .from(terminals)
    .where(eq(terminals.merchantId, entry.merchantId))
    .orderBy(desc(terminals.createdAt))
    .limit(1)
  const stall = terminal && (await terminalsAtStalls(ctx.db, [terminal.id])).get(terminal.id)
  requireScope(actor, "inspections:write", stall?.site.id)
  if (!stall) throw new ServiceError("merchant/unknown", { field: "merchantId" })
  await ctx.db.transaction(async (tx) => {
    const regulators = await tx
      .select({ number: participants.number })
      .from(participants)
      .where(eq(participants.role, "regulator"))
    const [owner] = await tx
      .select({ number: participants.number })
      .from(participants)
      .where(eq(participants.id, stall.site.participantId))
    const concerned = [...new Set([...(owner ? [owner.number] : []), ...regulators.map(({ number }) => number)])]
    // The inspector's clock is ours: no terminal's offset belongs to these times.
    const ownClock = { clockOffsetMs: 0, clockLoweredAtMs: null, clockLoweredFromMs: null }
    const ownTime = { ...stall, terminal: { ...stall.terminal, ...ownClock } }
    const refusal = await recordInspection(ctx, tx, ownTime, entry.body, {
      uploadId: entry.id,
      concerned,
      enteredBy: actor.id,
      photo: entry.photo,
    })
    if (refusal) throw new ServiceError(refusal)
    await writeAudit(ctx, tx, actor, { verb: "inspections/enter", subject: entry.id, siteId: stall.site.id })
  })
}
