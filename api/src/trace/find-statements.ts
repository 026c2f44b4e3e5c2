import { sites } from "@suyuan/drizzle/schema/participants"
import { originStatements, pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { and, desc, eq } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { businessDayOf } from "./business-day"

/** Records of the newest origin statements of the piles that a sale was taken from, for its business day. */
export async function findStatements(reader: Reader, saleRecordId: string): Promise<string[]> {
  const taken = await reader
    .select({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt, site: sites })
    .from(pileEvents)
    .innerJoin(piles, eq(piles.id, pileEvents.pileId))
    .innerJoin(sites, eq(sites.id, piles.siteId))
    .where(and(eq(pileEvents.recordId, saleRecordId), eq(pileEvents.source, "outflow")))
  const found = new Set<string>()
  for (const { pileId, effectiveAt, site } of taken) {
    const [newest] = await reader
      .select({ recordId: originStatements.recordId })
      .from(originStatements)
      .where(
        and(eq(originStatements.pileId, pileId), eq(originStatements.businessDay, businessDayOf(site, effectiveAt))),
      )
      .orderBy(desc(originStatements.version))
      .limit(1)
    if (newest) found.add(newest.recordId)
  }
  return [...found]
}

/** @throws ServiceError ledger/unknown-record for a record that is no origin statement. */
export async function requireStatement(ctx: Pick<Context, "db">, recordId: string): Promise<void> {
  const [known] = await ctx.db
    .select({ pileId: originStatements.pileId })
    .from(originStatements)
    .where(eq(originStatements.recordId, recordId))
  if (!known) throw new ServiceError("ledger/unknown-record")
}
