import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Scope } from "@suyuan/api/actor"
import { listUnmapped } from "@suyuan/api/catalogue/decide-name"
import { findCommodity } from "@suyuan/api/catalogue/read-catalogue"
import { meaningOf } from "@suyuan/api/catalogue/unmapped-names"
import { bindingProposals } from "@suyuan/drizzle/schema/matching"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { officePerson } from "../../support/office"
import { cabbage, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx, "wholesale")
})
afterAll(() => gateway?.close())

const person = (actorId: string, scopes: readonly Scope[], siteIds: readonly string[] = []) =>
  officePerson(gateway.ctx, actorId, scopes, siteIds)

/** A stall called its goods so. */
async function said(name: string): Promise<string> {
  const { ctx } = gateway
  const { siteId, merchantId } = stall
  const mention = { mentionId: ctx.random.uuid(), siteId, merchantId, source: "terminal" } as const
  await ctx.db.transaction((tx) => meaningOf(ctx, tx, name, mention))
  const waiting = (await listUnmapped(ctx.db, operator)).find((one) => one.said === name)
  return waiting?.id ?? ""
}

describe("names that the catalogue does not know, on the office's pages", () => {
  test("a name becomes a synonym, a commodity of its own, or nothing; the likely ones are offered first", async () => {
    const wang = await person("wang", ["catalogue:write"])
    const [known, fresh, slip] = [await said("大白菜苗"), await said("折耳根"), await said("塑料袋")]
    const list = await wang.page("/office/names")
    for (const name of ["大白菜苗", "折耳根", "塑料袋"]) expect(list.html).toContain(name)
    const asked = await wang.page(`/office/names/${known}`)
    expect(asked.html).toContain('<optgroup label="可能是"><option value="101">大白菜 (101)</option></optgroup>')
    expect((await wang.post(`/office/names/${known}/map`, { commodity: String(cabbage) })).status).toBe(303)
    expect(await findCommodity(gateway.ctx.db, "大白菜苗")).toMatchObject({ code: cabbage })
    const added = { code: "900", nameZh: "折耳根", nameEn: "Fish mint", shelfLifeHours: "96" }
    expect((await wang.post(`/office/names/${fresh}/add`, { ...added, code: String(cabbage) })).status).toBe(409)
    expect((await wang.post(`/office/names/${fresh}/add`, { ...added, shelfLifeHours: "" })).status).toBe(400)
    expect((await wang.post(`/office/names/${fresh}/add`, added)).status).toBe(303)
    expect(await findCommodity(gateway.ctx.db, "折耳根")).toMatchObject({ code: 900, shelfLifeHours: 96 })
    expect((await wang.post(`/office/names/${slip}/dismiss`, { reason: "不是货品" })).status).toBe(303)
    expect((await wang.page("/office/names")).html).toContain("没有等待的叫法")
    expect((await wang.page(`/office/names/${slip}`)).status).toBe(404)
  })

  test("who acts at some sites only may look; nobody else sees any, and no form from elsewhere decides", async () => {
    const id = await said("芫荽头")
    const local = await person("zhao", ["catalogue:write"], [stall.siteId])
    const shown = await local.page(`/office/names/${id}`)
    expect([shown.status, shown.html.includes("只有管全部场所的人能决定")]).toEqual([200, true])
    expect((await local.post(`/office/names/${id}/dismiss`, { reason: "x" })).status).toBe(403)
    const wang = await person("wang", ["catalogue:write"])
    const forged = { origin: "https://elsewhere.example" }
    expect((await wang.post(`/office/names/${id}/dismiss`, { reason: "x" }, forged)).status).toBe(403)
    expect((await (await person("qian", ["traces:read"])).page("/office/names")).status).toBe(403)
    expect((await wang.page(`/office/names/${id}`)).status).toBe(200)
  })
})

describe("wallets that buy as a merchant would, on the office's pages", () => {
  const stateOf = async (id: string) =>
    (await gateway.ctx.db.select().from(bindingProposals).where(eq(bindingProposals.id, id)))[0]
  async function proposal(pseudonym: string): Promise<string> {
    const id = gateway.ctx.random.uuid()
    await gateway.ctx.db.insert(bindingProposals).values({
      ...{ id, siteId: stall.siteId, sellerMerchantId: stall.merchantId, pseudonym, state: "new" as const },
      ...{ purchases: 7, days: 4, leastGrams: 20_000, commodities: 3, lastDay: "2026-03-01" },
      proposedAt: new Date(gateway.clock.nowMs()),
    })
    return id
  }

  test("the stall was asked to invite, or it is no merchant; with a note, and by who keeps that site", async () => {
    const [one, two] = [await proposal("00112233aabbccdd"), await proposal("44556677eeff0011")]
    const wang = await person("wang", ["merchants:write"])
    const list = await wang.page("/office/wallets")
    for (const shown of ["00112233", "20 公斤", "2026-03-01"]) expect(list.html).toContain(shown)
    expect((await wang.post(`/office/wallets/${one}`, { state: "invited", note: "" })).status).toBe(400)
    const forged = { origin: "https://elsewhere.example" }
    expect((await wang.post(`/office/wallets/${one}`, { state: "invited", note: "x" }, forged)).status).toBe(403)
    const stranger = await person("zhao", ["merchants:write"], [gateway.ctx.random.uuid()])
    expect((await stranger.page("/office/wallets")).html).toContain("没有像商户的钱包")
    expect((await stranger.post(`/office/wallets/${one}`, { state: "invited", note: "x" })).status).toBe(403)
    expect(await stateOf(one)).toMatchObject({ state: "new" })
    await wang.post(`/office/wallets/${one}`, { state: "invited", note: "已告诉摊主" })
    await wang.post(`/office/wallets/${two}`, { state: "dismissed", note: "食堂" })
    expect(await stateOf(one)).toMatchObject({ state: "invited", note: "已告诉摊主", decidedBy: "wang" })
    expect(await stateOf(two)).toMatchObject({ state: "dismissed", note: "食堂" })
    const after = await wang.page("/office/wallets")
    expect([after.html.includes("已告诉摊主"), after.html.includes("44556677")]).toEqual([true, false])
  })
})
