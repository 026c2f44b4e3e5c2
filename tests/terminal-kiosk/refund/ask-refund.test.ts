import { describe, expect, test } from "bun:test"
import { ed25519 } from "@noble/curves/ed25519.js"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { refundRequestMessage } from "@suyuan/protocol/terminal/refund-request"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import {
  askRefund,
  followRefunds,
  noteOpenRefunds,
  refundableFen,
  refundsOfSale,
  seeRefusedRefunds,
} from "@suyuan/terminal-kiosk/refund/ask-refund"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { type FakeAnswer, fakeGateway } from "../fake-gateway"
import { cabbage, openStockedStall, publicKey } from "../headless-terminal"

const answered = (state: string, more: object = {}): FakeAnswer => ({ status: 200, json: { state, ...more } })
const refused = (code: string, status = 409): FakeAnswer => ({ status, json: { code } })

/** 2.5 kg of cabbage for ¥9.00, paid. */
async function paidStall() {
  const stall = await openStockedStall()
  const closed = await closeSale(stall.terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  const { counter } = closed.value.sale
  const money = { state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 } as const
  await followPayment(stall.terminal, { v: 1, counter, ...money })
  const leftFen = async () =>
    refundableFen((await stall.store.get("sales", counterKey(counter)))!, await refundsOfSale(stall.terminal, counter))
  const wish = { id: stall.terminal.newId(), counter, amountFen: 900, goods: "money-only" as const, lines: [] }
  return { ...stall, leftFen, wish }
}

describe("[PY-22] money back from the terminal", () => {
  test("is signed over all that it says, and done when the gateway says so", async () => {
    const { terminal, wish, leftFen } = await paidStall()
    const gateway = fakeGateway(() => answered("succeeded"))
    const part = { ...wish, amountFen: 360, goods: "returned" as const, lines: [[0, 1000]] as const }
    const asked = await askRefund(terminal, gateway.transport, part)
    expect(asked).toMatchObject({ ok: true, value: { state: "done", amountFen: 360 } })
    const [{ path, body }] = gateway.asked as [{ path: string; body: { id: string; signature: string } }]
    expect(path).toBe("/terminals/0100000007/refunds")
    const message = refundRequestMessage(terminal.identity.networkId, {
      ...{ ...part, id: body.id, terminal: terminal.identity.terminal },
    })
    expect(ed25519.verify(fromHex(body.signature)!, message, publicKey)).toBe(true)
    expect(await leftFen()).toBe(540)
  })

  test("is not asked for beyond what is left, what is on its way included, nor for what is not paid", async () => {
    const { terminal, wish, leftFen } = await paidStall()
    const { transport, asked } = fakeGateway(() => answered("open"))
    expect(await askRefund(terminal, transport, { ...wish, amountFen: 901 })).toMatchObject({ ok: false })
    expect(await askRefund(terminal, transport, { ...wish, amountFen: 0 })).toMatchObject({ ok: false })
    expect(await askRefund(terminal, transport, { ...wish, amountFen: 500 })).toMatchObject({
      value: { state: "asked" },
    })
    expect(await leftFen()).toBe(400)
    expect(await askRefund(terminal, transport, { ...wish, id: terminal.newId(), amountFen: 401 })).toEqual({
      ...{ ok: false, error: "refund/amount-above-paid" },
    })
    const other = await closeSale(terminal, cabbage())
    if (!other.ok) throw new Error(other.error)
    const unpaid = { ...wish, id: terminal.newId(), counter: other.value.sale.counter }
    expect(await askRefund(terminal, transport, unpaid)).toEqual({ ok: false, error: "refund/not-paid" })
    expect(asked).toHaveLength(1)
  })

  test("a second tap on the same wish is the same refund; the same id for another sum is refused", async () => {
    const { terminal, wish, leftFen } = await paidStall()
    const { transport, asked } = fakeGateway(() => answered("open"))
    const part = { ...wish, amountFen: 300 }
    const [one, other] = await Promise.all([askRefund(terminal, transport, part), askRefund(terminal, transport, part)])
    expect(other).toEqual(one)
    expect(await askRefund(terminal, transport, wish)).toEqual({ ok: false, error: "refund/asked-otherwise" })
    expect(await leftFen()).toBe(600)
    expect(new Set(asked.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })

  test("[request lost] [response lost] is unknown, and the same bytes go again until its end is heard", async () => {
    const { terminal, wish, keys } = await paidStall()
    const answers: FakeAnswer[] = ["no-answer", { status: 502, json: {} }, answered("unknown"), answered("open")]
    const { transport, asked } = fakeGateway(() => answers.shift() ?? answered("succeeded"))
    expect(await askRefund(terminal, transport, wish)).toMatchObject({ value: { state: "unknown", code: "no-answer" } })
    const signatures = keys.signatures()
    for (const state of ["unknown", "unknown", "asked"] as const) {
      expect(await followRefunds(terminal, transport)).toBe(true)
      expect((await refundsOfSale(terminal, wish.counter)).map((refund) => refund.state)).toEqual([state])
    }
    expect(await followRefunds(terminal, transport)).toBe(false)
    expect(await refundsOfSale(terminal, wish.counter)).toMatchObject([{ state: "done" }])
    expect(new Set(asked.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(keys.signatures()).toBe(signatures)
    expect(await followRefunds(terminal, transport)).toBe(false)
    expect(asked).toHaveLength(5)
    // What is followed by the clock is what is open, however many were given back before.
    expect(await terminal.store.count("openRefunds")).toBe(0)
  })

  test("power lost after it was kept: the next start asks after it", async () => {
    const { terminal, wish } = await paidStall()
    const lost = askRefund(terminal, () => new Promise(() => {}), wish)
    const { transport } = fakeGateway(() => answered("succeeded"))
    while ((await refundsOfSale(terminal, wish.counter)).length === 0) await Promise.resolve()
    expect(await followRefunds(terminal, transport)).toBe(false)
    expect(await refundsOfSale(terminal, wish.counter)).toMatchObject([{ state: "done" }])
    expect(lost).toBeInstanceOf(Promise)
  })

  test("an open refund in the memory of an older version is followed, too", async () => {
    const { terminal, store, wish } = await paidStall()
    await askRefund(terminal, fakeGateway(() => "no-answer").transport, wish)
    await store.commit([{ table: "openRefunds", change: "delete", key: wish.id }])
    const { transport } = fakeGateway(() => answered("succeeded"))
    await noteOpenRefunds(terminal)
    expect(await followRefunds(terminal, transport)).toBe(false)
    expect(await refundsOfSale(terminal, wish.counter)).toMatchObject([{ state: "done" }])
    await noteOpenRefunds(terminal)
    expect(await store.count("openRefunds")).toBe(0)
  })

  test("is refused only by a word on the refund itself; a busy gateway or a suspension decides nothing", async () => {
    const { terminal, wish } = await paidStall()
    const answers = [refused("request/too-many", 429), refused("terminal/suspended", 403)]
    const { transport } = fakeGateway(() => answers.shift() ?? refused("refund/amount-above-paid"))
    expect(await askRefund(terminal, transport, wish)).toMatchObject({ value: { state: "unknown" } })
    await followRefunds(terminal, transport)
    expect(await refundsOfSale(terminal, wish.counter)).toMatchObject([
      { state: "unknown", code: "terminal/suspended" },
    ])
    await followRefunds(terminal, transport)
    expect(await refundsOfSale(terminal, wish.counter)).toMatchObject([
      { state: "refused", code: "refund/amount-above-paid" },
    ])
    expect(await terminal.store.count("openRefunds")).toBe(0)
  })

  test("that came to nothing waits for a person, also when the buyer is gone by then; what was given back waits for nobody", async () => {
    const { terminal, wish } = await paidStall()
    const waiting = async () => (await terminal.store.list("refusedRefunds")).map(([, { counter }]) => counter)
    await askRefund(terminal, fakeGateway(() => "no-answer").transport, { ...wish, amountFen: 300 })
    expect(await waiting()).toEqual([])
    await followRefunds(terminal, fakeGateway(() => answered("failed", { failureCode: "NOT_ENOUGH" })).transport)
    expect(await waiting()).toEqual([wish.counter])
    const again = { ...wish, id: terminal.newId(), amountFen: 300 }
    await askRefund(terminal, fakeGateway(() => answered("succeeded")).transport, again)
    expect(await waiting()).toEqual([wish.counter])
    await seeRefusedRefunds(terminal, wish.counter)
    expect(await waiting()).toEqual([])
  })
})
