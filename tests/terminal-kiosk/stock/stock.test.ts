import { expect, test } from "bun:test"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseStockSnapshot, verifyStockSnapshot } from "@suyuan/protocol/terminal/stock-snapshot"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { recordInspection } from "@suyuan/terminal-kiosk/inspections/record-inspection"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { takeAcks } from "@suyuan/terminal-kiosk/outbox/take-acks"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { readBook } from "@suyuan/terminal-kiosk/stock/book"
import { declareHarvest, newHarvestIds } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { enterOutsideGoods } from "@suyuan/terminal-kiosk/stock/enter-outside-goods"
import { recordWaste, sendBack } from "@suyuan/terminal-kiosk/stock/record-waste"
import { discrepanciesSince, readDiscrepancy, saySoldOut, takeStock } from "@suyuan/terminal-kiosk/stock/take-stock"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { identity, newestBody, openStall, publicKey, queuedKinds } from "../headless-terminal"

const slot = (number: number, commodity: number) => ({
  slot: number,
  commodity,
  lot: undefined,
  declaredOrigin: "",
  packLowGrams: 0,
  packHighGrams: 0,
  pile: "merged" as const,
})

test("[UP-8] a snapshot is signed, kept and queued in one commit; the same slots are the same snapshot", async () => {
  const { terminal, store } = await openStall()
  const commits = store.commits
  const first = await writeSnapshot(terminal, [slot(2, 1002), slot(1, 1001)])
  expect(store.commits).toBe(commits + 1)
  const again = await writeSnapshot(terminal, [slot(1, 1001), slot(2, 1002)])
  expect(again).toEqual(first)
  expect(store.commits).toBe(commits + 1)
  const { snapshot, signature } = await newestBody(store, "snapshot")
  expect(toHex(snapshot)).toBe(first.bytes)
  const by = {
    networkId: identity.networkId,
    terminalKey: { algorithm: "ed25519" as const, publicKey },
    verifySignature: verifyNoble,
  }
  expect(verifyStockSnapshot({ bytes: snapshot, signature }, by).ok).toBe(true)
  expect(parseStockSnapshot(snapshot)).toMatchObject({ value: { slots: [{ slot: 1 }, { slot: 2 }] } })
})

test("other slots are another snapshot, later than the one before", async () => {
  const { terminal } = await openStall()
  const first = await writeSnapshot(terminal, [slot(1, 1001)])
  const second = await writeSnapshot(terminal, [slot(1, 1003)])
  expect(second.hash).not.toBe(first.hash)
  expect(second.issuedAtSeconds).toBeGreaterThan(first.issuedAtSeconds)
})

test("a harvest names its lot and its certificate", async () => {
  const { terminal, store } = await openStall()
  const certificate = { weightGrams: 900_000, promiseBasis: "自检合格" }
  const lot = await declareHarvest(terminal, {
    commodity: 7,
    weightGrams: 1_000_000,
    declaredOrigin: "河北张北",
    certificate,
  })
  expect(await newestBody(store, "harvest")).toMatchObject({ lot, commodity: 7, weightGrams: 1_000_000, certificate })
  await enterOutsideGoods(terminal, { commodity: 8, weightGrams: 5000, declaredOrigin: "" })
  expect(await queuedKinds(store)).toEqual(["harvest", "outside-goods"])
})

test("a form that is confirmed twice declares one harvest, one lot of outside goods, one waste", async () => {
  const { terminal, store } = await openStall()
  const goods = { commodity: 7, weightGrams: 5000, declaredOrigin: "" }
  const ids = newHarvestIds(terminal)
  const [outsideId, wasteId] = [terminal.newId(), terminal.newId()]
  const tapped = () =>
    Promise.all([
      declareHarvest(terminal, goods, ids),
      enterOutsideGoods(terminal, goods, outsideId),
      recordWaste(terminal, { commodity: 7, weightGrams: 1000, reason: "spoiled" }, wasteId),
    ])
  const [first, second] = await Promise.all([tapped(), tapped()])
  expect(second).toEqual(first)
  expect(await queuedKinds(store)).toEqual(["harvest", "outside-goods", "waste"])
})

