import { describe, expect, test } from "bun:test"
import type { Transport } from "@suyuan/client/transport"
import { askMissed } from "@suyuan/terminal-kiosk/payments/ask-missed"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { cabbage, openStockedStall } from "../headless-terminal"

const paid = { state: "paid", paidFen: 400, refundedFen: 0, platform: "alipay", version: 3 }
const answering = (answer: unknown, asked: string[] = []): Transport => {
  return async ({ path }) => {
    asked.push(path)
    return { status: 200, headers: {}, body: JSON.stringify(answer) }
  }
}

async function stallWithSale() {
  const stall = await openStockedStall()
  const closed = await closeSale(stall.terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  return { ...stall, counter: closed.value.sale.counter, digits: closed.value.url.split("/p/")[1] ?? "" }
}

describe("after a break in the line", () => {
  test("a sale whose payment was not heard of is asked for by its own code", async () => {
    const { terminal, digits } = await stallWithSale()
    const asked: string[] = []
    const learned = await askMissed(terminal, answering(paid, asked))
    expect(asked).toEqual([`/p/${digits}/state`])
    expect(learned.map(({ payment }) => payment?.state)).toEqual(["paid"])
    expect(await askMissed(terminal, answering(paid, asked))).toEqual([])
    expect(asked).toHaveLength(1)
  })

  test("an older word changes nothing", async () => {
    const { terminal } = await stallWithSale()
    expect(await askMissed(terminal, answering({ ...paid, state: "presented", version: 0 }))).toEqual([])
  })

  test("no answer, or one that is not the gateway's, leaves the sale as it was", async () => {
    const { terminal } = await stallWithSale()
    const silent: Transport = () => Promise.reject(new Error("no answer"))
    expect(await askMissed(terminal, silent)).toEqual([])
    expect(await askMissed(terminal, answering({ state: "paid" }))).toEqual([])
  })

  test("what was settled in cash is not asked for", async () => {
    const { terminal, counter } = await stallWithSale()
    await settleCash(terminal, counter)
    const asked: string[] = []
    await askMissed(terminal, answering(paid, asked))
    expect(asked).toEqual([])
  })
})
