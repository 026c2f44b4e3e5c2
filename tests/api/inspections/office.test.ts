import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Scope } from "@suyuan/api/actor"
import { proposeRecalls } from "@suyuan/api/inspections/propose-recalls"
import { photos } from "@suyuan/drizzle/schema/checks"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { hiddenOf, type OfficePerson, officePerson } from "../../support/office"
import { cabbage } from "../../support/selling"
import { type Day, playDay } from "../recalls/day"
import { jpegOf } from "./photos"
import { rapidTests } from "./rapid-tests"

setDefaultTimeout(60_000)

const root = "/office/tests"
let gateway: TestGateway
let day: Day
let inspector: OfficePerson
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
  inspector = await person("chen", ["inspections:write", "traces:read", "recalls:read"])
})
afterAll(() => gateway?.close())

const { enter, failed, rowOf } = rapidTests(() => gateway)
const person = (actorId: string, scopes: readonly Scope[], siteIds: readonly string[] = []) =>
  officePerson(gateway.ctx, actorId, scopes, siteIds)
const here = () => `siteId=${day.trade.stall.siteId}`
const all = () => gateway.ctx.db.select().from(inspections)

/** What somebody fills in for a sample of the stall's cabbage. */
async function filledIn(more: Record<string, string> = {}, retestOf?: string) {
  const opened = await inspector.page(`${root}/new?${retestOf === undefined ? here() : `retestOf=${retestOf}`}`)
  const now = new Date(gateway.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 16)
  const { id = "", ...hidden } = hiddenOf(opened.html)
  return {
    ...{ ...hidden, id },
    ...{ merchantId: day.trade.stall.merchantId, commodity: String(cabbage), sampleNumber: "KJ-07" },
    ...{ sampledAt: now, testedAt: now, standard: "GB/T 5009.199-2003", figure: "12.5" },
    ...{ instrument: "NC-800", testerRole: "市场快检员", lotId: "", channel: "", reviewerRole: "" },
    ...{ otherStandard: "", otherMethod: "", otherLimit: "" },
    ...more,
  }
}
function formOf(fields: Record<string, string>, photo?: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  if (photo) form.set("photo", new File([photo], "sample.jpg", { type: "image/jpeg" }))
  return form
}

