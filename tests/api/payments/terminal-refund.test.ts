import { afterAll, beforeAll, expect, test } from "bun:test"
import { answerError } from "@suyuan/api/http/errors"
import { refundRoutes } from "@suyuan/api/http/refunds"
import { newRouter, type Routes } from "@suyuan/api/http/router"
import { requestTerminalRefund } from "@suyuan/api/payments/request-terminal-refund"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { refundRequestMessage, type TerminalRefund } from "@suyuan/protocol/terminal/refund-request"
import { enrolTerminal, operator, refusalOf, type TestTablet } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"

let market: Market
let app: Routes
beforeAll(async () => {
  market = await openMarket()
  app = newRouter()
  app.route("/", refundRoutes({ ctx: market.ctx, payments: market.deps }))
  app.onError(answerError(market.ctx.log))
}, 60_000)
afterAll(() => market.end())

async function paidSale(): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  await market.upload(sale.code)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

function wishOf(sale: TestSale, more: Partial<TerminalRefund> = {}): TerminalRefund {
  const id = market.ctx.random.uuid()
  const { terminalId: terminal, counter } = sale
  return { terminal, id, counter, amountFen: saleFen, goods: "money-only", lines: [], ...more }
}

const signed = (wish: TerminalRefund, tablet: TestTablet = market.stall.tablet) => ({
  ...wish,
  signature: tablet.sign(refundRequestMessage(market.ctx.config.NETWORK_ID, wish)),
})
const ask = (request: ReturnType<typeof signed>) => requestTerminalRefund(market.ctx, market.deps, request)

const refunded = (sale: TestSale, fen: number) =>
  market.eventually(async () => (await market.saleRow(sale)).refundedFen === fen, "the money went back")

test("[PY-22] the stall gives back a part and then the rest, never more, and says what became of the goods", async () => {
  const sale = await paidSale()
  const part = await ask(signed(wishOf(sale, { amountFen: 617, goods: "returned", lines: [[0, 1000]] })))
  expect(part).toMatchObject({ reason: "seller", goods: "returned", lines: [[0, 1000]] })
  expect(part.requestedBy).toBe(`machine:terminal:${terminalToHex(sale.terminalId)}`)
  await refunded(sale, 617)
  expect(await refusalOf(ask(signed(wishOf(sale, { amountFen: 618 }))))).toBe("refund/amount-above-paid")
  expect(await refusalOf(ask(signed(wishOf(sale, { amountFen: 0 }))))).toBe("refund/amount-below-one-fen")
  expect(await refusalOf(ask(signed(wishOf(sale, { amountFen: 1, goods: "returned", lines: [[1, 5]] }))))).toBe(
    "refund/lines-malformed",
  )
  await ask(signed(wishOf(sale, { amountFen: 617, goods: "discarded" })))
  await refunded(sale, saleFen)
})

test("[PY-22] the wrong actor: another key, a changed request, another terminal's sale, another network", async () => {
  const sale = await paidSale()
  const other = await enrolTerminal(market.ctx, market.stall.merchantId)
  const wish = wishOf(sale)
  for (const request of [
    signed(wish, other.tablet),
    { ...signed(wish), amountFen: 1 },
    { ...signed(wish), counter: sale.counter + 1 },
    { ...signed(wish), id: market.ctx.random.uuid() },
    { ...signed(wish), goods: "returned" as const },
    { ...signed(wish), signature: market.stall.tablet.sign(refundRequestMessage(1, wish)) },
  ]) {
    expect(await refusalOf(ask(request))).toBe("terminal/bad-signature")
  }
  const others = { ...wish, terminal: other.terminalId }
  expect(await refusalOf(ask(signed(others, other.tablet)))).toBe("refund/sale-unknown")
  await changeTerminalState(market.ctx, operator, other.terminalId, "suspend", "test")
  expect(await refusalOf(ask(signed(others, other.tablet)))).toBe("terminal/suspended")
  expect(await market.refunds(sale)).toEqual([])
})

test("[response lost] the same bytes again are the same refund, as it stands by then", async () => {
  const sale = await paidSale()
  const request = signed(wishOf(sale, { amountFen: 34 }))
  const first = await ask(request)
  await refunded(sale, 34)
  expect(await ask(request)).toMatchObject({ outRefundNo: first.outRefundNo, state: "succeeded" })
  expect(await refusalOf(ask(signed({ ...wishOf(sale), id: request.id })))).toBe("refund/id-reused")
  expect(await market.refunds(sale)).toHaveLength(1)
})

test("[request lost] what never came has changed nothing, and comes in again", async () => {
  const sale = await paidSale()
  const request = signed(wishOf(sale, { amountFen: 5 }))
  expect(await market.refunds(sale)).toEqual([])
  await ask(request)
  await refunded(sale, 5)
})

test("[PY-22] over HTTP: JSON with the signature in hex; a malformed one is refused with its field", async () => {
  const sale = await paidSale()
  const { terminal, signature, lines: _, ...wish } = signed(wishOf(sale, { amountFen: 1 }))
  const call = async (body: unknown) => {
    const response = await app.request(`/terminals/${terminalToHex(terminal)}/refunds`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
  const body = { ...wish, signature: toHex(signature) }
  expect(await call({ ...body, goods: "eaten" })).toMatchObject({ status: 400, body: { field: "goods" } })
  expect(await call({ ...body, signature: "00" })).toMatchObject({ status: 400, body: { field: "signature" } })
  expect(await call(body)).toMatchObject({ status: 200, body: { amountFen: 1, state: "succeeded" } })
})
