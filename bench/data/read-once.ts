import type postgres from "postgres"

/**
 * Reads tables, partitioned ones too, with their long values and all their indexes: as they are in memory where a
 * database runs for more than a day. `buffer`: into the database's own; `read`: into the system's, as much as it keeps.
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
    ), whole AS (
      -- Long values lie in a table of their own.
      SELECT oid FROM parted
      UNION SELECT reltoastrelid FROM parted JOIN pg_class AS relation USING (oid) WHERE reltoastrelid <> 0
    ), indexed AS (
      SELECT oid FROM whole UNION SELECT own.indexrelid FROM whole JOIN pg_index AS own ON own.indrelid = whole.oid
    )
    SELECT pg_prewarm(relation.oid::regclass, ${mode}) FROM indexed JOIN pg_class AS relation USING (oid)
    WHERE relation.relkind IN ('r', 'i', 't')`
}
