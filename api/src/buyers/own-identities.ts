import { buyerJoins } from "@suyuan/drizzle/schema/buyers"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"

/** Beyond it nobody is one person's: each wallet knows a person twice, and a person has few browsers. */
export const identitiesMax = 8

/**
 * This buyer, and every identity that its person has joined with it, over others too. Asked of the database each time:
 * a join that ended counts for nothing from there on.
 */
export async function ownIdentities(reader: Reader, buyerId: string): Promise<string[]> {
  const rows = await reader.execute<{ id: string }>(sql`
    WITH RECURSIVE own(id) AS (
      SELECT ${buyerId}::uuid
      UNION
      SELECT other.id FROM own CROSS JOIN LATERAL (
        SELECT claimed_by AS id FROM ${buyerJoins} WHERE offered_by = own.id AND state = 'active'
        UNION ALL
        SELECT offered_by FROM ${buyerJoins} WHERE claimed_by = own.id AND state = 'active'
      ) AS other
    ) SELECT id FROM own ORDER BY id`)
  return rows.map(({ id }) => id)
}
