// What was remembered while goods of more than fourteen days before were taken as unknown: wrong as it stands, and forgotten.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { walkPiles } from "@suyuan/api/trace/walk-pile"
import { boughtOrigins, pileDays } from "@suyuan/drizzle/schema/trace"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { eq, sql } from "drizzle-orm"
import { allSales } from "../api/recalls/whole-history"
import { type TestGateway, testGateway } from "../support/context"
import { openTrade, rangesOf } from "../support/goods"
import { cabbage, type SellingTerminal } from "../support/selling"
import { tradingAt } from "../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)
const pileOf = ({ merchantId }: SellingTerminal) => pileIdOf(merchantId, cabbage, null)
const remember = (...sellers: readonly SellingTerminal[]) => walkPiles(gateway.ctx, sellers.map(pileOf))
const sleep = (days: number) => gateway.clock.advance(days * 86_400_000)

async function migrateAgain(): Promise<void> {
  const text = readFileSync(join(import.meta.dir, "../../drizzle/migrations/0046_old_states.sql"), "utf8")
  for (const statement of text.split("--> statement-breakpoint")) await gateway.ctx.sql.unsafe(statement)
}

/** As a walk of then left them, which found nothing remembered: all that was there fourteen days before is unknown. */
async function asUnknown(pileId: string): Promise<void> {
  const { db } = gateway.ctx
  const unknownOf = (grams: string, low: string, high: string) =>
    sql.raw(
      `jsonb_build_array(jsonb_build_object('sourceId', '${UNKNOWN_SOURCE}', '${low}', ${grams}, '${high}', ${grams}))`,
    )
  await db
    .update(pileDays)
    .set({
      state: sql`jsonb_set(state, '{carry,sources}', ${unknownOf("state #> '{carry,grams}'", "lowGrams", "highGrams")})`,
      lotsLeft: [],
    })
    .where(eq(pileDays.pileId, pileId))
  await db
    .update(boughtOrigins)
    .set({ origins: sql`jsonb_set(origins, '{sources}', ${unknownOf("origins -> 'grams'", "mustGrams", "mayGrams")})` })
    .where(eq(boughtOrigins.pileId, pileId))
}

test("[RG-22] a state of before says unknown of what is a lot's, and hides its sales from a recall; forgotten, it does not", async () => {
  const { baseA, baseB, stall, stallWallet, consumer } = await openTrade(gateway.ctx)
  const lot = await harvest(baseA, 9000)
  const other = await harvest(baseB, 5000)
  sleep(20)
  await sell(baseA, 1000, consumer)
  await sell(baseA, 3000, stallWallet)
  await sell(baseB, 1000, consumer)
  await remember(baseA, baseB)
  await rememberPurchases(gateway.ctx)
  await asUnknown(pileOf(baseA))
  sleep(1)
  const [late, bag] = [await sell(baseA, 500, consumer), await sell(stall, 700, consumer)]
  sleep(2)
  const said = async () => ({
    late: await rangesOf(gateway.ctx, late.recordId),
    bag: await rangesOf(gateway.ctx, bag.recordId),
    isRecalled: (await allSales(gateway, [lot])).some(({ recordId }) => recordId === late.recordId),
  })
  expect(await said()).toEqual({ late: { unknown: [500, 500] }, bag: { unknown: [700, 700] }, isRecalled: false })
  await migrateAgain()
  expect(await said()).toEqual({ late: { [lot]: [500, 500] }, bag: { [lot]: [700, 700] }, isRecalled: true })
  // What had no unknown goods in it is remembered as it was.
  const kept = await gateway.ctx.db
    .select()
    .from(pileDays)
    .where(eq(pileDays.pileId, pileOf(baseB)))
  expect(kept).toMatchObject([{ state: { carry: { sources: [{ sourceId: other }] } } }])
})
