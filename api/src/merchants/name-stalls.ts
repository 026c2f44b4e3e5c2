import { merchants } from "@suyuan/drizzle/schema/merchants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { and, asc, eq, exists, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { arrayOf } from "../unnest"

export type StallName = { readonly id: string; readonly stallNumber: string; readonly name: string }

const columns = { id: merchants.id, stallNumber: merchants.stallNumber, name: merchants.name }
/** A market has some thousand stalls. */
const stallsMax = 5000

/** How people call these stalls; for whoever was shown the ids already. */
export async function nameStalls(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, StallName>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select(columns)
    .from(merchants)
    .where(sql`${merchants.id} = ANY (${arrayOf("uuid", [...new Set(ids)])})`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** A site's stalls that have, or had, a terminal: those that goods are known of. By stall number. */
export function listEquippedStalls(reader: Reader, siteId: string): Promise<StallName[]> {
  const own = reader.select({ id: terminals.id }).from(terminals).where(eq(terminals.merchantId, merchants.id))
  return reader
    .select(columns)
    .from(merchants)
    .where(and(eq(merchants.siteId, siteId), exists(own)))
    .orderBy(asc(merchants.stallNumber), asc(merchants.id))
    .limit(stallsMax)
}
