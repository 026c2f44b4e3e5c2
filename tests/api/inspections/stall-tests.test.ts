import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { readStallTests } from "@suyuan/api/inspections/read-stall-tests"
import { setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment, openTrade, secondsOf, type Trade } from "../../support/goods"
import { cabbage, pepper } from "../../support/selling"
import { operator, refusalOf } from "../../support/stall"
import { jpegOf } from "./photos"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

async function enter(more: Partial<UploadBody<"inspection">>): Promise<string> {
  nextMoment(gateway.clock)
  const id = gateway.ctx.random.uuid()
  const body: UploadBody<"inspection"> = {
    ...{ sampleNumber: "KJ-1", commodity: cabbage, lot: undefined, method: "酶抑制率法" },
    ...{ sampledAtSeconds: secondsOf(gateway.ctx), testedAtSeconds: secondsOf(gateway.ctx) },
    ...{ standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 120, conclusion: "passed" },
    ...{ instrument: "NC-800", testerRole: "market inspector" },
    ...more,
  }
  await enterInspection(gateway.ctx, operator, { id, merchantId: trade.stall.merchantId, body, photo: undefined })
  return id
}

const read = async () =>
  (await readStallTests(gateway.ctx, trade.stall.merchantId)).tests.map(({ commodity, conclusion }) => [
    commodity,
    conclusion,
  ])

test("a stall's tests of the last day that count, failures first; a retest takes the place of its first, yesterday's are gone", async () => {
  expect(await read()).toEqual([])
  const failed = await enter({ commodity: pepper, inhibitionPermille: 612, conclusion: "failed" })
  await enter({})
  expect(await read()).toEqual([
    [pepper, "failed"],
    [cabbage, "passed"],
  ])
  await enter({ commodity: pepper, retestOf: failed })
  expect(await read()).toEqual([
    [pepper, "passed"],
    [cabbage, "passed"],
  ])
  gateway.clock.advance(86_400_000)
  expect(await read()).toEqual([])
  expect(await refusalOf(readStallTests(gateway.ctx, gateway.ctx.random.uuid()))).toBe("merchant/unknown")
})

test("names the stall's photo beside them, for its customer's screen", async () => {
  const photo = async () => (await readStallTests(gateway.ctx, trade.stall.merchantId)).photo
  expect(await photo()).toBeNull()
  const { hash } = await setStallPhoto(gateway.ctx, operator, trade.stall.merchantId, jpegOf(640, 480))
  expect(await photo()).toBe(`/stall-photos/${hash}`)
})
