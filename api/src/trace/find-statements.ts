import { originStatements } from "@suyuan/drizzle/schema/trace"
import { eq, type SQL, sql } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/** Query of the records of the newest origin statements of these piles for a business day of theirs: `record_id`. */
export function statementsQuery(pileIds: SQL, businessDay: SQL): SQL {
  return sql`
    SELECT DISTINCT ON (said.pile_id) encode(said.record_id, 'hex') AS record_id FROM ${originStatements} AS said
    WHERE said.pile_id = ANY (${pileIds}) AND said.business_day = ${businessDay}
    ORDER BY said.pile_id, said.version DESC`
}

/** @throws ServiceError ledger/unknown-record for a record that is no origin statement. */
export async function requireStatement(ctx: Pick<Context, "db">, recordId: string): Promise<void> {
  const [known] = await ctx.db
    .select({ pileId: originStatements.pileId })
    .from(originStatements)
    .where(eq(originStatements.recordId, recordId))
  if (!known) throw new ServiceError("ledger/unknown-record")
}