describe("rapid tests on the office's pages", () => {
  test("[CV-5] one is entered with a photo, its conclusion following from the figure, and once however often it is sent", async () => {
    const fields = await filledIn()
    const sent = await inspector.post(root, formOf(fields, jpegOf(64, 48)))
    expect(sent.location).toBe(`${root}/${fields.id}?lang=zh`)
    expect((await inspector.post(root, formOf(fields, jpegOf(64, 48)))).status).toBe(303)
    expect(await rowOf(fields.id)).toMatchObject({
      ...{ conclusion: "passed", inhibitionPermille: 125, limitPermille: 500, method: "酶抑制率法", enteredBy: "chen" },
      ...{ sampleNumber: "KJ-07", lotId: null, channel: null },
    })
    const shown = await inspector.page(`${root}/${fields.id}`)
    expect(shown.html).toContain("12.5%")
    expect(shown.html).toContain("合格")
    expect((await inspector.page(`${root}/${fields.id}/photo`)).status).toBe(200)
  })

  test("[CV-6] what failed stands first and leads to the recall that it proposed; a retest names it", async () => {
    const fields = await filledIn({ sampleNumber: "KJ-08", figure: "61.2" })
    await inspector.post(root, formOf(fields))
    expect((await inspector.page(`${root}/${fields.id}`)).html).toContain("正在提议召回")
    await proposeRecalls(gateway.ctx)
    const shown = await inspector.page(`${root}/${fields.id}`)
    expect(shown.html).toContain(`/office/recalls/${fields.id}`)
    expect((await inspector.page(`/office/recalls/${fields.id}`)).status).toBe(200)
    const list = await inspector.page(`${root}?${here()}`)
    expect(list.html.indexOf("KJ-08")).toBeLessThan(list.html.indexOf("KJ-07"))
    const again = await filledIn({ sampleNumber: "KJ-08", figure: "20" }, fields.id)
    expect(again).toMatchObject({ retestOf: fields.id })
    expect((await inspector.post(root, formOf(again))).status).toBe(303)
    expect(await rowOf(again.id)).toMatchObject({ retestOf: fields.id, conclusion: "passed" })
    const chain = await inspector.page(`${root}/${fields.id}`)
    expect(chain.html).toContain("以这一份为准")
  })

  test("by day, and by what came of it", async () => {
    const today = new Date(gateway.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
    const ofToday = await inspector.page(`${root}?${here()}&day=${today}`)
    expect(ofToday.html).toContain("KJ-07")
    expect((await inspector.page(`${root}?${here()}&day=2025-01-02`)).html).toContain("这一天没有快检记录")
    const passed = await inspector.page(`${root}?${here()}&day=&conclusion=passed`)
    expect([passed.html.includes("KJ-07"), passed.html.includes("61.2%")]).toEqual([true, false])
    const elsewhere = await inspector.page(`${root}?siteId=${day.trade.baseA.siteId}`)
    expect(elsewhere.html).toContain("没有快检记录")
  })

  test("what was not right is said, nothing is stored, and what was written stands there again", async () => {
    const before = await all()
    const wrong: readonly (readonly [Record<string, string>, string])[] = [
      [{ figure: "viel" }, "抑制率（%）"],
      [{ sampledAt: "" }, "取样时间"],
      [{ merchantId: "" }, "摊位"],
      [{ standard: "other" }, "其他标准"],
      [{ lotId: gateway.ctx.random.uuid() }, "没有找到这个批次"],
      [{ testedAt: "2099-01-01T00:00" }, "晚于现在"],
    ]
    for (const [more, said] of wrong) {
      const fields = await filledIn({ sampleNumber: "KJ-甲", ...more })
      const answer = await inspector.post(root, formOf(fields))
      expect([answer.status >= 400, answer.html.includes(said)]).toEqual([true, true])
      expect(answer.html).toContain('value="KJ-甲"')
      expect(hiddenOf(answer.html).id).toBe(fields.id)
    }
    const unusable = await inspector.post(root, formOf(await filledIn(), new Uint8Array([1, 2, 3])))
    expect(unusable.html).toContain("照片须为 JPEG 或 PNG")
    // A photo that was right is kept for when the rest is.
    const kept = await inspector.post(
      root,
      formOf(await filledIn({ lotId: gateway.ctx.random.uuid() }), jpegOf(80, 60)),
    )
    const { photoHash = "" } = hiddenOf(kept.html)
    expect(await gateway.ctx.db.select().from(photos).where(eq(photos.hash, photoHash))).toHaveLength(1)
    expect(await all()).toEqual(before)
  })

  test("who reads traces looks only; another site's tests are refused, and a form from elsewhere enters nothing", async () => {
    const id = await enter(day.trade.stall, failed({ sampleNumber: "KJ-99" }))
    const before = await all()
    const reader = await person("liu", ["traces:read"])
    const shown = await reader.page(`${root}/${id}`)
    expect([shown.status, shown.html.includes("复检这一样品")]).toEqual([200, false])
    expect((await reader.page(`${root}/new?${here()}`)).status).toBe(403)
    const stranger = await person("zhao", ["inspections:write"], [day.trade.baseA.siteId])
    expect((await stranger.page(`${root}/${id}`)).status).toBe(403)
    expect((await stranger.page(`${root}?${here()}`)).status).toBe(403)
    const fields = await filledIn()
    for (const who of [reader, stranger]) expect((await who.post(root, formOf(fields))).status).toBe(403)
    const forged = await inspector.post(root, formOf(fields), { origin: "https://elsewhere.example" })
    expect(forged.status).toBe(403)
    const nobody = await person("qian", ["payments:read"])
    expect((await nobody.page(root)).status).toBe(403)
    expect((await nobody.page("/office/reconciliations")).html).not.toContain('href="/office/tests')
    expect(await all()).toEqual(before)
  })
})
