import { merchants } from "@suyuan/drizzle/schema/merchants"
import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { BINDING_ACTIONS, type BindingAction, type BindingEndedBy } from "@suyuan/protocol/ledger/kinds/binding"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { bindingKey, recordId } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { eq, or } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { Binding } from "./claim-bind-code"

/** Writes that a binding began or ended: the merchant's side alone, in the transaction that changes it (TR-22). */
export async function recordBinding(
  ctx: Context,
  tx: Transaction,
  binding: Binding,
  at: Date,
  endedBy?: Actor["kind"],
): Promise<void> {
  const [stall] = await tx
    .select({ alias: merchants.alias, siteNumber: sites.number, participantId: sites.participantId })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(eq(merchants.id, binding.merchantId))
  const stallAlias = stall && fromHex(stall.alias)
  if (!stallAlias) throw new Error("a binding names a merchant that is gone")
  const concerned = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(or(eq(participants.id, stall.participantId), eq(participants.role, "regulator")))
  const action: BindingAction = endedBy === undefined ? "begun" : "ended"
  const { public: publicBytes } = encodeRecord({
    kind: "binding",
    public: {
      ...{ siteNumber: stall.siteNumber, binding: binding.id, action, stallAlias },
      atSeconds: msToSeconds2024(at.getTime()),
      ...(endedBy === undefined ? {} : { endedBy: sideOf(endedBy) }),
    },
  })
  const key = bindingKey(binding.id, BINDING_ACTIONS[action])
  await writeRecords(ctx, tx, [
    {
      recordId: toHex(recordId("binding", utcDayOf(at.getTime()), key)),
      ...{ kind: RECORD_KINDS.binding, siteId: binding.siteId, publicBytes },
      concerned: concerned.map(({ number }) => number),
    },
  ])
}

function sideOf(kind: Actor["kind"]): BindingEndedBy {
  return kind === "merchant" || kind === "buyer" ? kind : "operator"
}
