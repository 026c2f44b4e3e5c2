import { drizzle } from "drizzle-orm/postgres-js"
import type { Sql } from "postgres"
import type { Database } from "../context"
import { endWithConnection } from "./end-with-connection"
import { prepareRecurring } from "./prepare-recurring"

/** What the domains ask, over this pool: what recurs is prepared, and a transaction ends with its connection. */
export function databaseOver(pool: Sql): Database {
  return drizzle(prepareRecurring(endWithConnection(pool)))
}
