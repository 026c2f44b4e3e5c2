import { boughtOrigins, piles } from "@suyuan/drizzle/schema/trace"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { type OutflowRef, outflowKey } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import type { Context, Reader, Transaction } from "../context"
import { recordDay } from "../ledger/record-day"
import { arrayOf, unnest } from "../unnest"
import type { PileRow } from "./read-pile-rows"
import type { Way } from "./way"

/** What a line of a sale held that another merchant bought, and the way that it had come. */
export type BoughtOrigins = Way & Pick<OutflowRange, "grams" | "sources">

/** With the piles that it follows from, and the sum of revision and shortfalls at which each of them was read. */
export type Remembered = BoughtOrigins & { readonly suppliers: ReadonlyMap<string, number> }

/** By `outflowKey`: a line of a sale left one pile. */
export type BoughtByKey = ReadonlyMap<string, Remembered>

export function upstreamKey(row: Pick<PileRow, "upstreamRecordId" | "upstreamLine">): string {
  return outflowKey({ recordId: row.upstreamRecordId ?? "", line: row.upstreamLine ?? 0 })
}

/** What is remembered of these, as far as it still counts. One query. */
export async function readBoughtOrigins(
  reader: Reader,
  purchases: readonly Pick<PileRow, "upstreamPileId" | "upstreamRecordId" | "upstreamLine">[],
): Promise<BoughtByKey> {
  if (purchases.length === 0) return new Map()
  const rows = await reader.execute<Row>(sql`
    SELECT encode(bought.record_id, 'hex') AS record_id, bought.line, origins,
      (SELECT json_agg(json_build_array(encode(id, 'hex'), revision)) FROM unnest(suppliers, supplier_revisions) AS s(id, revision)) AS suppliers
    FROM ${unnest("wanted", {
      pile_id: ["bytea", purchases.map((row) => row.upstreamPileId)],
      record_id: ["bytea", purchases.map((row) => row.upstreamRecordId)],
      line: ["smallint", purchases.map((row) => row.upstreamLine ?? 0)],
      day: ["date", purchases.map((row) => recordDay(row.upstreamRecordId ?? ""))],
    })}
    JOIN ${boughtOrigins} AS bought USING (record_id, line, day, pile_id)
    WHERE origins IS NOT NULL AND ${suppliersAreUnchanged("bought")}`)
  return new Map(
    rows.map((row) => [
      outflowKey({ recordId: row.record_id, line: row.line }),
      { ...row.origins, suppliers: new Map(row.suppliers ?? []) },
    ]),
  )
}

type Row = {
  readonly record_id: string
  readonly line: number
  readonly origins: BoughtOrigins
  readonly suppliers: readonly (readonly [string, number])[] | null
}

/** Drizzle cannot write an array of bytes. */
export function suppliersAsStored(suppliers: ReadonlyMap<string, number>) {
  return { suppliers: arrayOf("bytea", [...suppliers.keys()]), supplierRevisions: [...suppliers.values()] }
}

/** Of a row that remembers: nothing was stored since that may change what it follows from. */
export function suppliersAreUnchanged(table: "bought" | "state") {
  const [ids, revisions] = [sql.identifier("suppliers"), sql.identifier("supplier_revisions")]
  const name = sql.identifier(table)
  return sql`NOT EXISTS (
    SELECT FROM unnest(${name}.${ids}, ${name}.${revisions}) AS supplier(id, revision) LEFT JOIN ${piles} AS now ON now.id = supplier.id
    WHERE now.revision + now.shortfalls IS DISTINCT FROM supplier.revision)`
}

/** Somebody should find out what these held, when there is time: somebody will ask. */
export async function wantBoughtOrigins(tx: Transaction, bought: readonly OutflowRef[]): Promise<void> {
  if (bought.length === 0) return
  await tx
    .insert(boughtOrigins)
    .values(bought.map(({ pileId, recordId, line = 0 }) => ({ pileId, recordId, line, day: recordDay(recordId) })))
    .onConflictDoNothing()
}

/** Remembers what these lines held, in place of what was remembered of them before. */
export async function keepBoughtOrigins(
  ctx: Pick<Context, "db">,
  found: readonly (OutflowRef & { readonly bought: Remembered })[],
): Promise<void> {
  if (found.length === 0) return
  const sorted = found.toSorted((a, b) => (outflowKey(a) < outflowKey(b) ? -1 : 1))
  await ctx.db
    .insert(boughtOrigins)
    .values(
      sorted.map(({ pileId, recordId, line = 0, bought: { suppliers, ...origins } }) => ({
        ...{ pileId, recordId, line, day: recordDay(recordId), origins },
        ...suppliersAsStored(suppliers),
      })),
    )
    .onConflictDoUpdate({
      target: [boughtOrigins.recordId, boughtOrigins.line, boughtOrigins.day],
      set: {
        origins: sql`excluded.origins`,
        suppliers: sql`excluded.suppliers`,
        supplierRevisions: sql`excluded.supplier_revisions`,
      },
    })
}
