import type { VerifySignature } from "@suyuan/protocol/terminal/signature"
import type { ExtractTablesWithRelations } from "drizzle-orm"
import type { PgTransaction } from "drizzle-orm/pg-core"
import type { PostgresJsDatabase, PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js"
import type { Logger } from "pino"
import type { Sql } from "postgres"
import type { Afterwards } from "./afterwards"
import type { Config } from "./config"
import type { Keys } from "./keys"

export type NoRelations = Record<string, never>
export type Database = PostgresJsDatabase<NoRelations>
export type Transaction = PgTransaction<PostgresJsQueryResultHKT, NoRelations, ExtractTablesWithRelations<NoRelations>>
/** A verb that only reads takes either. */
export type Reader = Database | Transaction

export type Clock = { readonly nowMs: () => number }
export type Random = { readonly bytes: (length: number) => Uint8Array; readonly uuid: () => string }

/** What every verb may use. Ports to platforms, broker and chain are arguments of the verbs that need them. */
export type Context = {
  readonly config: Config
  readonly db: Database
  /** As `db`, over connections whose statements are planned once; see `questions`. */
  readonly questions: Database
  /** Likewise, for what moves money; see `settling`. */
  readonly settlements: Database
  /** Likewise, for what jobs look for every moment: what is due. */
  readonly duties: Database
  /** The driver below `db`: LISTEN, COPY and hand-written SQL on hot paths. */
  readonly sql: Sql
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly keys: Keys
  readonly verifySignature: VerifySignature
  readonly afterwards: Afterwards
}
