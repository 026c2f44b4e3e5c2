// What stands beside a shared link: its picture, and the platforms' codes, which may be lost on their way.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { alipayMiniCodeFromConfig } from "@suyuan/api/adapters/alipay-mini-code"
import { wechatMiniCodeFromConfig } from "@suyuan/api/adapters/wechat-mini-code"
import { placeSite } from "@suyuan/api/participants/place-site"
import { shareCodes } from "@suyuan/drizzle/schema/buyers"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { type FaultKind, faultInput } from "@suyuan/sandbox/faults/faults"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade } from "../../support/goods"
import { newBuyer, payOnPlatform, type TestBuyer } from "../../support/paying"
import { gramsOf } from "../../support/selling"
import { operator } from "../../support/stall"
import { type Platforms, startPlatforms } from "../payments/platforms"

setDefaultTimeout(60_000)

const amountFen = 7381
let gateway: TestGateway
let platforms: Platforms
let app: ReturnType<typeof testApp>
let buyer: TestBuyer
let recordId: string
let siteId: string
beforeAll(async () => {
  platforms = await startPlatforms({ nowMs: () => Date.now() })
  gateway = await testGateway({ ...platforms.sandbox.environment, PLATFORM_TIMEOUT_MS: "2000" })
  const { ctx, clock } = gateway
  const { baseA } = await openTrade(ctx)
  siteId = baseA.siteId
  await baseA.deliver(await baseA.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), 50_000)))
  nextMoment(clock)
  const code = await baseA.code(1, [gramsOf(1, 12_345, 600)], amountFen)
  await baseA.deliver(await baseA.envelope("sale", baseA.saleBody(code)))
  buyer = await newBuyer(ctx)
  recordId = (await payOnPlatform(ctx, code, buyer)).recordId ?? ""
  const { config } = ctx
  const miniCodes = {
    "wechat-pay": wechatMiniCodeFromConfig(config, clock),
    alipay: alipayMiniCodeFromConfig(config, clock),
  }
  app = testApp(ctx, { miniCodes })
})
afterEach(() => platforms.sandbox.world.faults.clear())
afterAll(async () => {
  await platforms?.end()
  await gateway?.close()
})

async function json(path: string, init: RequestInit = {}, by: TestBuyer = buyer) {
  const headers = { "content-type": "application/json", ...(await sessionOf(gateway.ctx, by)) }
  const response = await app.request(path, { ...init, headers })
  const text = await response.text()
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) }
}
const newShare = async () =>
  String((await json("/shares", { method: "POST", body: JSON.stringify({ recordId }) })).body.id)
const codeOf = async (id: string, platform: string) => {
  const response = await app.request(`/shares/${id}/code?platform=${platform}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isPicture = response.status === 200
  return {
    status: response.status,
    bytes,
    code: isPicture ? undefined : JSON.parse(Buffer.from(bytes).toString()).code,
  }
}
const strike = (platform: "wechat-pay" | "alipay", kind: FaultKind) =>
  platforms.sandbox.world.faults.add(faultInput.parse({ kind, platform, operation: "mini-code", times: 2 }))

for (const platform of ["wechat-pay", "alipay"] as const) {
  test(`${platform}: a share's code is asked for once, and is gone with the share`, async () => {
    const id = await newShare()
    const first = await codeOf(id, platform)
    expect([first.status, first.bytes[0], first.bytes[1]]).toEqual([200, 0x89, 0x50])
    strike(platform, "system-error")
    expect((await codeOf(id, platform)).bytes).toEqual(first.bytes)
    expect((await json(`/shares/${id}`, { method: "DELETE" })).status).toBe(204)
    expect((await codeOf(id, platform)).status).toBe(410)
  })

  for (const fault of ["lost-request", "lost-response", "system-error"] as const) {
    test(`[${fault}] ${platform}: nothing is kept and nothing guessed; asking again gives the code`, async () => {
      const id = await newShare()
      const before = await gateway.ctx.db.select().from(shareCodes)
      strike(platform, fault)
      expect(await codeOf(id, platform)).toMatchObject({ status: 503, code: "picture/code-unavailable" })
      expect(await gateway.ctx.db.select().from(shareCodes)).toEqual(before)
      platforms.sandbox.world.faults.clear()
      expect((await codeOf(id, platform)).status).toBe(200)
    })
  }
}

