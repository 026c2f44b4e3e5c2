// Plans of the questions that are asked all day, made before there is anything to plan for: as a gateway makes them that
// starts at night. Of tables of trade they look up rows by an index, and read none through, however cheap that seems then.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Reader } from "@suyuan/api/context"
import { readAffected } from "@suyuan/api/recalls/read-affected"
import { readPast, readReach } from "@suyuan/api/recalls/read-reach"
import { readBoughtOfPiles, readBoughtOrigins } from "@suyuan/api/trace/bought-origins"
import { historyStart } from "@suyuan/api/trace/history-start"
import { readPileStates } from "@suyuan/api/trace/pile-days"
import { readPileRows } from "@suyuan/api/trace/read-pile-rows"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { type SQL, sql } from "drizzle-orm"
import { PgDialect } from "drizzle-orm/pg-core"
import { type TestGateway, testGateway } from "../../support/context"
import { genericPlan, type PlanNode } from "../../support/generic-plan"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const pileId = "07".repeat(16)
const record = { upstreamPileId: pileId, upstreamRecordId: `5000${"07".repeat(14)}`, upstreamLine: 1 }
const [after, until] = [new Date("2026-03-01T00:00:00Z"), new Date("2026-03-03T00:00:00Z")]

const questions: Record<string, (reader: Reader) => Promise<unknown>> = {
  "what certain purchases held": (reader) => readBoughtOrigins(reader, [record]),
  "what the purchases of piles held": (reader) => readBoughtOfPiles(reader, [{ pileId, after, until }]),
  "what piles hold now": (reader) => readPileStates(reader, [pileId], until.getTime()),
  "what happened in piles": (reader) => {
    const named = new Set([`${record.upstreamRecordId}#1`])
    const times = { fromMs: after.getTime(), untilMs: until.getTime() }
    return readPileRows(reader, [{ pileId, after, mayEnd: true, named, ...times }], until.getTime())
  },
  "where a history begins": (reader) =>
    reader.execute(
      sql`SELECT ${historyStart(sql`decode(${pileId}, 'hex')`, sql`${until.toISOString()}::timestamptz`)}`,
    ),
  "where a lot went": (reader) => {
    const lots = [{ id: crypto.randomUUID(), siteId: crypto.randomUUID(), grams: 5000 }]
    return readReach(reader, { lots, inflows: [] }, until.getTime())
  },
  "where goods of these sales may have come from": (reader) =>
    readPast(reader, [record.upstreamRecordId], until.getTime()),
  "whose sales of a run these are": (reader) => {
    const run = { pileId, merchantId: crypto.randomUUID(), recordId: undefined, line: 0, sums: undefined }
    const times = { firstMs: after.getTime(), lastMs: until.getTime() }
    const grams = { grams: 1, mayGrams: 1, mustGrams: 0, otherGrams: 0, expectedGrams: 0, claimedGrams: 0 }
    const page = { after: undefined, limit: 50 }
    return readAffected(reader, [{ ...run, ...times, ...grams, isFollowed: false }], [run.merchantId], page)
  },
  "one purchase": (reader) => readTrace(gateway.ctx, reader, record.upstreamRecordId, "purchase").catch(() => {}),
}
const ofTrade = /^(pile_events|bought_origins|pile_days|pile_sums|sales|sale_lines|records)_/

/** The statements that it asks, as they reach the database. */
async function textsOf(ask: (reader: Reader) => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  const reader = {
    execute: async (statement: SQL) => {
      texts.push(new PgDialect().sqlToQuery(statement).sql)
      return []
    },
  }
  await ask(reader as unknown as Reader)
  return texts
}

/** What is read of tables of trade, as it is planned where nothing is known of them. */
async function plannedReads(text: string): Promise<PlanNode[]> {
  const plan = await genericPlan(gateway.ctx.sql, text)
  return plan.filter((node) => ofTrade.test(node["Relation Name"] ?? ""))
}

for (const [what, ask] of Object.entries(questions)) {
  test(`${what}: rows of trade are looked up`, async () => {
    const texts = await textsOf(ask)
    expect(texts).not.toEqual([])
    for (const text of texts) {
      const read = await plannedReads(text)
      expect(read).not.toEqual([])
      const throughAll = read.filter((node) => node["Index Cond"] === undefined && node["Recheck Cond"] === undefined)
      expect(throughAll.map((node) => `${node["Node Type"]} of ${node["Relation Name"]}`)).toEqual([])
    }
  })
}

/** A pile's rows lie among those of all piles, in its key's index beside each other. */
const ofPiles = [
  "what the purchases of piles held",
  "what piles hold now",
  "what happened in piles",
  "where a lot went",
  "whose sales of a run these are",
]
for (const what of ofPiles) {
  test(`${what}: what happened in a pile is read from its key's index alone`, async () => {
    const texts = await textsOf(questions[what] as (reader: Reader) => Promise<unknown>)
    const reads = (await Promise.all(texts.map(plannedReads))).flat()
    // The stock-takes of a pile, and what names a record, have indexes of their own.
    const ofKey = reads.filter((node) => /^pile_events_.*_pkey$/.test(node["Index Name"] ?? ""))
    expect(ofKey).not.toEqual([])
    expect(new Set(ofKey.map((node) => node["Node Type"]))).toEqual(new Set(["Index Only Scan"]))
  })
}
