import { bindings } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { and, eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"

/** A merchant's certificates are for whoever holds a wallet that is bound to it, and for operators of its site. */
export async function requireOwnMerchant(reader: Reader, actor: Actor, merchantId: string) {
  const [found] = await reader
    .select({ merchant: merchants, site: sites })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(eq(merchants.id, merchantId))
  if (actor.kind === "buyer") {
    const bound = await reader
      .select({ id: bindings.id })
      .from(bindings)
      .where(and(eq(bindings.buyerId, actor.id), eq(bindings.merchantId, merchantId), eq(bindings.state, "active")))
    if (bound.length === 0) throw new ServiceError("request/forbidden")
  } else requireScope(actor, "merchants:write", found?.site.id)
  if (!found) throw new ServiceError("merchant/unknown")
  return found
}
