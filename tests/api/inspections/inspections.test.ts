import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { readChain } from "@suyuan/api/inspections/read-inspection"
import { storePhoto } from "@suyuan/api/inspections/store-photo"
import { resolveRecallSet } from "@suyuan/api/recalls/recall-set"
import { testedLots } from "@suyuan/drizzle/schema/checks"
import { records } from "@suyuan/drizzle/schema/ledger"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade, refusalsOf, secondsOf, type Trade } from "../../support/goods"
import { pepper } from "../../support/selling"
import { makeStall, operatorWithout, refusalOf } from "../../support/stall"
import { jpeg } from "./photos"
import { inspector, rapidTests } from "./rapid-tests"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const { enter, body, failed, newId, rowOf, harvest } = rapidTests(() => gateway)

describe("a rapid test", () => {
  test("refuses the wrong actor: without the scope, or of another site", async () => {
    const another = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("inspections:write"), inspector(another.siteId)]) {
      const entry = { id: newId(), merchantId: trade.stall.merchantId, body: body() }
      expect(await refusalOf(enterInspection(gateway.ctx, actor, entry))).toBe("request/forbidden")
    }
  })

  test("[CV-1] is judged by its standard's own limit; an unknown standard stands as it is written", async () => {
    const wrong = enter(trade.stall, body({ standard: "NY/T 448-2001", limitPermille: 500 }))
    expect(await refusalOf(wrong)).toBe("inspection/limit-not-of-standard")
    const uploaded = await trade.stall.envelope("inspection", body({ limitPermille: 700 }))
    expect(refusalsOf(await trade.stall.deliver(uploaded))).toEqual(["inspection/limit-not-of-standard"])
    const free = await enter(trade.stall, body({ standard: "DB11/T 1 (企业方法)", limitPermille: 300 }))
    expect(await rowOf(free)).toMatchObject({ standard: "DB11/T 1 (企业方法)", limitPermille: 300 })
  })

  test("[CV-2] a retest names the test that it repeats: the newest counts, whichever came last, and all stay", async () => {
    const first = await enter(trade.stall, failed())
    const sampledAtSeconds = secondsOf(gateway.ctx)
    nextMoment(gateway.clock)
    const later = body({ retestOf: first, sampledAtSeconds, testedAtSeconds: secondsOf(gateway.ctx) + 300 })
    const newest = await enter(trade.stall, later)
    const between = await enter(trade.stall, failed({ retestOf: first, sampledAtSeconds }))
    expect((await rowOf(first)).supersededBy).toBe(newest)
    expect((await rowOf(between)).supersededBy).toBe(newest)
    expect((await rowOf(newest)).supersededBy).toBeNull()
    const chain = await readChain(gateway.ctx.db, inspector(trade.stall.siteId), between)
    expect(chain.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      [first, "failed"],
      [between, "failed"],
      [newest, "passed"],
    ])
    const [record] = await gateway.ctx.db
      .select()
      .from(records)
      .where(eq(records.recordId, (await rowOf(newest)).recordId))
    const opened = record && decodeRecord("inspection", { public: record.publicBytes })
    const named = opened?.ok && opened.value.kind === "inspection" ? opened.value.public.retestOf : undefined
    expect(named && toHex(named)).toBe((await rowOf(first)).recordId)
  })

  test("[CV-2] a stall's own retest takes back nothing that an inspector found, but is kept", async () => {
    const own = async (more: Partial<UploadBody<"inspection">>) => {
      nextMoment(gateway.clock)
      const id = newId()
      const given = more.conclusion === "failed" ? failed(more) : body(more)
      const upload = await trade.stall.envelope("inspection", given, id)
      expect(refusalsOf(await trade.stall.deliver(upload))).toEqual(["stored"])
      return id
    }
    const first = await enter(trade.stall, failed())
    const passed = await own({ retestOf: first })
    expect([(await rowOf(first)).supersededBy, (await rowOf(passed)).supersededBy]).toEqual([null, first])
    const worse = await own({ retestOf: first, conclusion: "failed" })
    expect([(await rowOf(first)).supersededBy, (await rowOf(worse)).supersededBy]).toEqual([worse, null])
    nextMoment(gateway.clock)
    const inspected = await enter(trade.stall, body({ retestOf: first }))
    expect((await rowOf(worse)).supersededBy).toBe(inspected)
    const alone = await own({ conclusion: "failed" })
    const again = await own({ retestOf: alone })
    expect((await rowOf(alone)).supersededBy).toBe(again)
  })

  test("[CV-8] of a time that is still to come is refused, from an inspector and from a terminal", async () => {
    const in2062 = secondsOf(gateway.ctx) + 36 * 365 * 86_400
    const ahead = body({ sampledAtSeconds: in2062, testedAtSeconds: in2062 })
    expect(await refusalOf(enter(trade.stall, ahead))).toBe("inspection/dated-ahead")
    const upload = await trade.stall.envelope("inspection", ahead)
    expect(refusalsOf(await trade.stall.deliver(upload))).toEqual(["inspection/dated-ahead"])
  })

  test("[CV-8] names a lot that there is, of its goods; a terminal's comes again until the harvest is known", async () => {
    const [lot, other] = [newId(), await harvest(trade.baseA, 1000)]
    expect(await refusalOf(enter(trade.stall, body({ lot })))).toBe("inspection/lot-unknown")
    const ofPepper = body({ lot: other, commodity: pepper })
    expect(await refusalOf(enter(trade.stall, ofPepper))).toBe("inspection/lot-of-other-goods")
    const upload = await trade.stall.envelope("inspection", body({ lot }))
    expect(await trade.stall.deliver(upload)).toEqual([])
    await trade.baseA.deliver(await trade.baseA.envelope("harvest", harvestBody(gateway.ctx, lot, 500)))
    expect(refusalsOf(await trade.stall.deliver(upload))).toEqual(["stored"])
  })

  test("[CV-8] waits 72 hours for a lot or a test that it names, and is then kept: what failed stands for the pile", async () => {
    const [lot, id, ofTest] = [newId(), newId(), newId()]
    const { baseA } = await openTrade(gateway.ctx)
    const held = await harvest(baseA, 1000)
    nextMoment(gateway.clock)
    const named = await baseA.envelope("inspection", failed({ lot }), id)
    const retest = await baseA.envelope("inspection", body({ retestOf: newId() }), ofTest)
    expect(await baseA.deliver(named, retest)).toEqual([])
    gateway.clock.advance(71 * 3_600_000)
    expect(await baseA.deliver(named, retest)).toEqual([])
    gateway.clock.advance(3_600_000)
    expect(refusalsOf(await baseA.deliver(named, retest))).toEqual(["stored", "stored"])
    expect(refusalsOf(await baseA.deliver(named, retest))).toEqual(["stored", "stored"])
    expect(await rowOf(id)).toMatchObject({ lotId: lot, recallDue: true })
    expect(await rowOf(ofTest)).toMatchObject({ retestOf: null, chainId: null })
    const set = await resolveRecallSet(gateway.ctx, gateway.ctx.db, { kind: "inspection", inspectionId: id })
    expect(set.lots.map((one) => one.id)).toEqual([held])
    await findSources(gateway.ctx)
    expect(await gateway.ctx.db.select().from(testedLots).where(eq(testedLots.inspectionId, id))).toEqual([])
  })

  test("[CV-2] a retest of an unknown test, of other goods, or from before it is refused", async () => {
    const first = await enter(trade.stall, failed())
    expect(await refusalOf(enter(trade.stall, body({ retestOf: newId() })))).toBe("inspection/retest-unknown")
    expect(await refusalOf(enter(trade.wholesaler, body({ retestOf: first })))).toBe("inspection/retest-of-other-goods")
    const early = secondsOf(gateway.ctx) - 7200
    const before = body({ retestOf: first, sampledAtSeconds: early, testedAtSeconds: early })
    expect(await refusalOf(enter(trade.stall, before))).toBe("inspection/retest-too-early")
    // A terminal's retest may come before the test it repeats: it is not answered, and comes again.
    const [firstId, retest] = [newId(), await trade.stall.envelope("inspection", body({ retestOf: undefined }))]
    expect(refusalsOf(await trade.stall.deliver(retest))).toEqual(["stored"])
    const waiting = await trade.stall.envelope("inspection", body({ retestOf: firstId }))
    expect(await trade.stall.deliver(waiting)).toEqual([])
    expect(refusalsOf(await trade.stall.deliver(await trade.stall.envelope("inspection", failed(), firstId)))).toEqual([
      "stored",
    ])
    expect(refusalsOf(await trade.stall.deliver(waiting))).toEqual(["stored"])
  })

  test("[response lost] the same id again records nothing twice, and with other words is refused", async () => {
    const [id, entry] = [newId(), body({ channel: "3", reviewerRole: "chief" })]
    await enter(trade.stall, entry, { id })
    await enter(trade.stall, entry, { id })
    expect(await refusalOf(enter(trade.stall, { ...entry, channel: "4" }, { id }))).toBe("upload/other-bytes")
  })
})

