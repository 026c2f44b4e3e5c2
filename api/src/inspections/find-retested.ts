import { inspections } from "@suyuan/drizzle/schema/trace"
import type { ErrorCode } from "@suyuan/look/errors"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { eq, sql } from "drizzle-orm"
import type { Transaction } from "../context"

export type Inspection = typeof inspections.$inferSelect

type Retest = { readonly retestOf: string; readonly pileId: string; readonly testedAt: Date }

/** The test that is repeated, locked: retests of one chain come one after the other. */
export async function findRetested(tx: Transaction, retest: Retest): Promise<Result<Inspection, ErrorCode>> {
  const [first] = await tx.select().from(inspections).where(eq(inspections.id, retest.retestOf))
  if (!first) return err("inspection/retest-unknown")
  const [root] = await tx
    .select()
    .from(inspections)
    .where(eq(inspections.id, chainOf(first)))
    .for("update")
  if (!root) throw new Error("a chain of tests has lost its first")
  if (first.pileId !== retest.pileId) return err("inspection/retest-of-other-goods")
  return retest.testedAt < first.testedAt ? err("inspection/retest-too-early") : ok(first)
}

/** The first test of all that hang together; one that nobody repeated is a chain of its own. */
export function chainOf({ chainId, id }: Pick<Inspection, "chainId" | "id">): string {
  return chainId ?? id
}

/**
 * The newest of the chain counts, whichever came last; by time, then by record. But a stall takes back nothing that an
 * inspector found: in a chain with an inspector's test its own counts only where it failed.
 */
export async function settleChain(tx: Transaction, chainId: string): Promise<void> {
  await tx.update(inspections).set({ chainId }).where(eq(inspections.id, chainId))
  await tx.execute(sql`
    UPDATE ${inspections} AS test SET superseded_by = nullif(newest.id, test.id)
    FROM (
      SELECT id FROM (
        SELECT *, coalesce(entered_by LIKE 'terminal:%', true) AS is_own FROM ${inspections} WHERE chain_id = ${chainId}::uuid
      ) AS chain
      ORDER BY is_own AND conclusion = 'passed' AND EXISTS (
        SELECT FROM ${inspections} AS other WHERE other.chain_id = ${chainId}::uuid AND other.entered_by NOT LIKE 'terminal:%'
      ), tested_at DESC, record_id DESC LIMIT 1
    ) AS newest
    WHERE test.chain_id = ${chainId}::uuid AND test.superseded_by IS DISTINCT FROM nullif(newest.id, test.id)`)
}
