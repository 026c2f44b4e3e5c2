// A rapid test's photo for whoever scans or is shown a trace: the photos of tests, and no other that is kept.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { storePhoto } from "@suyuan/api/inspections/store-photo"
import { setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import { shareTrace } from "@suyuan/api/trace/share-trace"
import { pileDays } from "@suyuan/drizzle/schema/trace"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment } from "../../support/goods"
import { newBuyer, payOnPlatform, saleRow } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { operatorOf } from "../../support/stall"
import { jpegOf } from "./photos"
import { inspector, rapidTests } from "./rapid-tests"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
const { body, enter, harvest } = rapidTests(() => gateway)
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx, "base", [slotOf(1, cabbage)])
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