describe("a site's tests", () => {
  test("are listed the newest first, page by page, for its own inspectors", async () => {
    const { stall } = await openTrade(gateway.ctx)
    const ids = [await enter(stall, body()), await enter(stall, failed()), await enter(stall, body())]
    const app = testApp(gateway.ctx)
    const headers = await tokenOf(gateway.ctx, ["inspections:write"], stall.siteId)
    const list = async (query: string) => {
      const answer = await app.request(`/inspections?siteId=${stall.siteId}${query}`, { headers })
      return ((await answer.json()) as { tests: { id: string; testedAt: string }[] }).tests
    }
    const [newest, ...older] = await list("")
    expect([newest, ...older].map((one) => one?.id)).toEqual(ids.toReversed())
    expect((await list(`&before=${newest?.testedAt}&limit=1`)).map(({ id }) => id)).toEqual([ids[1] ?? ""])
    expect((await list("&conclusion=failed")).map(({ id }) => id)).toEqual([ids[1] ?? ""])
    // A tray of one second.
    const at = secondsOf(gateway.ctx)
    const tray = []
    for (let i = 0; i < 3; i += 1) {
      tray.push(await enter(stall, body({ sampledAtSeconds: at, testedAtSeconds: at })))
    }
    const paged: string[] = []
    for (let page = await list("&limit=2"); page.length > 0; page = await list(`&limit=2&after=${paged.at(-1)}`)) {
      paged.push(...page.map(({ id }) => id))
    }
    expect(paged.toSorted()).toEqual([...ids, ...tray].toSorted())
    expect(new Set(paged).size).toBe(6)
    const stranger = await tokenOf(gateway.ctx, ["inspections:write"], trade.stall.siteId)
    const peek = await app.request(`/inspections?siteId=${stall.siteId}`, { headers: stranger })
    expect(peek.status).toBe(403)
  })
})