test("a rapid test is judged by its own standard's limit", async () => {
  const { terminal, store, clock } = await openStall()
  const sampledAtMs = clock.nowMs()
  clock.advance(600_000)
  const test = {
    ...{ sampleNumber: "S-1", commodity: 7, sampledAtMs, method: "酶抑制率法", standard: "GB/T 5009.199-2003" },
    ...{ limitPermille: 500, inhibitionPermille: 500, instrument: "NY-8", testerRole: "检测员" },
  }
  await recordInspection(terminal, test)
  expect(await newestBody(store, "inspection")).toMatchObject({ conclusion: "failed", lot: undefined })
  await recordInspection(terminal, { ...test, inhibitionPermille: 499 })
  const body = await newestBody(store, "inspection")
  expect(body.conclusion).toBe("passed")
  expect(body.testedAtSeconds - body.sampledAtSeconds).toBe(600)
})

test("an offered purchase is answered with at most what was bought, and can be corrected", async () => {
  const { terminal, store } = await openStall()
  const offered = {
    v: 1,
    kind: "purchase-offered",
    saleRecordId: "50".repeat(16),
    lineIndex: 0,
    commodity: 7,
    grams: 5000,
  } as const
  const key = purchaseKey(offered)
  expect(await acceptPurchase(terminal, key, { outcome: "private" })).toEqual({ ok: false, error: "purchase/unknown" })
  await takeNotice(terminal, offered)
  expect(await acceptPurchase(terminal, key, { outcome: "accepted", grams: 5001 })).toEqual({
    ok: false,
    error: "purchase/more-than-bought",
  })
  await acceptPurchase(terminal, key, { outcome: "accepted", grams: 4800 })
  expect(await newestBody(store, "arrival")).toMatchObject({
    ...{ saleRecordId: fromHex(offered.saleRecordId), lineIndex: 0, acceptedGrams: 4800, outcome: "accepted" },
  })
  // Told again, it is still answered.
  await takeNotice(terminal, offered)
  expect(await store.get("purchases", key)).toMatchObject({ answer: "accepted", acceptedGrams: 4800 })
  await acceptPurchase(terminal, key, { outcome: "refused" })
  expect(await newestBody(store, "arrival")).toMatchObject({ acceptedGrams: 0, outcome: "refused" })
})

test("[UP-19] what was answered on the phone is heard, unless an own answer is on its way that the gateway has not weighed", async () => {
  const { terminal, store } = await openStall()
  const offer = { saleRecordId: "51".repeat(16), lineIndex: 0, commodity: 7, grams: 5000 }
  const key = purchaseKey(offer)
  const answered = (decidedAtMs: number, more: { uploadId?: string; isNewest?: boolean; outcome?: "refused" } = {}) =>
    takeNotice(terminal, {
      ...{ v: 1, kind: "purchase-answered", ...offer, outcome: "accepted", acceptedGrams: 4800, decidedAtMs },
      ...{ uploadId: terminal.newId(), isNewest: true, ...more },
    })
  const row = () => store.get("purchases", key)
  await takeNotice(terminal, { v: 1, kind: "purchase-offered", ...offer })
  for (let times = 0; times < 2; times += 1) await answered(1000)
  expect(await row()).toMatchObject({ answer: "accepted", acceptedGrams: 4800, heardAtMs: 1000 })
  expect(await store.list("openPurchases")).toEqual([])
  // Repeated late, an older one changes nothing.
  await answered(900, { outcome: "refused" })
  expect(await row()).toMatchObject({ answer: "accepted" })

  await acceptPurchase(terminal, key, { outcome: "private" })
  const own = (await row())?.answeredBy ?? ""
  await answered(2000)
  expect(await row()).toMatchObject({ answer: "private", answeredBy: own })
  // The gateway has both: the phone's holds, and its word may be here before the acknowledgement.
  await answered(2000, { uploadId: own, isNewest: false })
  expect(await row()).toEqual({ ...offer, answer: "accepted", acceptedGrams: 4800, heardAtMs: 2000 })

  await acceptPurchase(terminal, key, { outcome: "refused" })
  const second = (await row())?.answeredBy ?? ""
  await answered(3000, { uploadId: second, outcome: "refused" })
  await takeAcks(terminal, [{ id: second, result: "stored" }])
  expect(await row()).toMatchObject({ answer: "refused", answeredBy: second, heardAtMs: 3000 })
  await answered(4000)
  expect((await row())?.answeredBy).toBeUndefined()
})

test("[UP-19] an answer to a purchase that was never heard of is kept, too", async () => {
  const { terminal, store } = await openStall()
  const offer = { saleRecordId: "52".repeat(16), lineIndex: 3, commodity: 7, grams: 900 }
  const said = {
    outcome: "refused",
    acceptedGrams: 0,
    decidedAtMs: 1,
    uploadId: terminal.newId(),
    isNewest: true,
  } as const
  await takeNotice(terminal, { v: 1, kind: "purchase-answered", ...offer, ...said })
  expect(await store.get("purchases", purchaseKey(offer))).toMatchObject({ answer: "refused", acceptedGrams: 0 })
  await takeNotice(terminal, { v: 1, kind: "purchase-offered", ...offer })
  expect(await store.list("openPurchases")).toEqual([])
})

