import { saleKeys, saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { lineCountOf, type PayCode } from "@suyuan/protocol/terminal/pay-code"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { unnest } from "../unnest"
import { readSnapshots, snapshotKey } from "./read-snapshots"
import { lineRow } from "./resolve-lines"
import { type SaleKey, saleName } from "./sale-key"
import type { VerifiedCode } from "./verify-codes"

export type StoredCode = { readonly key: SaleKey; readonly outcome: "fresh" | "known" | "other-bytes" }

/**
 * Makes a sale of each code, once: same bytes, same sale; other bytes under the same (terminal, counter) are refused.
 * Set-based: a group of 200 costs as many round trips as one. Outcomes come in the order of the codes.
 * @param known codes of sales that the caller has seen stored, byte for byte.
 */
export async function storeCodes(
  ctx: Pick<Context, "clock">,
  tx: Transaction,
  codes: readonly VerifiedCode[],
  known: ReadonlySet<PayCode> = new Set(),
): Promise<StoredCode[]> {
  const others = codes.filter(({ code }) => !known.has(code))
  const stored = await storeOthers(ctx, tx, others)
  const outcomes = new Map(others.map((code, index) => [code, stored[index]]))
  return codes.map((code) => outcomes.get(code) ?? { key: keyOf(code), outcome: "known" })
}

async function storeOthers(
  ctx: Pick<Context, "clock">,
  tx: Transaction,
  codes: readonly VerifiedCode[],
): Promise<StoredCode[]> {
  if (codes.length === 0) return []
  // The first of a name within the group stands for it; the others are compared with it below. Sorted, so that two
  // groups that share names cannot wait for each other in a ring.
  const first = new Map<string, VerifiedCode>()
  for (const code of codes) if (!first.has(nameOf(code))) first.set(nameOf(code), code)
  const firsts = [...first.values()].sort((a, b) => a.terminal.id - b.terminal.id || a.counter - b.counter)
  // Nearly all that are uploaded were scanned before, and keys stay.
  const digests = await readDigests(tx, firsts)
  const fresh = await insertKeys(
    tx,
    firsts.filter((code) => !digests.has(nameOf(code))),
  )
  const written = firsts.filter((code) => fresh.has(nameOf(code)))
  for (const code of written) digests.set(nameOf(code), toHex(code.code.digest))
  const overtaken = firsts.filter((code) => !digests.has(nameOf(code)))
  for (const [name, digest] of await readDigests(tx, overtaken)) digests.set(name, digest)
  await insertSales(ctx, tx, written)
  return codes.map((code) => {
    const key = keyOf(code)
    const name = nameOf(code)
    if (digests.get(name) !== toHex(code.code.digest)) return { key, outcome: "other-bytes" }
    return { key, outcome: fresh.has(name) && first.get(name) === code ? "fresh" : "known" }
  })
}

async function readDigests(tx: Transaction, codes: readonly VerifiedCode[]): Promise<Map<string, string>> {
  if (codes.length === 0) return new Map()
  // Each key by itself (OFFSET 0 keeps it apart): joined as a whole, all partitions are read through while they are small.
  const rows = await tx.execute<{ terminalId: number; counter: number; digest: string }>(sql`
    SELECT named.terminal_id::float8 AS "terminalId", named.counter::float8 AS counter, encode(k.code_digest, 'hex') AS digest
    FROM ${unnest("named", {
      terminal_id: ["bigint", codes.map((code) => code.terminal.id)],
      counter: ["bigint", codes.map((code) => code.counter)],
    })} CROSS JOIN LATERAL (
      SELECT code_digest FROM ${saleKeys} AS own
      WHERE own.terminal_id = named.terminal_id AND own.counter = named.counter OFFSET 0) AS k`)
  return new Map(rows.map((row) => [saleName(row), row.digest]))
}

/** Names of those that nobody had, and nobody else takes at this moment. */
async function insertKeys(tx: Transaction, codes: readonly VerifiedCode[]): Promise<Set<string>> {
  if (codes.length === 0) return new Set()
  const inserted = await tx.execute<{ terminalId: number; counter: number }>(sql`
    INSERT INTO ${saleKeys} (terminal_id, counter, code_digest, day)
    SELECT * FROM ${unnest("given", {
      terminal_id: ["bigint", codes.map((code) => code.terminal.id)],
      counter: ["bigint", codes.map((code) => code.counter)],
      code_digest: ["bytea", codes.map((code) => code.code.digest)],
      day: ["date", codes.map((code) => code.day)],
    })}
    ON CONFLICT DO NOTHING RETURNING terminal_id::float8 AS "terminalId", counter::float8 AS counter`)
  return new Set(inserted.map(saleName))
}

async function insertSales(ctx: Pick<Context, "clock">, tx: Transaction, codes: readonly VerifiedCode[]) {
  if (codes.length === 0) return
  const createdAt = new Date(ctx.clock.nowMs())
  const slots = await readSnapshots(
    tx,
    codes.map((code) => ({ terminalId: code.terminal.id, prefix: toHex(code.code.body.snapshotPrefix) })),
  )
  await tx.insert(sales).values(
    codes.map((code) => ({
      terminalId: code.terminal.id,
      counter: code.counter,
      day: code.day,
      siteId: code.site.id,
      merchantId: code.merchant.id,
      code: concatBytes(code.code.bodyBytes, code.code.signature),
      codeDigest: toHex(code.code.digest),
      snapshotPrefix: toHex(code.code.body.snapshotPrefix),
      issuedAt: code.issuedAt,
      effectiveAt: code.effectiveAt,
      amountFen: code.code.body.amountFen,
      lineCount: lineCountOf(code.code.body.lines),
      state: "presented" as const,
      flags: code.reductionOverTolerance ? SALE_FLAGS.reductionOverTolerance : 0,
      createdAt,
    })),
  )
  const lines = codes.flatMap((code) => {
    const known = slots.get(snapshotKey({ terminalId: code.terminal.id, prefix: toHex(code.code.body.snapshotPrefix) }))
    return (code.lines ?? []).map((line, index) => ({
      terminalId: code.terminal.id,
      counter: code.counter,
      day: code.day,
      line: index,
      siteId: code.site.id,
      ...lineRow(code.merchant.id, line, known),
    }))
  })
  if (lines.length > 0) await tx.insert(saleLines).values(lines)
  await noteIssued(tx, codes)
}

/** The newest counter and issue time seen of each terminal: a clock that goes back shows here. */
async function noteIssued(tx: Transaction, codes: readonly VerifiedCode[]) {
  const newest = new Map<number, VerifiedCode>()
  for (const code of codes) {
    const other = newest.get(code.terminal.id)
    if (!other || other.counter < code.counter) newest.set(code.terminal.id, code)
  }
  const rows = [...newest.values()].sort((a, b) => a.terminal.id - b.terminal.id)
  await tx.execute(sql`
    UPDATE ${terminals} AS t
    SET last_counter = v.counter, last_issued_at = greatest(t.last_issued_at, v.issued_at)
    FROM ${unnest("v", {
      id: ["bigint", rows.map((code) => code.terminal.id)],
      counter: ["bigint", rows.map((code) => code.counter)],
      issued_at: ["timestamptz", rows.map((code) => code.issuedAt)],
    })}
    WHERE t.id = v.id AND t.last_counter < v.counter`)
}

function keyOf(code: VerifiedCode): SaleKey {
  return { terminalId: code.terminal.id, counter: code.counter, day: code.day }
}

function nameOf(code: VerifiedCode): string {
  return saleName({ terminalId: code.terminal.id, counter: code.counter })
}
