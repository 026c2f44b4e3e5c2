import { merchants, payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { and, asc, eq, inArray } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { describePayee, type PayeeDescription } from "./describe-payee"

type Change = typeof payeeChanges.$inferSelect

/** A change with what it would replace; tokens stay inside. */
export type PayeeChangeView = Pick<Change, "id" | "merchantId" | "platform" | "state" | "proposedBy" | "approvedBy"> &
  Pick<Change, "createdAt" | "appliesAt"> & {
    readonly site: { readonly name: string; readonly nameEn: string; readonly zone: string }
    readonly stall: { readonly stallNumber: string; readonly name: string }
    readonly from: PayeeDescription | undefined
    readonly to: PayeeDescription
  }

/** What waits at the actor's sites, the oldest first: to be approved, or approved and not in force yet. */
export async function listPayeeChanges(reader: Reader, actor: Actor): Promise<PayeeChangeView[]> {
  requireScope(actor, "merchants:write")
  const ofSites = actor.siteIds.length === 0 ? undefined : inArray(payeeChanges.siteId, [...actor.siteIds])
  const rows = await viewed(reader)
    .where(and(inArray(payeeChanges.state, ["proposed", "approved"]), ofSites))
    .orderBy(asc(payeeChanges.createdAt), asc(payeeChanges.id))
    .limit(500)
  return rows.map(viewOf)
}

/** One of them. @throws ServiceError payee/change-unknown, also of one that waits no more; request/forbidden */
export async function readPayeeChange(reader: Reader, actor: Actor, id: string): Promise<PayeeChangeView> {
  requireScope(actor, "merchants:write")
  const [row] = await viewed(reader).where(
    and(eq(payeeChanges.id, id), inArray(payeeChanges.state, ["proposed", "approved"])),
  )
  if (!row) throw new ServiceError("payee/change-unknown")
  requireScope(actor, "merchants:write", row.change.siteId)
  return viewOf(row)
}

function viewed(reader: Reader) {
  return reader
    .select({
      change: payeeChanges,
      current: { account: payeeAccounts.account, directAccount: payeeAccounts.directAccount },
      site: { name: sites.name, nameEn: sites.nameEn, zone: sites.zone },
      stall: { stallNumber: merchants.stallNumber, name: merchants.name },
    })
    .from(payeeChanges)
    .innerJoin(merchants, eq(merchants.id, payeeChanges.merchantId))
    .innerJoin(sites, eq(sites.id, payeeChanges.siteId))
    .leftJoin(
      payeeAccounts,
      and(eq(payeeAccounts.merchantId, payeeChanges.merchantId), eq(payeeAccounts.platform, payeeChanges.platform)),
    )
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof viewed>>[number]

function viewOf({ change, current, site, stall }: Row): PayeeChangeView {
  const { id, merchantId, platform, state, proposedBy, approvedBy, createdAt, appliesAt } = change
  return {
    ...{ id, merchantId, platform, state, proposedBy, approvedBy, createdAt, appliesAt, site, stall },
    from: current === null ? undefined : describePayee(current),
    to: describePayee(change),
  }
}
