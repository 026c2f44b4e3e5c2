// A rapid test's photo for whoever scans or is shown a trace: the photos of tests, and no other that is kept.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { sendTestPhoto } from "@suyuan/api/inspections/send-test-photo"
import { storePhoto } from "@suyuan/api/inspections/store-photo"
import { sendStallPhoto, setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import { shareTrace } from "@suyuan/api/trace/share-trace"
import { photos } from "@suyuan/drizzle/schema/checks"
import { pileDays } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { testPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment } from "../../support/goods"
import { newBuyer, payOnPlatform, saleRow } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { newTablet, operatorOf, refusalOf } from "../../support/stall"
import { jpegOf } from "./photos"
import { inspector, rapidTests } from "./rapid-tests"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
const tablet = newTablet()
const { body, enter, harvest } = rapidTests(() => gateway)
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx, "base", [slotOf(1, cabbage)], tablet)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(() => gateway?.close())

const store = async (picture: Uint8Array) => (await storePhoto(gateway.ctx, inspector(stall.siteId), picture)).hash

type Shown = { lines: { pile?: { inspections: { photo?: string }[] }; inspections?: { photo?: string }[] }[] }

test("[CV-7] stands on the pay page and in a share, by its hash, for anybody and for ever", async () => {
  const { ctx, clock } = gateway
  const app = testApp(ctx)
  const hash = await store(jpegOf(640, 480))
  // Kept, and of no test yet: nobody is shown it.
  expect((await app.request(`/test-photos/${hash}`)).status).toBe(404)
  await harvest(stall, 9000)
  await enter(stall, body(), { photo: hash })
  nextMoment(clock)
  await enter(stall, body({ sampleNumber: "KJ-2" }))
  const path = `/test-photos/${hash}`
  const photosOf = ({ lines: [line] }: Shown) => (line?.pile ?? line)?.inspections?.map(({ photo }) => photo)
  const scan = async (counter: number) => {
    nextMoment(clock)
    const code = await stall.code(counter, [gramsOf(1, 500)])
    const at = `/p/${payCodeDigits(code)}`
    const json = (await (await app.request(at, { headers: { accept: "application/json" } })).json()) as Shown
    return { code, photos: photosOf(json), page: await (await app.request(`${at}?lang=zh`, html)).text() }
  }
  const walked = await scan(1)
  expect(walked.photos).toEqual([undefined, path])
  await ctx.afterwards.settled()
  expect(await ctx.db.$count(pileDays)).toBe(1)
  const remembered = await scan(2)
  expect(remembered.photos).toEqual([undefined, path])
  expect(remembered.page).toContain(`<img loading="lazy" src="${path}" width="96" height="72" alt="快检照片 20`)

  const buyer = await newBuyer(ctx)
  const paid = await payOnPlatform(ctx, remembered.code, buyer)
  await stall.deliver(await stall.envelope("sale", stall.saleBody(remembered.code)))
  const { recordId } = await saleRow(ctx, paid)
  const { id } = await shareTrace(ctx, { kind: "buyer", ...buyer, siteIds: [], scopes: [] }, recordId ?? "")
  expect(photosOf((await (await app.request(`/traces/shares/${id}`)).json()) as Shown)).toEqual([undefined, path])
  expect(await (await app.request(`/t/${id}`, html)).text()).toContain(`<a class="test-photo" href="${path}">`)

  const shown = await app.request(path)
  expect(shown.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
  expect(shown.headers.get("content-type")).toBe("image/jpeg")
  expect(shown.headers.get("x-content-type-options")).toBe("nosniff")
  expect(await shown.text()).not.toContain("39.9")
  expect((await app.request(path, { headers: { "if-none-match": `"${hash}"` } })).status).toBe(304)
})

const html = { headers: { accept: "text/html" } }

test("[CV-7] never a photo that is no test's, nor one that would fill a phone's memory, nor by another name", async () => {
  const { ctx } = gateway
  const app = testApp(ctx)
  const statusOf = async (name: string) => (await app.request(`/test-photos/${name}`)).status
  const stalls = await setStallPhoto(ctx, operatorOf(stall.siteId), stall.merchantId, jpegOf(320, 240))
  expect(await statusOf(stalls.hash)).toBe(404)
  const huge = await store(jpegOf(60_000, 60_000))
  await enter(stall, body({ sampleNumber: "KJ-3" }), { photo: huge })
  expect(await statusOf(huge)).toBe(404)
  expect(await statusOf("ab".repeat(32))).toBe(404)
  for (const name of ["ab", "AB".repeat(32), "..%2Fmerchants"]) expect(await statusOf(name)).toBe(400)
})

test("[CV-7] a terminal sends its own test's photo, signed, and names it in the upload of the test", async () => {
  const { ctx, clock } = gateway
  const app = testApp(ctx)
  const photo = jpegOf(800, 600)
  const signed = (issuedAtMs: number, of = photo) =>
    tablet.sign(testPhotoMessage(ctx.config.NETWORK_ID, { terminal: stall.terminalId, issuedAtMs, photo: of }))
  const nowMs = clock.nowMs()
  const send = (issuedAtMs: number, signature = signed(issuedAtMs), given = photo) =>
    sendTestPhoto(ctx, { terminalId: stall.terminalId, issuedAtMs, photo: given, signature })
  expect(await refusalOf(send(nowMs, signed(nowMs, jpegOf(700, 600))))).toBe("terminal/bad-signature")
  expect(await refusalOf(send(nowMs - 700_000))).toBe("terminal/clock-off")
  const none = new Uint8Array(100)
  expect(await refusalOf(send(nowMs, signed(nowMs, none), none))).toBe("picture/unusable")
  // For a stall's photo it counts for nothing, and the other way round.
  const request = { terminalId: stall.terminalId, issuedAtMs: nowMs, photo, signature: signed(nowMs) }
  expect(await refusalOf(sendStallPhoto(ctx, request))).toBe("terminal/bad-signature")
  const { hash } = await send(nowMs)
  // [response lost] the same again is the same answer.
  expect(await send(nowMs)).toEqual({ hash })
  expect((await app.request(`/test-photos/${hash}`)).status).toBe(404)

  const named = { ...body({ sampleNumber: "KJ-9" }), photo: fromHex(hash)! }
  await stall.deliver(await stall.envelope("inspection", named))
  expect((await app.request(`/test-photos/${hash}`)).status).toBe(200)
  const unknown = { ...body({ sampleNumber: "KJ-10" }), photo: new Uint8Array(32) }
  expect(await stall.deliver(await stall.envelope("inspection", unknown))).toMatchObject([
    { refusal: "inspection/photo-unknown" },
  ])
})

test("a terminal sends fifty photos of tests a day, no more", async () => {
  const { ctx, clock } = gateway
  const createdBy = `terminal ${stall.terminalId}`
  const rows = Array.from({ length: 50 }, (_, index) => ({
    ...{ hash: toHex(uintToBytes(index, 32)), mediaType: "image/jpeg" as const, bytes: jpegOf(64, 64), createdBy },
    createdAt: new Date(clock.nowMs()),
  }))
  await ctx.db.insert(photos).values(rows)
  const photo = jpegOf(900, 600)
  const issuedAtMs = clock.nowMs()
  const message = testPhotoMessage(ctx.config.NETWORK_ID, { terminal: stall.terminalId, issuedAtMs, photo })
  const send = () =>
    sendTestPhoto(ctx, { terminalId: stall.terminalId, issuedAtMs, photo, signature: tablet.sign(message) })
  expect(await refusalOf(send())).toBe("request/too-many")
  await ctx.db.delete(photos).where(eq(photos.createdBy, createdBy))
  expect((await send()).hash).toMatch(/^[0-9a-f]{64}$/)
})
