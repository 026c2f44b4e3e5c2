import { expect, test } from "bun:test"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { verifyPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { parsePayCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import type { Basket } from "@suyuan/terminal-kiosk/basket/basket"
import { closeSale, DRAFTED_MS_MAX, draftSale, isStillSo } from "@suyuan/terminal-kiosk/sale/close-sale"
import { takeHolds } from "@suyuan/terminal-kiosk/stock/recall-holds"
import {
  cabbage,
  openStockedStall,
  publicKey,
  queuedKinds,
  RECEIPT_KEY,
  type Stall,
  TERMINAL,
} from "../headless-terminal"

async function drafted(stall: Stall, basket: Basket) {
  const draft = await draftSale(stall.terminal, basket)
  if (draft === undefined) throw new Error("a basket that may be sold was not drafted")
  return draft
}

async function closed(stall: Stall, basket: Basket, draft: Awaited<ReturnType<typeof draftSale>>) {
  const sale = await closeSale(stall.terminal, basket, "platform", undefined, () => draft)
  if (!sale.ok) throw new Error(sale.error)
  return sale.value
}

function codeOf(url: string) {
  const code = parsePayCodeUrl(url, { allowHttp: true })
  if (!code.ok) throw new Error(code.error)
  const { counter } = code.value.body
  const verified = verifyPayCode(code.value, {
    networkId: DEVELOPMENT_NETWORK_ID,
    priceSalt: priceSalt(RECEIPT_KEY, DEVELOPMENT_NETWORK_ID, TERMINAL, counter),
    terminalKey: { algorithm: "ed25519", publicKey },
    verifySignature: verifyNoble,
  })
  return { ...code.value.body, isGenuine: verified.ok }
}

test("[PC-12] what was signed ahead is what a tap sells: one commit, and nothing is signed again", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const draft = await drafted(stall, basket)
  const [signatures, commits] = [stall.keys.signatures(), stall.store.commits]
  const { sale, url } = await closed(stall, basket, draft)
  expect([stall.keys.signatures(), stall.store.commits]).toEqual([signatures, commits + 1])
  expect(url).toBe(draft.url)
  expect(codeOf(url)).toMatchObject({ counter: 1, amountFen: 900, isGenuine: true })
  expect(await stall.store.get("sales", "0000000001")).toEqual(sale)
  expect(await queuedKinds(stall.store)).toEqual(["snapshot", "sale"])
  // And once: rung up again it is the same sale.
  expect((await closed(stall, basket, draft)).url).toBe(url)
  expect(await stall.store.count("sales")).toBe(1)
})

test("what was signed ahead and not sold is nowhere, and its number is the next sale's", async () => {
  const stall = await openStockedStall()
  const draft = await drafted(stall, cabbage())
  expect(await stall.store.count("sales")).toBe(0)
  expect(await queuedKinds(stall.store)).toEqual(["snapshot"])
  const other = { ...cabbage(), askedFen: 890 }
  const { sale, url } = await closed(stall, other, draft)
  expect(sale.counter).toBe(draft.sale.counter)
  expect(codeOf(url)).toMatchObject({ amountFen: 890, isGenuine: true })
})

test("what was signed ahead is signed anew once the basket is another one, its number is taken, or it is old", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const before = await drafted(stall, basket)
  await closed(stall, cabbage(), undefined)
  expect(isStillSo(stall.terminal, before, basket)).toBe(false)
  expect((await closed(stall, basket, before)).sale.counter).toBe(before.sale.counter + 1)

  const slow = cabbage()
  const old = await drafted(stall, slow)
  expect(isStillSo(stall.terminal, old, slow)).toBe(true)
  expect(isStillSo(stall.terminal, old, { ...slow })).toBe(false)
  expect(isStillSo(stall.terminal, old, slow, DRAFTED_MS_MAX + 1_000)).toBe(false)
  stall.clock.advance(DRAFTED_MS_MAX + 1_000)
  const late = await closed(stall, slow, old)
  expect(late.sale).toMatchObject({ counter: old.sale.counter })
  expect(late.sale.issuedAtSeconds).toBeGreaterThan(old.sale.issuedAtSeconds)
})

test("[RC-11] goods that are recalled after their code was signed ahead are not sold by it", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const draft = await drafted(stall, basket)
  const hold = { recallId: "0199d3a0-7c1e-7000-8000-0000000000ca", commodity: 1001, lot: null, reason: "农残超标" }
  const heard = takeHolds(stall.terminal, { version: 1, holds: [hold] })
  const sale = await closeSale(stall.terminal, basket, "platform", undefined, () => draft)
  expect(sale).toEqual({ ok: false, error: "sale/recalled" })
  await heard
  expect(await draftSale(stall.terminal, basket)).toBeUndefined()
})

test("a tap that comes while its code is being signed ahead takes that; what was asked for in between is heard first", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const drafting: { draft: Awaited<ReturnType<typeof draftSale>> } = { draft: undefined }
  const signing = draftSale(stall.terminal, basket).then((draft) => Object.assign(drafting, { draft }))
  const sale = await closeSale(stall.terminal, basket, "platform", undefined, () => drafting.draft)
  await signing
  expect(sale.ok && sale.value.url).toBe(drafting.draft?.url ?? "")
})

test("cash is not taken by a code that was signed for a platform", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const draft = await drafted(stall, basket)
  const sale = await closeSale(stall.terminal, basket, "cash", undefined, () => draft)
  expect(sale.ok && sale.value.sale.settlement).toBe("cash")
})

test("[EN-13] what was signed ahead and not sold leaves no time behind: not one that the clock was wrong about", async () => {
  const stall = await openStockedStall()
  const basket = cabbage()
  const nowMs = stall.clock.nowMs()
  const year = 365 * 24 * 3_600_000
  stall.clock.set(nowMs + year)
  const draft = await drafted(stall, basket)
  stall.clock.set(nowMs)
  expect(isStillSo(stall.terminal, draft, basket)).toBe(false)
  expect(seconds2024ToMs((await closed(stall, basket, draft)).sale.issuedAtSeconds)).toBe(nowMs)
})
