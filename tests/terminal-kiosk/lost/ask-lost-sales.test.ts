import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { emptyBasket } from "@suyuan/terminal-kiosk/basket/basket"
import { keepBasket, takeUpBasket } from "@suyuan/terminal-kiosk/basket/current-basket"
import { askLostSales, markEntered } from "@suyuan/terminal-kiosk/lost/ask-lost-sales"
import { lostItems } from "@suyuan/terminal-kiosk/lost/lost-items"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { fakeGateway } from "../fake-gateway"
import { cabbage, identity, newestBody, openStall, openStockedStall, publicKey, TERMINAL } from "../headless-terminal"

const sale = { issuedAt: "2026-03-01T00:00:00.000Z", amountFen: 540, lines: [] }
const terminals = [
  {
    terminalId: "0100000001",
    sales: [
      { ...sale, counter: 1, outcome: "rebuilt" },
      { ...sale, counter: 3, outcome: "not-paid" },
    ],
    gaps: [{ from: 2, to: 2 }],
  },
]

test("[EN-14] asks by its signature, and by the gateway's time when its own is refused", async () => {
  const { terminal } = await openStall()
  const gateway = fakeGateway(({ body }) =>
    body.issuedAtMs === 9_000_001
      ? { status: 200, json: { terminals } }
      : { status: 409, json: { code: "terminal/clock-off", expected: "9000000" } },
  )
  expect(await askLostSales(terminal, gateway.transport)).toMatchObject({ ok: true, value: { terminals } })
  const message = lostSalesMessage(identity.networkId, TERMINAL, 9_000_001)
  const signature = fromHex(String(gateway.asked[1]?.body.signature)) ?? new Uint8Array()
  expect(verifyNoble("ed25519", publicKey, message, signature)).toBe(true)
})

test("[EN-14] what a person is done with stays so when it is asked again; what is rebuilt is nobody's work", async () => {
  const { terminal } = await openStall()
  const { transport } = fakeGateway(() => ({ status: 200, json: { terminals } }))
  const first = await askLostSales(terminal, transport)
  if (!first.ok) throw new Error("not answered")
  expect(lostItems(first.value).rebuilt.map(({ name }) => name)).toEqual(["0100000001/1"])
  expect(lostItems(first.value).open.map(({ name }) => name)).toEqual(["0100000001/3", "0100000001/2-2"])
  await markEntered(terminal, "0100000001/3")
  await markEntered(terminal, "0100000001/3")
  const again = await askLostSales(terminal, transport)
  expect(again.ok && lostItems(again.value).open.map(({ name }) => name)).toEqual(["0100000001/2-2"])
})

test("[response lost] keeps what it knew, and may ask again", async () => {
  const { terminal, store } = await openStall()
  await askLostSales(terminal, fakeGateway(() => ({ status: 200, json: { terminals } })).transport)
  expect(await askLostSales(terminal, fakeGateway(() => "no-answer").transport)).toMatchObject({ ok: false })
  expect(await store.get("lost", "the")).toMatchObject({ terminals })
})

test("numbers in a row are entered one by one; what is left of them is put aside together", () => {
  const open = (entered: readonly string[]) =>
    lostItems({
      ...{ firstAskedAtMs: 1, askedAtMs: 1, entered },
      terminals: [{ terminalId: "0100000001", sales: [], gaps: [{ from: 44, to: 46 }] }],
    }).open.map(({ name, enterName }) => [name, enterName])
  expect(open([])).toEqual([["0100000001/44-46", "0100000001/44-44"]])
  expect(open(["0100000001/44-44"])).toEqual([["0100000001/45-46", "0100000001/45-45"]])
  expect(open(["0100000001/45-45"])).toEqual([
    ["0100000001/44-44", "0100000001/44-44"],
    ["0100000001/46-46", "0100000001/46-46"],
  ])
  expect(open(["0100000001/46-50", "0100000002/44-45", "0100000001/44-44"])).toEqual([
    ["0100000001/45-45", "0100000001/45-45"],
  ])
  expect(open(["0100000001/44-44", "0100000001/45-46"])).toEqual([])
  expect(open(["0100000001/44-46"])).toEqual([])
})

test("what is entered is done in the commit of its sale, and not before", async () => {
  const { terminal, store, clock } = await openStockedStall()
  await askLostSales(terminal, fakeGateway(() => ({ status: 200, json: { terminals } })).transport)
  const name = "0100000001/3"
  const basket = { ...cabbage(), soldAtSeconds: msToSeconds2024(clock.nowMs() - 3_600_000), lostName: name }
  const entered = async () => (await store.get("lost", "the"))?.entered
  await keepBasket(terminal, basket)
  expect(await takeUpBasket(terminal)).toMatchObject({ lostName: name })
  store.losePower = true
  await expect(closeSale(terminal, basket, "cash")).rejects.toThrow("power")
  store.losePower = false
  expect(await entered()).toEqual([])
  expect(await closeSale(terminal, basket, "cash")).toMatchObject({ ok: true })
  expect(await entered()).toEqual([name])
  // The same sale again.
  expect(await closeSale(terminal, basket, "cash")).toMatchObject({ ok: true })
  expect(await entered()).toEqual([name])
})

test("when it was sold outlives a reload before the first of its goods is in the basket", async () => {
  const { terminal } = await openStockedStall()
  const basket = { id: "b", lines: [], askedFen: undefined, soldAtSeconds: 5000, lostName: "0100000001/44-44" }
  await keepBasket(terminal, basket)
  expect(await takeUpBasket(terminal)).toEqual(basket)
  await keepBasket(terminal, emptyBasket("c"))
  expect(await takeUpBasket(terminal)).toBeUndefined()
})

test("[UP-20] a time by the tablet's clock is told by the terminal's, which goes on where that clock was set back", async () => {
  const { terminal, store, clock } = await openStockedStall()
  clock.advance(3 * 3_600_000)
  await closeSale(terminal, cabbage())
  clock.set(clock.nowMs() - 3 * 3_600_000)
  const soldAtMs = clock.nowMs() - 3_600_000
  const basket = { ...cabbage(), soldAtSeconds: msToSeconds2024(soldAtMs) }
  expect(await closeSale(terminal, basket, "cash")).toMatchObject({ ok: true })
  expect((await newestBody(store, "sale")).soldAtSeconds).toBe(msToSeconds2024(soldAtMs + 3 * 3_600_000))
})
