import { boughtOrigins, pileEvents } from "@suyuan/drizzle/schema/trace"
import type { ExpectedGoods } from "@suyuan/protocol/trace/expected-carry"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { type OutflowRef, outflowKey } from "@suyuan/protocol/trace/pile-event"
import { type SQL, sql } from "drizzle-orm"
import type { Context, Reader, Transaction } from "../context"
import { utcDay } from "../day"
import { fixedText, placeholder } from "../fixed-text"
import { recordDay } from "../ledger/record-day"
import { lookedUp } from "../questions"
import { arrayLiteral } from "../unnest"
import { isOfTheseRules } from "./expected-origins"
import type { PileRow } from "./read-pile-rows"
import {
  type Suppliers,
  type SuppliersJson,
  suppliersAreUnchanged,
  suppliersAsStored,
  suppliersColumn,
  suppliersMax,
  suppliersOf,
} from "./suppliers"
import type { Way } from "./way"

/** What a line of a sale held that another merchant bought, and the way that it had come. */
export type BoughtOrigins = Way &
  Pick<OutflowRange, "grams" | "sources"> & { readonly expected: ExpectedGoods | undefined }

/** With the piles that it follows from. */
export type Remembered = BoughtOrigins & { readonly suppliers: Suppliers }

/** By `outflowKey`: a line of a sale left one pile. */
export type BoughtByKey = ReadonlyMap<string, Remembered>

export function upstreamKey(row: Pick<PileRow, "upstreamRecordId" | "upstreamLine">): string {
  return outflowKey({ recordId: row.upstreamRecordId ?? "", line: row.upstreamLine ?? 0 })
}

const boughtOfLines = fixedText<"piles" | "records" | "lines" | "ofDays" | "first" | "last">(
  remembered(
    sql`unnest(${placeholder("piles")}::bytea[], ${placeholder("records")}::bytea[], ${placeholder("lines")}::smallint[],
      ${placeholder("ofDays")}::date[]) AS wanted(pile_id, record_id, line, day)`,
    sql`AND kept.day BETWEEN ${placeholder("first")}::date AND ${placeholder("last")}::date`,
  ),
)

/** What is remembered of these, as far as it still counts. One query. */
export function readBoughtOrigins(
  reader: Reader,
  purchases: readonly Pick<PileRow, "upstreamPileId" | "upstreamRecordId" | "upstreamLine">[],
): Promise<BoughtByKey> {
  if (purchases.length === 0) return Promise.resolve(new Map())
  const days = purchases.map((row) => recordDay(row.upstreamRecordId ?? ""))
  const sorted = days.toSorted()
  return readRemembered(
    reader,
    boughtOfLines({
      piles: arrayLiteral(
        "bytea",
        purchases.map((row) => row.upstreamPileId),
      ),
      records: arrayLiteral(
        "bytea",
        purchases.map((row) => row.upstreamRecordId),
      ),
      lines: arrayLiteral(
        "smallint",
        purchases.map((row) => row.upstreamLine ?? 0),
      ),
      ofDays: arrayLiteral("date", days),
      first: sorted[0] ?? "",
      last: sorted.at(-1) ?? "",
    }),
  )
}

/** Goods that were accepted later than this are followed through the seller's pile again. */
const acceptedWithinMs = 2 * 86_400_000
/** A record's day is by the seller's clock. */
const aheadMs = 86_400_000

/** Of which days records of purchases are that were accepted between these times. */
export function boughtDays(firstMs: number, lastMs: number) {
  return {
    firstBoughtDay: utcDay(new Date(firstMs - acceptedWithinMs)),
    lastBoughtDay: utcDay(new Date(lastMs + aheadMs)),
  }
}

/** Query of what is remembered of `purchases(pile_id, record_id, line)`, a part of a statement with `boughtDays`. */
export function rememberedOf(purchases: SQL): SQL {
  return remembered(
    sql`(
      -- The first two bytes of a record's id are its day.
      SELECT *, date '1970-01-01' + (get_byte(record_id, 0) * 256 + get_byte(record_id, 1)) AS day FROM ${purchases}
    ) AS wanted`,
    sql`AND kept.day BETWEEN ${placeholder("firstBoughtDay")}::date AND ${placeholder("lastBoughtDay")}::date`,
  )
}

