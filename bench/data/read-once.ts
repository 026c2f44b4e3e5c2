import type postgres from "postgres"

/**
 * Reads tables, partitioned ones too, with all their indexes: as they are in memory where a database runs for more than a
 * day. `buffer`: into the database's own; `read`: into the system's, as much as it keeps.
 */
export async function readOnce(
  sql: postgres.Sql,
  mode: "buffer" | "read",
  { tables, indexes = [] }: { readonly tables: readonly string[]; readonly indexes?: readonly string[] },
): Promise<void> {
  await sql`CREATE EXTENSION IF NOT EXISTS pg_prewarm`
  await sql`
    WITH named AS (
      SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY (${[...tables, ...indexes]})
    ), parted AS (
      SELECT oid FROM named UNION SELECT part.inhrelid FROM named JOIN pg_inherits AS part ON part.inhparent = named.oid
    ), indexed AS (
      SELECT oid FROM parted UNION SELECT own.indexrelid FROM parted JOIN pg_index AS own ON own.indrelid = parted.oid
    )
    SELECT pg_prewarm(relation.oid::regclass, ${mode}) FROM indexed JOIN pg_class AS relation USING (oid)
    WHERE relation.relkind IN ('r', 'i')`
}
