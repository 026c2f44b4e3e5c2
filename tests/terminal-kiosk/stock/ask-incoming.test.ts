import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { incomingGoodsMessage } from "@suyuan/protocol/terminal/enrolment"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { askIncoming } from "@suyuan/terminal-kiosk/stock/ask-incoming"
import { fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const came = {
  seller: { name: "甲摊", stallNumber: "B-07", site: "新发地", siteEn: "Xinfadi" },
  origin: { kind: "all-from", places: ["张北蔬菜基地"], unknownHighPercent: 0 },
  certificates: [{ origin: "河北张北", issuedAt: "2026-03-01T00:00:00.000Z", mayGrams: 5000 }],
} as const

async function offered(saleRecordId: string) {
  const stall = await openStall()
  const offer = { saleRecordId, lineIndex: 0, commodity: 7, grams: 5000 }
  await takeNotice(stall.terminal, { v: 1, kind: "purchase-offered", ...offer })
  return { ...stall, key: purchaseKey(offer) }
}

test("[UP-23] asks by its signature what came in, once, and keeps it beside the purchase and its answer", async () => {
  const saleRecordId = "51".repeat(16)
  const { terminal, store, key, clock } = await offered(saleRecordId)
  const gateway = fakeGateway(() => ({ status: 200, json: { purchases: [{ saleRecordId, line: 0, ...came }] } }))
  expect(await askIncoming(terminal, gateway.transport)).toBe(true)
  expect(await askIncoming(terminal, gateway.transport)).toBe(false)
  expect(gateway.asked.map(({ path }) => path)).toEqual(["/terminals/0100000007/incoming"])
  const signature = fromHex(String(gateway.asked[0]?.body.signature)) ?? new Uint8Array()
  const message = incomingGoodsMessage(identity.networkId, TERMINAL, clock.nowMs())
  expect(verifyNoble("ed25519", publicKey, message, signature)).toBe(true)
  await acceptPurchase(terminal, key, { outcome: "accepted", grams: 4000 })
  expect(await store.get("purchases", key)).toMatchObject({ came, acceptedGrams: 4000 })
})

test("[response lost] what cannot be asked now is asked later; what the terminal has not been offered is not made up", async () => {
  const { terminal, store, key } = await offered("52".repeat(16))
  expect(await askIncoming(terminal, fakeGateway(() => "no-answer").transport)).toBe(false)
  const purchases = [{ saleRecordId: "53".repeat(16), line: 0, ...came }]
  expect(await askIncoming(terminal, fakeGateway(() => ({ status: 200, json: { purchases } })).transport)).toBe(false)
  expect((await store.list("purchases")).map(([known]) => known)).toEqual([key])
})