const boughtOfPiles = fixedText<
  "piles" | "after" | "until" | "firstDay" | "lastDay" | keyof ReturnType<typeof boughtDays>
>(
  rememberedOf(sql`(
    SELECT event.upstream_pile_id AS pile_id, event.upstream_record_id AS record_id, event.upstream_line AS line
    FROM unnest(${placeholder("piles")}::bytea[], ${placeholder("after")}::timestamptz[], ${placeholder("until")}::timestamptz[])
      AS asked(pile_id, after, until) CROSS JOIN LATERAL (
      SELECT * FROM ${pileEvents} AS event
      WHERE event.pile_id = asked.pile_id AND event.effective_at > asked.after AND event.effective_at <= asked.until
        AND event.day BETWEEN ${placeholder("firstDay")}::date AND ${placeholder("lastDay")}::date
      ${lookedUp}
    ) AS event
    -- Outside, or the index of purchases by what they were bought from is taken for one of piles.
    WHERE event.direction = 0 AND event.source = 'purchase'
  ) AS purchase`),
)

/** The same, of all that these piles bought after and until then. */
export function readBoughtOfPiles(
  reader: Reader,
  piles: readonly { readonly pileId: string; readonly after: Date; readonly until: Date }[],
): Promise<BoughtByKey> {
  if (piles.length === 0) return Promise.resolve(new Map())
  const firstMs = Math.min(...piles.map(({ after }) => after.getTime()))
  const lastMs = Math.max(...piles.map(({ until }) => until.getTime()))
  return readRemembered(
    reader,
    boughtOfPiles({
      piles: arrayLiteral(
        "bytea",
        piles.map(({ pileId }) => pileId),
      ),
      after: arrayLiteral(
        "timestamptz",
        piles.map(({ after }) => after),
      ),
      until: arrayLiteral(
        "timestamptz",
        piles.map(({ until }) => until),
      ),
      firstDay: utcDay(new Date(firstMs)),
      lastDay: utcDay(new Date(lastMs)),
      ...boughtDays(firstMs, lastMs),
    }),
  )
}

async function readRemembered(reader: Reader, statement: SQL): Promise<BoughtByKey> {
  return boughtByKeyOf(await reader.execute<RememberedRow>(statement))
}

/**
 * Query of what is remembered of `wanted(pile_id, record_id, line, day)`, as far as it still counts.
 * @param within more of `kept.day`, by values, so that the database leaves out the partitions that cannot matter.
 */
export function remembered(wanted: SQL, within: SQL = sql``): SQL {
  return sql`
    SELECT encode(bought.record_id, 'hex') AS record_id, bought.line, origins, ${suppliersColumn("bought")} AS suppliers
    FROM ${wanted} CROSS JOIN LATERAL (
      SELECT * FROM ${boughtOrigins} AS kept
      WHERE (kept.record_id, kept.line, kept.day, kept.pile_id) = (wanted.record_id, wanted.line, wanted.day, wanted.pile_id) ${within}
      ${lookedUp}
    ) AS bought
    WHERE origins IS NOT NULL AND supplier_until IS NOT NULL AND ${suppliersAreUnchanged("bought")}
      AND ${isOfTheseRules(sql`origins`)}`
}

export function boughtByKeyOf(rows: readonly RememberedRow[]): BoughtByKey {
  return new Map(
    rows.map((row) => [
      outflowKey({ recordId: row.record_id, line: row.line }),
      { ...row.origins, suppliers: suppliersOf(row.suppliers) },
    ]),
  )
}

export type RememberedRow = {
  readonly record_id: string
  readonly line: number
  readonly origins: BoughtOrigins
  readonly suppliers: SuppliersJson
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
  const few = found.filter(({ bought }) => bought.suppliers.size <= suppliersMax)
  if (few.length === 0) return
  const sorted = few.toSorted((a, b) => (outflowKey(a) < outflowKey(b) ? -1 : 1))
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
        supplierUntil: sql`excluded.supplier_until`,
        supplierRevisions: sql`excluded.supplier_revisions`,
      },
    })
}
