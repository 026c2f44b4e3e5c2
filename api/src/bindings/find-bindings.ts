import { bindings } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { and, desc, eq, gt, isNull, lte, or } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { requireMerchant } from "../merchants/find-merchant"
import type { Binding } from "./claim-bind-code"
import { requireBuyer } from "./require-buyer"

/** The merchant for whom this buyer bought at that moment; `undefined` for a consumer, whose history is never searched. */
export async function boundMerchant(
  reader: Reader,
  buyerId: string,
  at: Date,
): Promise<{ readonly merchantId: string; readonly siteId: string } | undefined> {
  const [bound] = await reader
    .select({ merchantId: bindings.merchantId, siteId: bindings.siteId })
    .from(bindings)
    .where(
      and(
        eq(bindings.buyerId, buyerId),
        lte(bindings.validFrom, at),
        or(isNull(bindings.validTo), gt(bindings.validTo, at)),
      ),
    )
    .limit(1)
  return bound
}

export type BindingAtStall = Binding & {
  readonly merchantName: string
  readonly stallNumber: string
  /** Of its site's calendar. */
  readonly zone: string
  readonly dayStartsAtMinutes: number
}

/** A buyer's own bindings, newest first. */
export async function listOwnBindings(reader: Reader, actor: Actor): Promise<BindingAtStall[]> {
  requireBuyer(actor)
  const rows = await reader
    .select({
      ...{ binding: bindings, merchantName: merchants.name, stallNumber: merchants.stallNumber },
      ...{ zone: sites.zone, dayStartsAtMinutes: sites.dayStartsAtMinutes },
    })
    .from(bindings)
    .innerJoin(merchants, eq(merchants.id, bindings.merchantId))
    .innerJoin(sites, eq(sites.id, bindings.siteId))
    .where(eq(bindings.buyerId, actor.id))
    .orderBy(desc(bindings.claimedAt))
    .limit(50)
  return rows.map(({ binding, ...stall }) => ({ ...binding, ...stall }))
}

/** One of the buyer's own, to see whether the terminal has answered. */
export async function findOwnBinding(reader: Reader, actor: Actor, bindingId: string): Promise<Binding> {
  requireBuyer(actor)
  const [binding] = await reader
    .select()
    .from(bindings)
    .where(and(eq(bindings.id, bindingId), eq(bindings.buyerId, actor.id)))
  if (!binding) throw new ServiceError("binding/unknown")
  return binding
}

/** Wallets that buy for a merchant, for an operator of its site. Who they are stays out of it. */
export async function listMerchantBindings(reader: Reader, actor: Actor, merchantId: string): Promise<Binding[]> {
  await requireMerchant(reader, actor, "merchants:write", merchantId)
  return reader
    .select()
    .from(bindings)
    .where(and(eq(bindings.merchantId, merchantId), eq(bindings.state, "active")))
    .orderBy(desc(bindings.validFrom))
    .limit(200)
}