test("a token that another server ended is asked for anew", async () => {
  const [first, second] = [await newShare(), await newShare()]
  expect((await codeOf(first, "wechat-pay")).status).toBe(200)
  platforms.sandbox.world.messages.endTokens()
  expect((await codeOf(second, "wechat-pay")).status).toBe(503)
  expect((await codeOf(second, "wechat-pay")).status).toBe(200)
})

test("the sandbox refuses what WeChat refuses: a page that is none, a scene too long or of other characters, no token", async () => {
  const { url, world } = platforms.sandbox
  const ask = async (body: object, token = world.messages.token().text) => {
    const response = await fetch(`${url}/wxa/getwxacodeunlimit?access_token=${token}`, {
      ...{ method: "POST", body: JSON.stringify(body) },
    })
    return response.headers.get("content-type")?.startsWith("image/") ? "picture" : (await response.json()).errcode
  }
  const page = "pages/trace/index"
  expect(await ask({ scene: "a".repeat(32), page })).toBe("picture")
  expect(await ask({ scene: "a".repeat(33), page })).toBe(40_169)
  expect(await ask({ scene: "a b", page })).toBe(40_097)
  expect(await ask({ scene: "a", page: "pages/none/index" })).toBe(41_030)
  expect(await ask({ scene: "a", page: "/pages/trace/index" })).toBe(41_030)
  expect(await ask({ scene: "a", page, width: 100 })).toBe(40_097)
  expect(await ask({ scene: "a", page }, "another")).toBe(40_001)
})

test("a code for a share that is none asks no platform", async () => {
  strike("wechat-pay", "lost-request")
  expect((await codeOf("0".repeat(17), "wechat-pay")).status).toBe(404)
})

test("a link that is sent on shows a title, what is certain and a 5:4 picture; neither buyer, price, total nor time of day", async () => {
  const id = await newShare()
  const html = await (await app.request(`/t/${id}`)).text()
  const meta = (name: string) => new RegExp(`<meta property="${name}" content="([^"]*)"`).exec(html)?.[1]
  expect(meta("og:image")).toBe(`${gateway.ctx.config.GATEWAY_PUBLIC_URL}/t/${id}/card.png`)
  expect([meta("og:image:width"), meta("og:image:height")]).toEqual(["600", "480"])
  expect(meta("og:description")).toContain("全部来自")
  for (const secret of [fenToYuan(amountFen), String(amountFen), "12345", buyer.id]) expect(html).not.toContain(secret)
  expect(html).not.toMatch(/\d\d:\d\d/)

  const response = await app.request(new URL(meta("og:image") ?? "").pathname)
  const card = Buffer.from(await response.arrayBuffer())
  expect(response.headers.get("content-type")).toBe("image/png")
  expect([card.readUInt32BE(16), card.readUInt32BE(20)]).toEqual([600, 480])
  expect(card.length).toBeLessThan(20_000)
  if (process.env.SHARE_CARD !== undefined) await Bun.write(process.env.SHARE_CARD, card)

  expect((await json(`/shares/${id}`, { method: "DELETE" })).status).toBe(204)
  expect((await app.request(`/t/${id}/card.png`)).status).toBe(410)
})

test("a way says where its places are, in degrees, once somebody has said it", async () => {
  const id = await newShare()
  const placesOf = async () => {
    const { lines } = (await json(`/traces/shares/${id}`)).body as { lines: { way: { place: unknown }[] }[] }
    return lines.flatMap(({ way }) => way.map(({ place }) => place))
  }
  expect(await placesOf()).toEqual([null])
  const place = { latitudeMicrodegrees: 41_158_600, longitudeMicrodegrees: 114_716_000 }
  await placeSite(gateway.ctx, operator, { siteId, ...place })
  expect(await placesOf()).toEqual([{ latitude: 41.1586, longitude: 114.716 }])
})

test("who shared a purchase finds the links again, and nobody else does", async () => {
  const id = await newShare()
  const path = `/traces/purchases/${recordId}/shares`
  const ids = async () => ((await json(path)).body.shares as { id: string }[]).map((one) => one.id)
  expect(await ids()).toContain(id)
  await json(`/shares/${id}`, { method: "DELETE" })
  expect(await ids()).not.toContain(id)
  expect((await json(path, {}, await newBuyer(gateway.ctx))).status).toBe(404)
  expect((await app.request(path)).status).toBe(401)
})
