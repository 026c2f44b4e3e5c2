import { type SQL, sql } from "drizzle-orm"
import { openOrderMs } from "./resolve"

const order = sql`${openOrderMs}::int * interval '1 ms'`

/**
 * Where runs of outflows are cut for the sake of what stands alone (`marked`, where `is_single`): all of a run are read, and
 * all of it leaves, on one side of whatever else the ranges depend on, in the order in which clocks let it count (RG-2).
 * @param columns of whose events they are; the cut itself is `at`: what is of that instant comes after it.
 */
export function runCuts(columns: SQL): SQL {
  return sql`
    -- A stock-take comes after what happened at its instant.
    SELECT ${columns}, effective_at + CASE WHEN source = 'count' THEN 1 ELSE 0 END * interval '1 ms' AS at
      FROM marked WHERE is_single
    UNION ALL
    -- What left by then has left before; what came so much later may have come before.
    SELECT ${columns}, effective_at - CASE WHEN source = 'outflow' THEN 1 ELSE 2 END * ${order} FROM marked WHERE is_single
    UNION ALL
    -- From when on it counts as there.
    SELECT ${columns}, effective_at - ${order} FROM marked WHERE is_single AND source IN ('lot', 'unknown', 'purchase', 'return')
    UNION ALL
    -- A return counts after what left at that instant.
    SELECT ${columns}, effective_at - ${order} + interval '1 ms' FROM marked WHERE is_single AND source = 'return'
    UNION ALL
    -- Until then a chosen lot (RG-25) counts as not gone yet, and what it leaves of each other source is not known.
    SELECT ${columns}, effective_at + ${order} + interval '1 ms' FROM marked
      WHERE is_single AND source = 'outflow' AND lot_id IS NOT NULL`
}
