import { afterAll, beforeAll, expect, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { answerError } from "@suyuan/api/http/errors"
import { refundRoutes } from "@suyuan/api/http/refunds"
import { newRouter, type Routes } from "@suyuan/api/http/router"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { operator } from "../../support/stall"
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

async function tokenWith(...scopes: ("payments:refund" | "traces:read")[]): Promise<string> {
  const order = { label: "test", kind: "machine", actorId: "till", siteIds: [market.stall.siteId], days: 1 } as const
  return (await issueToken(market.ctx, operator, { ...order, scopes })).token
}

async function call(sale: TestSale, token: string | undefined, body?: unknown) {
  const response = await app.request(`/sales/${terminalToHex(sale.terminalId)}/${sale.counter}/refunds`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test("[PY-12] a till with the scope gives money back and lists what went back; nobody else does", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const token = await tokenWith("payments:refund")
  const id = market.ctx.random.uuid()
  const wish = { id, amountFen: 34, goods: "money-only" }
  expect(await call(sale, undefined, wish)).toMatchObject({ status: 401 })
  expect(await call(sale, await tokenWith("traces:read"), wish)).toMatchObject({ status: 403 })
  const first = await call(sale, token, wish)
  expect(first).toMatchObject({
    status: 200,
    body: { id, state: "succeeded", amountFen: 34, reason: "seller", lines: [] },
  })
  expect((await call(sale, token, wish)).body).toEqual(first.body)
  expect(await call(sale, token)).toMatchObject({ status: 200, body: { refunds: [{ id }] } })
  const again = { id: market.ctx.random.uuid(), amountFen: saleFen, goods: "money-only" }
  expect(await call(sale, token, again)).toMatchObject({
    status: 409,
    body: { code: "refund/amount-above-paid", field: "amountFen" },
  })
  expect(await call(sale, token, { ...again, goods: "eaten" })).toMatchObject({ status: 400, body: { field: "goods" } })
  const nowhere = { ...sale, counter: sale.counter + 10_000 }
  expect(await call(nowhere, token)).toMatchObject({ status: 404, body: { code: "refund/sale-unknown" } })
})