describe("a photo of a test", () => {
  test("refuses the wrong actor", async () => {
    expect(await refusalOf(storePhoto(gateway.ctx, operatorWithout("inspections:write"), jpeg))).toBe(
      "request/forbidden",
    )
  })

  test("[CV-7] is kept by the hash of its bytes, stands in the record, and is served as what it is", async () => {
    const app = testApp(gateway.ctx)
    const token = await tokenOf(gateway.ctx, ["inspections:write"], trade.stall.siteId)
    const put = () =>
      app.request("/inspection-photos", {
        ...{ method: "PUT", body: jpeg.slice().buffer },
        headers: { ...token, "content-type": "application/octet-stream" },
      })
    const { hash } = (await (await put()).json()) as { hash: string }
    expect(await (await put()).json()).toEqual({ hash })
    expect(await refusalOf(enter(trade.stall, body(), { photo: "ab".repeat(32) }))).toBe("inspection/photo-unknown")
    const id = await enter(trade.stall, body(), { photo: hash })
    const [record] = await gateway.ctx.db
      .select()
      .from(records)
      .where(eq(records.recordId, (await rowOf(id)).recordId))
    const opened = record && decodeRecord("inspection", { public: record.publicBytes })
    const said = opened?.ok && opened.value.kind === "inspection" ? opened.value.public.photo : undefined
    expect(said).toEqual(fromHex(hash))
    const got = await app.request(`/inspections/${id}/photo`, { headers: token })
    expect(got.headers.get("content-type")).toBe("image/jpeg")
    expect(got.headers.get("x-content-type-options")).toBe("nosniff")
    expect(got.headers.get("cache-control")).toContain("immutable")
    const etag = got.headers.get("etag") ?? ""
    const again = await app.request(`/inspections/${id}/photo`, { headers: { ...token, "if-none-match": etag } })
    expect(again.status).toBe(304)
    const stranger = await tokenOf(gateway.ctx, ["inspections:write"], trade.baseA.siteId)
    expect((await app.request(`/inspections/${id}/photo`, { headers: stranger })).status).toBe(403)
    const bad = await app.request("/inspection-photos", {
      method: "PUT",
      body: "<svg/>",
      headers: { ...token, "content-type": "application/octet-stream" },
    })
    expect(await bad.json()).toMatchObject({ code: "inspection/photo-unusable" })
  })
})

describe("what a test speaks for", () => {
  const lotsOf = async (id: string) =>
    (await gateway.ctx.db.select().from(testedLots).where(eq(testedLots.inspectionId, id)))
      .map(({ lotId }) => lotId)
      .toSorted()

  test("[CV-3] the lots that may have been there; a record that comes late is found", async () => {
    const { baseA } = await openTrade(gateway.ctx)
    const lot = await harvest(baseA, 1000)
    const beforeSample = secondsOf(gateway.ctx) + 30
    const id = await enter(
      baseA,
      body({ sampledAtSeconds: secondsOf(gateway.ctx) + 60, testedAtSeconds: secondsOf(gateway.ctx) + 60 }),
    )
    await findSources(gateway.ctx)
    expect(await lotsOf(id)).toEqual([lot])
    await harvest(baseA, 300)
    const late = newId()
    await baseA.deliver(
      await baseA.envelope("harvest", { ...harvestBody(gateway.ctx, late, 500), harvestedAtSeconds: beforeSample }),
    )
    await findSources(gateway.ctx)
    expect(await lotsOf(id)).toEqual([lot, late].toSorted())
    const named = await enter(baseA, body({ lot }))
    await findSources(gateway.ctx)
    expect(await lotsOf(named)).toEqual([lot])
  })

  test("[CV-8] never a lot that was not at the stall", async () => {
    const { baseA, stall } = await openTrade(gateway.ctx)
    const lot = await harvest(baseA, 1000)
    const id = await enter(stall, failed({ lot }))
    await findSources(gateway.ctx)
    expect(await lotsOf(id)).toEqual([])
  })
})
