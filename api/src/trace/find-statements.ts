import { originStatements } from "@suyuan/drizzle/schema/trace"
import { and, desc, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { arrayOf } from "../unnest"

/** Records of the newest origin statements of these piles for a business day of theirs. */
export async function findStatements(
  reader: Reader,
  pileIds: readonly string[],
  businessDay: string,
): Promise<string[]> {
  if (pileIds.length === 0) return []
  const newest = await reader
    .selectDistinctOn([originStatements.pileId], { recordId: originStatements.recordId })
    .from(originStatements)
    .where(
      and(
        sql`${originStatements.pileId} = ANY (${arrayOf("bytea", pileIds)})`,
        eq(originStatements.businessDay, businessDay),
      ),
    )
    .orderBy(originStatements.pileId, desc(originStatements.version))
  return newest.map(({ recordId }) => recordId)
}

/** @throws ServiceError ledger/unknown-record for a record that is no origin statement. */
export async function requireStatement(ctx: Pick<Context, "db">, recordId: string): Promise<void> {
  const [known] = await ctx.db
    .select({ pileId: originStatements.pileId })
    .from(originStatements)
    .where(eq(originStatements.recordId, recordId))
  if (!known) throw new ServiceError("ledger/unknown-record")
}
