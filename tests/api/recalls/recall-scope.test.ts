// Where a lot went, asked of the database in three statements, or four where goods came back that had left before all that is
// read, must miss nothing that the whole history says.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { sumPileDays } from "@suyuan/api/trace/sum-days"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { makeStall, operator, operatorWithout, refusalOf, type TestStall } from "../../support/stall"
import { allSales, comparedWithWhole } from "./whole-history"
import { storeWorld } from "./world"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: TestStall
beforeAll(async () => {
  gateway = await testGateway()
  stall = await makeStall(gateway.ctx)
})
afterAll(() => gateway?.close())

describe("the scope of a recall", () => {
  test("[RC-2] misses nothing that the whole history says, whatever is remembered or summed of the piles", async () => {
    let [compared, same] = [0, 0]
    for (let seed = 1; seed <= 10; seed += 1) {
      const dice = new Dice(seed)
      const { pileIds, lotIds } = await storeWorld(gateway, stall, dice)
      const recalled = [dice.one(lotIds), dice.one(lotIds)]
      if (dice.happens(0.5)) await readPileContents(gateway.ctx, pileIds)
      if (dice.happens(0.5)) await sumPileDays(gateway.ctx)
      const found = await comparedWithWhole(gateway, pileIds, recalled)
      if (found === undefined) continue
      expect({ seed, ...found }).toMatchObject({ seed, missed: [], overstated: [], untold: [] })
      compared += found.outflows
      same += found.same
    }
    expect(compared).toBeGreaterThan(60)
    expect(same / compared).toBeGreaterThan(0.9)
  })

  test("[RC-7] pages by what is expected, each sale once, and names its version", async () => {
    const { lotIds } = await storeWorld(gateway, stall, new Dice(50))
    const sales = await allSales(gateway, lotIds, 17)
    const keys = sales.map((sale) => `${sale.pileId}/${outflowKey(sale)}`)
    expect(new Set(keys).size).toBe(keys.length)
    const ranks = sales.map(({ expectedGrams, claimedGrams }) => expectedGrams + claimedGrams)
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a))
    const scope = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds })
    expect(scope.totals.sales).toBe(
      sales.filter(({ isFollowed, claimedGrams }) => !isFollowed || claimedGrams > 0).length,
    )
    const again = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds })
    expect(again.digest).toBe(scope.digest)
    const part = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds: lotIds.slice(1) })
    expect(part.digest).not.toBe(scope.digest)
    expect(scope.totals.mayGrams).toBeLessThanOrEqual(scope.totals.setGrams)
  })

  test("takes three statements for totals and first page", async () => {
    const { lotIds } = await storeWorld(gateway, stall, new Dice(61), { isUnchosen: true })
    const counted = countStatements(gateway.ctx)
    expect(
      await counted.statementsOf((ctx) => readRecallScope(ctx, operator, { kind: "lots", lotIds })),
    ).toBeLessThanOrEqual(3)
    await counted.end()
  })

  test("is not for who may not ask, and of other sites an actor of one site sees nothing", async () => {
    const { lotIds } = await storeWorld(gateway, stall, new Dice(70))
    const set = { kind: "lots", lotIds } as const
    expect(await refusalOf(readRecallScope(gateway.ctx, operatorWithout("recalls:read"), set))).toBe(
      "request/forbidden",
    )
    const other = await makeStall(gateway.ctx)
    const elsewhere = { ...operator, siteIds: [other.siteId] }
    const seen = await readRecallScope(gateway.ctx, elsewhere, set)
    expect(seen).toMatchObject({ piles: [], sales: [], stalls: [], totals: { sales: 0, mayGrams: 0 } })
    expect(await gateway.ctx.db.$count(merchants)).toBeGreaterThan(1)
  })

  test("of nothing is refused, as is more than a recall can be", async () => {
    const none = [gateway.ctx.random.uuid()]
    const ask = (lotIds: readonly string[]) => readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds })
    expect(await refusalOf(ask(none))).toBe("recall/set-empty")
  })
})
