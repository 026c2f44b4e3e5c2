import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Scope } from "@suyuan/api/actor"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { enrol } from "@suyuan/api/terminals/enrol"
import { claimCodes, merchants, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { type OfficePerson, officePerson } from "../../support/office"
import { enrolmentOf, makeStall, newTablet, operator, type TestStall, testBrokerTokens } from "../../support/stall"

setDefaultTimeout(60_000)

const root = "/office/merchants"
let gateway: TestGateway
let stall: TestStall
let other: TestStall
let keeper: OfficePerson
beforeAll(async () => {
  gateway = await testGateway()
  stall = await makeStall(gateway.ctx)
  other = await makeStall(gateway.ctx)
  keeper = await person("wang", ["merchants:write", "terminals:write"])
})
afterAll(() => gateway?.close())

const person = (actorId: string, scopes: readonly Scope[], siteIds: readonly string[] = []) =>
  officePerson(gateway.ctx, actorId, scopes, siteIds)
const stateOf = async (hex: string) => {
  const [row] = await gateway.ctx.db
    .select()
    .from(terminals)
    .where(eq(terminals.id, Number.parseInt(hex, 16)))
  return row?.state
}
const stallState = async () => {
  const [row] = await gateway.ctx.db.select().from(merchants).where(eq(merchants.id, stall.merchantId))
  return row?.state
}

/** A tablet that used a code of the office's page: its terminal waits for its fingerprint. */
async function claimed() {
  const issued = await keeper.post(`${root}/${stall.merchantId}/claim-codes`, {})
  const claimCode = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(issued.html)?.[0] ?? ""
  expect(issued.html).toContain("<svg")
  const { ctx } = gateway
  const made = await enrol(ctx, testBrokerTokens(ctx), enrolmentOf(ctx, newTablet(), claimCode))
  return { hex: made.terminalId, fingerprint: made.fingerprint }
}

describe("stalls and terminals on the office's pages", () => {
  test("a code enrols a tablet, and only the fingerprint on its own screen makes it a terminal", async () => {
    const { hex, fingerprint } = await claimed()
    const list = await keeper.page(root)
    expect(list.html).toContain("待核对指纹的终端")
    expect(list.html).toContain(`/office/terminals/${hex}`)
    const path = `/office/terminals/${hex}`
    // Read off the tablet, not off this page.
    expect((await keeper.page(path)).html).not.toContain(fingerprint)
    const wrong = await keeper.post(`${path}/confirm`, { fingerprint: "0000-0000-0000" })
    expect([wrong.status, wrong.html.includes("请勿确认")]).toEqual([409, true])
    expect(wrong.html).toContain(`href="${path}?lang=zh"`)
    expect(await stateOf(hex)).toBe("claimed")
    expect((await keeper.post(`${path}/confirm`, { fingerprint })).status).toBe(303)
    expect(await stateOf(hex)).toBe("active")
    const shown = await keeper.page(`${root}/${stall.merchantId}`)
    expect(shown.html).toContain("可收款")
    expect(shown.html).toContain("还没有上过线")
  })

  test("a terminal is suspended, resumed and revoked after a question, with a reason, and not by its address alone", async () => {
    const { hex, fingerprint } = await claimed()
    const path = `/office/terminals/${hex}`
    await keeper.post(`${path}/confirm`, { fingerprint })
    const asked = await keeper.page(`${path}/revoke`)
    expect(asked.html).toContain("作废后不能恢复")
    expect(await stateOf(hex)).toBe("active")
    expect((await keeper.post(`${path}/revoke`, { reason: " " })).status).toBe(400)
    for (const [change, state] of [
      ["suspend", "suspended"],
      ["resume", "active"],
      ["revoke", "revoked"],
    ] as const) {
      expect((await keeper.post(`${path}/${change}`, { reason: "平板丢了" })).status).toBe(303)
      expect(await stateOf(hex)).toBe(state)
    }
    const ended = await keeper.page(path)
    expect([ended.html.includes("已作废"), ended.html.includes(`${path}/resume`)]).toEqual([true, false])
  })

  test("a stall is found by its number or name, and one that is suspended gets no code", async () => {
    const found = await keeper.page(`${root}?siteId=${stall.siteId}&text=a-1`)
    expect(found.html).toContain(`${root}/${stall.merchantId}`)
    expect((await keeper.page(`${root}?siteId=&text=${encodeURIComponent("没有这家")}`)).html).toContain(
      "没有符合的摊位",
    )
    expect((await keeper.page(`${root}/${stall.merchantId}/suspend`)).html).toContain("摊位立即不能收款")
    expect(await stallState()).toBe("active")
    await keeper.post(`${root}/${stall.merchantId}/suspend`, { reason: "停业整顿" })
    expect(await stallState()).toBe("suspended")
    expect((await keeper.page(`${root}/${stall.merchantId}`)).html).not.toContain("发一个领用码")
    expect((await keeper.post(`${root}/${stall.merchantId}/claim-codes`, {})).status).toBe(403)
    await keeper.post(`${root}/${stall.merchantId}/resume`, { reason: "整顿完" })
    expect(await stallState()).toBe("active")
  })

  test("only who may keep the stall's site sees or changes anything, and no form from elsewhere does", async () => {
    const { hex } = await claimed()
    const codes = (await gateway.ctx.db.select().from(claimCodes)).length
    const stranger = await person("zhao", ["merchants:write", "terminals:write"], [other.siteId])
    const list = await stranger.page(root)
    expect([list.html.includes(stall.merchantId), list.html.includes(other.merchantId)]).toEqual([false, true])
    for (const path of [`${root}/${stall.merchantId}`, `/office/terminals/${hex}`, `/office/terminals/${hex}/revoke`]) {
      expect([path, (await stranger.page(path)).status]).toEqual([path, 403])
    }
    const inspector = await person("chen", ["inspections:write", "traces:read"])
    expect((await inspector.page(root)).status).toBe(403)
    expect((await inspector.page("/office/tests")).html).not.toContain(`href="${root}`)
    const merchantsOnly = await person("sun", ["merchants:write"])
    expect((await merchantsOnly.page(`${root}/${stall.merchantId}`)).html).not.toContain("发一个领用码")
    for (const who of [stranger, inspector, merchantsOnly]) {
      expect((await who.post(`/office/terminals/${hex}/revoke`, { reason: "x" })).status).toBe(403)
      expect((await who.post(`${root}/${stall.merchantId}/claim-codes`, {})).status).toBe(403)
    }
    const forged = { origin: "https://elsewhere.example" }
    expect((await keeper.post(`/office/terminals/${hex}/revoke`, { reason: "x" }, forged)).status).toBe(403)
    expect((await keeper.post(`${root}/${stall.merchantId}/claim-codes`, {}, forged)).status).toBe(403)
    expect(await stateOf(hex)).toBe("claimed")
    expect(await gateway.ctx.db.select().from(claimCodes)).toHaveLength(codes)
  })
})

describe("a new stall on the office's pages", () => {
  const idIn = (html: string) => /name="id" value="([0-9a-f-]{36})"/.exec(html)?.[1] ?? ""
  const made = async (id: string) => gateway.ctx.db.select().from(merchants).where(eq(merchants.id, id))

  test("is added once, however often its form is sent, and is at the site that was chosen", async () => {
    const form = await keeper.page(`${root}/new?siteId=${stall.siteId}`)
    const id = idIn(form.html)
    const wanted = { id, siteId: stall.siteId, stallNumber: "B-07", name: "陈记蔬菜" }
    const sent = await keeper.post(root, wanted)
    expect([sent.status, sent.location]).toEqual([303, `${root}/${id}?lang=zh`])
    expect((await keeper.post(root, wanted)).status).toBe(303)
    expect(await made(id)).toMatchObject([{ siteId: stall.siteId, stallNumber: "B-07", name: "陈记蔬菜" }])
    expect((await keeper.page(`${root}/${id}`)).html).toContain("还没有收款账户")
    expect((await keeper.post(root, { ...wanted, name: "王记" })).status).toBe(409)
    expect(
      (await keeper.post(root, { ...wanted, id: idIn((await keeper.page(`${root}/new`)).html), name: " " })).status,
    ).toBe(400)
  })

  test("nobody adds one where they may not, nor from elsewhere", async () => {
    const stranger = await person("zhao", ["merchants:write"], [other.siteId])
    const form = await stranger.page(`${root}/new`)
    expect([form.html.includes(other.siteId), form.html.includes(stall.siteId)]).toEqual([true, false])
    const id = idIn(form.html)
    const wanted = { id, siteId: stall.siteId, stallNumber: "B-08", name: "赵记" }
    expect((await stranger.post(root, wanted)).status).toBe(403)
    const noKeeper = await person("sun", ["terminals:write"])
    expect((await noKeeper.page(`${root}/new`)).status).toBe(403)
    expect((await noKeeper.page(root)).html).not.toContain(`${root}/new`)
    expect((await noKeeper.post(root, wanted)).status).toBe(403)
    expect((await keeper.post(root, wanted, { origin: "https://elsewhere.example" })).status).toBe(403)
    expect(await made(id)).toEqual([])
  })

  test("its first payee account is in force at once; another is only proposed", async () => {
    const id = idIn((await keeper.page(`${root}/new`)).html)
    await keeper.post(root, { id, siteId: stall.siteId, stallNumber: "B-09", name: "林记" })
    const path = `${root}/${id}/payees/alipay`
    expect((await keeper.page(path)).html).toContain("第一个账户立即生效")
    const secret = "202611BBc0ffee"
    const first = await keeper.post(path, { account: "2088000000000001", authToken: secret })
    expect([first.status, first.location]).toEqual([303, `${root}/${id}?lang=zh`])
    const shown = await keeper.page(`${root}/${id}`)
    expect([shown.html.includes("2088000000000001"), shown.html.includes(secret)]).toEqual([true, false])
    const form = await keeper.page(path)
    expect([form.html.includes("另一个人批准"), form.html.includes(secret)]).toEqual([true, false])
    const second = await keeper.post(path, { account: "2088000000000002", authToken: "" })
    expect(second.location).toMatch(/^\/office\/payee-changes\/[0-9a-f-]{36}\?lang=zh$/)
    expect((await keeper.page(`${root}/${id}`)).html).toContain("2088000000000001")
    for (const refused of [{ account: "no spaces" }, {}, { directAccount: "nobody's" }]) {
      expect([refused, (await keeper.post(path, refused)).status]).toEqual([refused, 400])
    }
    expect((await keeper.post(`/office/payee-changes/${second.location?.split(/[/?]/)[3]}/withdraw`, {})).status).toBe(
      303,
    )
    const stranger = await person("zhao", ["merchants:write"], [other.siteId])
    expect((await stranger.page(path)).status).toBe(403)
    expect((await stranger.post(path, { account: "2088000000000003" })).status).toBe(403)
  })
})

describe("payee changes on the office's pages", () => {
  const account = (name: string) => ({ platform: "wechat-pay", account: name }) as const
  const changeOf = async (id: string) =>
    (await gateway.ctx.db.select().from(payeeChanges).where(eq(payeeChanges.id, id)))[0]
  async function proposed(name: string): Promise<string> {
    const made = await setPayee(gateway.ctx, { ...operator, id: "wang" }, stall.merchantId, account(name))
    if (made.state !== "proposed") throw new Error("it is in force")
    return made.changeId
  }

  test("the second person sees old and new, says that the stall was asked, and approves; until it is in force it can be refused", async () => {
    await setPayee(gateway.ctx, { ...operator, id: "wang" }, stall.merchantId, account("1900000109"))
    const id = await proposed("1900000208")
    const second = await person("li", ["merchants:write"])
    const list = await second.page("/office/payee-changes")
    for (const said of ["1900000109", "1900000208", "等第二个人批准"]) expect(list.html).toContain(said)
    const path = `/office/payee-changes/${id}`
    const own = await keeper.page(path)
    expect([own.html.includes("您是提议人"), own.html.includes(`${path}/approve`)]).toEqual([true, false])
    expect((await keeper.post(`${path}/approve`, { sure: "1" })).status).toBe(403)
    expect((await second.post(`${path}/approve`, {})).status).toBe(400)
    expect((await second.post(`${path}/approve`, { sure: "1" }, { origin: "https://elsewhere.example" })).status).toBe(
      403,
    )
    expect(await changeOf(id)).toMatchObject({ state: "proposed" })
    expect((await second.post(`${path}/approve`, { sure: "1" })).status).toBe(303)
    expect(await changeOf(id)).toMatchObject({ state: "approved", approvedBy: "li" })
    expect((await second.page(path)).html).toContain("已批准，未生效")
    expect((await second.post(`${path}/withdraw`, {})).location).toBe("/office/payee-changes?lang=zh")
    expect(await changeOf(id)).toMatchObject({ state: "withdrawn" })
    expect((await second.page("/office/payee-changes")).html).toContain("没有等待的收款账户变更")
    expect((await second.page(path)).status).toBe(404)
  })

  test("another site's changes are neither shown nor decided", async () => {
    const id = await proposed("1900000307")
    const stranger = await person("zhao", ["merchants:write"], [other.siteId])
    expect((await stranger.page("/office/payee-changes")).html).not.toContain("1900000307")
    expect((await stranger.page(`/office/payee-changes/${id}`)).status).toBe(403)
    for (const step of ["approve", "withdraw"]) {
      expect((await stranger.post(`/office/payee-changes/${id}/${step}`, { sure: "1" })).status).toBe(403)
    }
    const terminalsOnly = await person("qian", ["terminals:write"])
    expect((await terminalsOnly.page("/office/payee-changes")).status).toBe(403)
    expect(await changeOf(id)).toMatchObject({ state: "proposed" })
  })
})