test("[UP-17] a stock-take counts at once, and shows what the book had when the gateway says so", async () => {
  const { terminal, store } = await openStall()
  const uploadId = await takeStock(terminal, { commodity: 7, countedGrams: 4200 })
  expect(await newestBody(store, "stock-take")).toMatchObject({ commodity: 7, countedGrams: 4200 })
  expect(await readDiscrepancy(terminal, uploadId)).toBeUndefined()
  const notice = { v: 1, kind: "stock-counted", uploadId, commodity: 7, countedGrams: 4200, bookGrams: 5000 } as const
  await takeNotice(terminal, notice)
  await takeNotice(terminal, notice)
  expect(await readDiscrepancy(terminal, uploadId)).toEqual({
    ...{ commodity: 7, countedGrams: 4200, bookGrams: 5000, differenceGrams: -800 },
  })
  await saySoldOut(terminal, 7)
  expect(await newestBody(store, "stock-take")).toMatchObject({ commodity: 7, countedGrams: 0 })
})

test("[UP-17] what the counts of a day came to is read later, also of one that was made without a line: the newest of each", async () => {
  const { terminal, clock } = await openStall()
  const count = async (commodity: number, countedGrams: number, bookGrams: number) => {
    const uploadId = await takeStock(terminal, { commodity, countedGrams })
    await takeNotice(terminal, { v: 1, kind: "stock-counted", uploadId, commodity, countedGrams, bookGrams })
    clock.advance(60_000)
  }
  await count(9, 1000, 1000)
  const fromMs = clock.nowMs()
  await count(7, 4200, 5000)
  await count(7, 4000, 4200)
  await count(8, 0, -300)
  await takeStock(terminal, { commodity: 6, countedGrams: 0 })
  const found = await discrepanciesSince(terminal, fromMs)
  expect([...found.values()].map(({ commodity, differenceGrams }) => [commodity, differenceGrams])).toEqual([
    [7, -200],
    [8, 300],
  ])
})

test("[UP-21] what there is by now is the newest word on that commodity, and of that upload", async () => {
  const { terminal } = await openStall()
  const said = (uploadId: string, commodity: number, bookGrams: number) => {
    const read = parseDownMessage("notice", JSON.stringify({ v: 1, kind: "stock-now", uploadId, commodity, bookGrams }))
    if (read?.topic !== "notice") throw new Error("a notice that the terminal does not know")
    return takeNotice(terminal, read.message)
  }
  const [first, second] = [terminal.newId(), terminal.newId()]
  expect(await readBook(terminal, 7, first)).toBeUndefined()
  await said(first, 7, 5000)
  await said(second, 8, -300)
  expect(await readBook(terminal, 7, first)).toBe(5000)
  expect(await readBook(terminal, 8, second)).toBe(-300)
  await said(second, 7, 9000)
  expect(await readBook(terminal, 7, first)).toBeUndefined()
})

test("[UP-16] waste says why; what is sent back names the purchase, and is no more than it", async () => {
  const { terminal, store } = await openStall()
  await recordWaste(terminal, { commodity: 7, weightGrams: 300, reason: "spoiled" })
  expect(await newestBody(store, "waste")).toMatchObject({ weightGrams: 300, reason: "spoiled", lot: undefined })
  const offered = { saleRecordId: "50".repeat(16), lineIndex: 2, commodity: 7, grams: 5000 }
  expect(await sendBack(terminal, purchaseKey(offered), 1)).toEqual({ ok: false, error: "purchase/unknown" })
  await takeNotice(terminal, { v: 1, kind: "purchase-offered", ...offered })
  const tooMuch = await sendBack(terminal, purchaseKey(offered), 5001)
  expect(tooMuch).toEqual({ ok: false, error: "purchase/more-than-bought" })
  expect((await sendBack(terminal, purchaseKey(offered), 1200)).ok).toBe(true)
  expect(await newestBody(store, "waste")).toMatchObject({
    ...{ commodity: 7, weightGrams: 1200, reason: "sent-back" },
    sentBackOf: { saleRecordId: fromHex(offered.saleRecordId), lineIndex: 2 },
  })
})
