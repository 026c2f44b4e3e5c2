import { Afterwards } from "@suyuan/api/afterwards"
import type { Database } from "@suyuan/api/context"
import { readTrace } from "@suyuan/api/trace/read-trace"
import type { Installation } from "../installation"

/** Traces of purchases from all over, as they are and with nothing remembered. Throws at the first that differs. */
export async function spotCheck({ ctx }: Installation, count: number): Promise<number> {
  const sales = await someSales(ctx.sql, count)
  const undo = new Error("undo")
  const traces = await Promise.all(sales.map((id) => readTrace(ctx, ctx.db, id, "purchase")))
  await ctx.db
    .transaction(async (tx) => {
      // What is forgotten here is there again after it.
      await tx.execute("TRUNCATE pile_days, bought_origins")
      // What would be remembered after an answer is remembered before the end of this, and undone with it.
      const own = tx as unknown as Database
      const inside = { ...ctx, db: own, questions: own, duties: own, afterwards: new Afterwards(ctx.log) }
      for (const [index, id] of sales.entries()) {
        const [known, walked] = [traces[index], await readTrace(inside, tx, id, "purchase")]
        // The day may have been stated between the two, by the gateway's own job.
        if (Bun.deepEquals({ ...known, originStatements: 0 }, { ...walked, originStatements: 0 })) continue
        throw new Error(`${id}: remembered ${JSON.stringify(known)}\nwalked ${JSON.stringify(walked)}`)
      }
      await inside.afterwards.stop()
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return sales.length
}

/** Of consumers, drawn from all days and stalls. */
export async function someSales(sql: Installation["ctx"]["sql"], count: number): Promise<string[]> {
  const rows = await sql`
    SELECT encode(record_id, 'hex') AS id FROM (
      SELECT record_id, random() AS place FROM sales TABLESAMPLE SYSTEM (1) WHERE buyer_merchant_id IS NULL
    ) AS drawn ORDER BY place LIMIT ${count}`
  return rows.map(({ id }) => String(id))
}
