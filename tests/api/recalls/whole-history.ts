// What the pure engine says of all that ever happened in these piles, beside what a recall reads of them (RC-2).
import { readRecallScope, type ScopeSale } from "@suyuan/api/recalls/recall-scope"
import { pileEventOf } from "@suyuan/api/trace/read-histories"
import { clockErrorMs } from "@suyuan/api/trace/resolve"
import { discardedLineOffset } from "@suyuan/api/trace/returned-goods"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { recallScope } from "@suyuan/protocol/trace/recall-scope"
import { sql } from "drizzle-orm"
import type { TestGateway } from "../../support/context"
import { operator } from "../../support/stall"

export async function allSales({ ctx }: TestGateway, lotIds: readonly string[], limit = 200): Promise<ScopeSale[]> {
  const sales: ScopeSale[] = []
  for (let after: ScopeSale | undefined; ; ) {
    const page = await readRecallScope(ctx, operator, { kind: "lots", lotIds }, { after, limit })
    sales.push(...page.sales)
    after = page.sales.at(-1)
    if (page.next === undefined) return sales
  }
}

export type Compared = {
  /** Of outflows that the whole history says may hold some, and of stocks: where the recall says that less may be there. */
  readonly missed: readonly string[]
  /** Where the recall says that more must be there. */
  readonly overstated: readonly string[]
  /** Sales of a recalled lot by their seller's own word, of which less than what was handed over is told (RC-21). */
  readonly untold: readonly string[]
  readonly outflows: number
  /** So many of them are said to be able to hold the same. */
  readonly same: number
}

/** Undefined where purchases wait for one another: the whole history says nothing then. */
export async function comparedWithWhole(
  gateway: TestGateway,
  pileIds: readonly string[],
  lotIds: readonly string[],
): Promise<Compared | undefined> {
  const rows = await rowsOf(gateway, pileIds)
  const whole = wholeHistory(rows, pileIds, lotIds)
  if (!whole.ok) return undefined
  const sales = await allSales(gateway, lotIds)
  const scope = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds })
  const said = new Map(sales.map((sale) => [`${sale.pileId}/${outflowKey(sale)}`, sale]))
  const outflows = whole.value.flatMap((pile) =>
    [...pile.outflows].map(([key, range]) => ({
      key: `${pile.pileId}/${key}`,
      line: Number(key.split("#")[1]),
      ...range,
    })),
  )
  const missed: string[] = []
  const overstated: string[] = []
  let same = 0
  for (const { key, line, mayGrams } of outflows) {
    // What was thrown away is no sale.
    const saidMay = line >= discardedLineOffset ? mayGrams : (said.get(key)?.mayGrams ?? 0)
    if (saidMay === mayGrams) same += 1
    if (saidMay < mayGrams) missed.push(`${key} may hold ${mayGrams}, not ${saidMay}`)
  }
  const mustOf = new Map(outflows.map(({ key, mustGrams }) => [key, mustGrams]))
  for (const [key, { mustGrams }] of said) {
    if (mustGrams > (mustOf.get(key) ?? 0))
      overstated.push(`${key} must hold ${mustOf.get(key) ?? 0}, not ${mustGrams}`)
  }
  const nothing = { mayGrams: 0, mustGrams: 0 }
  for (const pileId of pileIds) {
    const stock = whole.value.find((pile) => pile.pileId === pileId)?.stock ?? nothing
    const found = scope.piles.find((pile) => pile.pileId === pileId)?.stock ?? nothing
    if (found.mayGrams < stock.mayGrams)
      missed.push(`${pileId} may still hold ${stock.mayGrams}, not ${found.mayGrams}`)
    if (found.mustGrams > stock.mustGrams) overstated.push(`${pileId} must still hold ${stock.mustGrams}`)
  }
  const untold = chosenIn(rows, lotIds).flatMap(({ key, grams }) => {
    const { mayGrams = 0, claimedGrams = 0 } = said.get(key) ?? {}
    return mayGrams + claimedGrams === grams ? [] : [`${key} is of it by its seller's word: ${grams}`]
  })
  return { missed, overstated, untold, outflows: outflows.length, same }
}

type StoredRow = typeof pileEvents.$inferSelect

/** Sales whose seller chose one of these lots, as far as they were handed over. */
function chosenIn(rows: readonly StoredRow[], lotIds: readonly string[]) {
  return rows.flatMap(({ source, lotId, line, pileId, recordId, gramsHigh }) => {
    if (source !== "outflow" || lotId === null || !lotIds.includes(lotId) || line >= discardedLineOffset) return []
    const voids = rows.filter((row) => row.source === "void" && row.pileId === pileId)
    const own = voids.filter((row) => row.upstreamRecordId === recordId && row.upstreamLine === line)
    const grams = gramsHigh - own.reduce((sum, row) => sum + row.gramsHigh, 0)
    return grams > 0 ? [{ key: `${pileId}/${outflowKey({ recordId, line })}`, grams }] : []
  })
}

async function rowsOf({ ctx }: TestGateway, pileIds: readonly string[]): Promise<StoredRow[]> {
  return await ctx.db
    .select()
    .from(pileEvents)
    .where(sql`${pileEvents.pileId} = ANY (${sql.raw(`ARRAY[${pileIds.map((id) => `'\\x${id}'::bytea`).join(",")}]`)})`)
}

function wholeHistory(rows: readonly StoredRow[], pileIds: readonly string[], lotIds: readonly string[]) {
  const histories = pileIds.map((pileId) => {
    return { pileId, events: rows.filter((row) => row.pileId === pileId).map((row) => pileEventOf(row)) }
  })
  const sources = { lots: new Set(lotIds), inflows: new Set<string>() }
  const grams = rows.flatMap(({ source, lotId, gramsHigh }) =>
    source === "lot" ? [[lotId ?? "", gramsHigh] as const] : [],
  )
  return recallScope(histories, sources, { clockErrorMs, lotGrams: new Map(grams) })
}
