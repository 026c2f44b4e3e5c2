import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { purchases } from "@suyuan/drizzle/schema/trace"
import { and, desc, eq, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireOwnMerchant } from "../certificates/certificate-actor"
import type { Context, Reader } from "../context"
import { recordDaySql } from "../ledger/record-day"
import type { PurchaseRow } from "../trace/project-purchase"

export type BoughtLine = PurchaseRow & {
  readonly name: string | null
  readonly nameEn: string | null
  /** Null where the sale's own partition is gone. */
  readonly seller: {
    readonly name: string
    readonly stallNumber: string
    readonly site: string
    readonly siteEn: string
  }
}

export type BoughtQuery = {
  readonly merchantId: string
  readonly state?: PurchaseRow["state"] | undefined
  readonly limit: number
}

/** What a stall's wallets bought for it, the newest first: for whoever holds one of them, and its site's operators. */
export async function listBought(ctx: Context, actor: Actor, query: BoughtQuery): Promise<BoughtLine[]> {
  await requireOwnMerchant(ctx.db, actor, query.merchantId)
  return readBought(ctx.db, query)
}

/** The same for whoever was let in before. */
export async function readBought(reader: Reader, query: BoughtQuery): Promise<BoughtLine[]> {
  const rows = await reader
    .select({
      purchase: purchases,
      name: commodities.nameZh,
      nameEn: commodities.nameEn,
      seller: { name: merchants.name, stallNumber: merchants.stallNumber, site: sites.name, siteEn: sites.nameEn },
    })
    .from(purchases)
    .innerJoin(
      sales,
      and(eq(sales.recordId, purchases.saleRecordId), sql`${sales.day} = ${recordDaySql(purchases.saleRecordId)}`),
    )
    .innerJoin(merchants, eq(merchants.id, sales.merchantId))
    .innerJoin(sites, eq(sites.id, sales.siteId))
    .leftJoin(commodities, eq(commodities.code, purchases.commodity))
    .where(
      and(
        eq(purchases.buyerMerchantId, query.merchantId),
        query.state === undefined ? undefined : eq(purchases.state, query.state),
      ),
    )
    .orderBy(desc(purchases.effectiveAt), purchases.id)
    .limit(query.limit)
  return rows.map(({ purchase, ...named }) => ({ ...purchase, ...named }))
}
