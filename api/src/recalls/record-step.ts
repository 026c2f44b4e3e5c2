import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { recallSteps, recalls } from "@suyuan/drizzle/schema/recalls"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { RECALL_LOTS_SHOWN_MAX, type RecallAction } from "@suyuan/protocol/ledger/kinds/recall"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recallStepKey, recordId } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { eq, inArray, or } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { FrozenSources } from "./recall-set"

export type Recall = typeof recalls.$inferSelect

/** A scope as a step's record has it. */
export type ScopeMark = { readonly digest: string; readonly sales: number; readonly mayGrams: number }

/**
 * Writes the recall's next step: its row, its record on the ledger, its line in the audit. The caller holds the recall's
 * row and changes its state in the same transaction. `siteIds` are those that the step concerns beside the recall's own.
 */
export async function recordStep(
  ctx: Context,
  tx: Transaction,
  actor: Actor,
  recall: Pick<Recall, "id" | "siteId" | "isDrill" | "sources" | "setDigest" | "step">,
  { action, scope, siteIds = [] }: { action: RecallAction; scope?: ScopeMark; siteIds?: readonly string[] },
): Promise<void> {
  const at = new Date(ctx.clock.nowMs())
  const step = recall.step + 1
  const { lots } = recall.sources as FrozenSources
  const id = toHex(recordId("recall-step", utcDayOf(at.getTime()), recallStepKey(recall.id, step)))
  const { public: publicBytes } = encodeRecord({
    kind: "recall-step",
    public: {
      recall: recall.id,
      step,
      action,
      atSeconds: msToSeconds2024(at.getTime()),
      actorAlias: bytesOf(ctx.keys.fingerprint(`recall-actor:${actor.kind}:${actor.id}`)),
      ...(recall.isDrill && { drill: 1 }),
      setDigest: bytesOf(recall.setDigest),
      lots: lots.slice(0, RECALL_LOTS_SHOWN_MAX).map((lot) => lot.id),
      scope: scope ? [{ ...scope, digest: bytesOf(scope.digest) }] : [],
    },
  })
  const concerned = await concernedBy(tx, [recall.siteId, ...siteIds])
  const kind = RECORD_KINDS["recall-step"]
  await writeRecords(ctx, tx, [{ recordId: id, kind, siteId: recall.siteId, concerned, publicBytes }])
  const scopeDigest = scope?.digest ?? null
  await tx
    .insert(recallSteps)
    .values({ recallId: recall.id, step, action, actorId: actor.id, at, recordId: id, scopeDigest })
  await tx.update(recalls).set({ step }).where(eq(recalls.id, recall.id))
  await writeAudit(ctx, tx, actor, {
    verb: `recalls/${action}`,
    subject: recall.id,
    siteId: recall.siteId,
    detail: { step, isDrill: recall.isDrill, ...(scope && { sales: scope.sales, scopeDigest: scope.digest }) },
  })
}

/** Numbers of the sites' organisations and of the regulators. */
async function concernedBy(tx: Transaction, siteIds: readonly string[]): Promise<number[]> {
  const owners = tx
    .select({ id: sites.participantId })
    .from(sites)
    .where(inArray(sites.id, [...new Set(siteIds)]))
  const rows = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(or(inArray(participants.id, owners), eq(participants.role, "regulator")))
  return rows.map(({ number }) => number)
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error("a digest is not hex")
  return bytes
}
