import { merchants, payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, asc, eq, gt, inArray, or, sql } from "drizzle-orm"
import { type Actor, requireScope, type Scope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import type { Merchant } from "./add-merchant"

/** The merchant, for an actor with the scope at its site. */
export async function requireMerchant(reader: Reader, actor: Actor, scope: Scope, id: string): Promise<Merchant> {
  requireScope(actor, scope)
  const [merchant] = await reader.select().from(merchants).where(eq(merchants.id, id))
  if (!merchant) throw new ServiceError("merchant/unknown")
  requireScope(actor, scope, merchant.siteId)
  return merchant
}

export type Page = { readonly after?: string | undefined; readonly limit: number }

/** Merchants of the actor's sites, or of one of them, in the order of their ids. */
export function listMerchants(
  reader: Reader,
  actor: Actor,
  query: Page & {
    readonly siteId?: string | undefined
    /** Begins the stall's number, or is in its name. */
    readonly text?: string | undefined
  },
): Promise<Merchant[]> {
  return reader
    .select()
    .from(merchants)
    .where(
      and(
        actor.siteIds.length > 0 ? inArray(merchants.siteId, [...actor.siteIds]) : undefined,
        query.siteId === undefined ? undefined : eq(merchants.siteId, query.siteId),
        query.text === undefined
          ? undefined
          : or(
              sql`starts_with(lower(${merchants.stallNumber}), lower(${query.text}))`,
              sql`strpos(lower(${merchants.name}), lower(${query.text})) > 0`,
            ),
        query.after === undefined ? undefined : gt(merchants.id, query.after),
      ),
    )
    .orderBy(asc(merchants.id))
    .limit(query.limit)
}

/** Where a merchant's money goes, and changes that wait. Secrets stay inside. */
export async function listPayees(reader: Reader, actor: Actor, merchantId: string) {
  await requireMerchant(reader, actor, "merchants:write", merchantId)
  const accounts = await reader
    .select({
      platform: payeeAccounts.platform,
      account: payeeAccounts.account,
      directAccount: payeeAccounts.directAccount,
      createdAt: payeeAccounts.createdAt,
    })
    .from(payeeAccounts)
    .where(eq(payeeAccounts.merchantId, merchantId))
  const changes = await reader
    .select()
    .from(payeeChanges)
    .where(and(eq(payeeChanges.merchantId, merchantId), inArray(payeeChanges.state, ["proposed", "approved"])))
  return { accounts, changes }
}
