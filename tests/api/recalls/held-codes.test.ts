// A pay code that was signed before its stall had to hold the goods, and is scanned after.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { gatewayActor } from "@suyuan/api/actor"
import { type PaymentProvider, succeeded } from "@suyuan/api/payments/payment-provider"
import { settle } from "@suyuan/api/payments/settle"
import { activateRecall, extendRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { closeRecall } from "@suyuan/api/recalls/end-recall"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { recallNotices } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { and, eq } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment } from "../../support/goods"
import { newBuyer, paymentDeps, type TestBuyer } from "../../support/paying"
import { gramsOf } from "../../support/selling"
import { operator, secondOperator } from "../../support/stall"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

/** A platform that takes every order. */
const willing: PaymentProvider = {
  ...paymentDeps.providers["wechat-pay"],
  open: async () => succeeded({ handle: "an order" }),
  bridge: ({ handle }) => ({ kind: "alipay", tradeNo: handle }),
}
const payments = { ...paymentDeps, providers: { ...paymentDeps.providers, "wechat-pay": willing } }

let gateway: TestGateway
let day: Day
let app: ReturnType<typeof testApp>
let counter = 1000
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
  app = testApp(gateway.ctx, { payments })
  await gateway.ctx.db.insert(payeeAccounts).values({
    ...{ merchantId: day.trade.stall.merchantId, platform: "wechat-pay", account: "1900000109" },
    createdAt: new Date(gateway.clock.nowMs()),
  })
})
afterAll(() => gateway?.close())

async function newCode(): Promise<PayCode> {
  nextMoment(gateway.clock)
  counter += 1
  return day.trade.stall.code(counter, [gramsOf(1, 400)])
}

async function startRecall(): Promise<string> {
  const { ctx } = gateway
  const set = { kind: "lots", lotIds: [day.lot] } as const
  const { id } = await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, id)
  await approveRecall(ctx, secondOperator, id, reachDigest)
  await activateRecall(ctx, secondOperator, id)
  return id
}

async function call(path: string, init: RequestInit = {}) {
  const response = await app.request(path, init)
  const body = (await response.json()) as { code?: string; canPay?: boolean; refusal?: string; attempt?: unknown }
  return { status: response.status, ...body }
}
const scan = (code: PayCode) => call(`/p/${payCodeDigits(code)}`)
const pay = async (code: PayCode, buyer: TestBuyer) =>
  call(`/p/${payCodeDigits(code)}/pay`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(await sessionOf(gateway.ctx, buyer)) },
    body: JSON.stringify({ platform: "wechat-pay" }),
  })

const attemptsOf = ({ body }: PayCode) =>
  gateway.ctx.db
    .select()
    .from(attempts)
    .where(and(eq(attempts.terminalId, body.terminal), eq(attempts.counter, body.counter)))

describe("a code that was signed before its goods were held", () => {
  test("[RC-11] opens no payment while they are: the buyer reads why, and nothing is stored", async () => {
    const { ctx } = gateway
    const [code, buyer] = [await newCode(), await newBuyer(ctx)]
    expect(await scan(code)).toMatchObject({ canPay: true, refusal: null })
    const id = await startRecall()
    expect(await scan(code)).toMatchObject({ canPay: false, refusal: "sale/recalled" })
    expect(await pay(code, buyer)).toMatchObject({ status: 409, code: "sale/recalled" })
    expect(await attemptsOf(code)).toEqual([])
    const known = await ctx.db.select().from(sales).where(eq(sales.counter, code.body.counter))
    expect(known).toEqual([])
    await closeRecall(ctx, operator, id)
    expect(await pay(code, buyer)).toMatchObject({ status: 200 })
  })

  test("[RC-11] taken back by its terminal: the buyer reads why as long as they are held, not to ask for a new one", async () => {
    const code = await newCode()
    const { stall } = day.trade
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
    const id = await startRecall()
    await stall.deliver(await stall.envelope("cancel", { counter: code.body.counter }))
    expect(await scan(code)).toMatchObject({ canPay: false, refusal: "sale/recalled" })
    await closeRecall(gateway.ctx, operator, id)
    expect(await scan(code)).toMatchObject({ canPay: false, refusal: "sale/closed" })
  })

  test("[RC-11] whose payment had begun goes through, for that payer alone; the recall reaches them", async () => {
    const { ctx } = gateway
    const [code, buyer, other] = [await newCode(), await newBuyer(ctx), await newBuyer(ctx)]
    const { stall } = day.trade
    expect(await pay(code, buyer)).toMatchObject({ status: 200 })
    const id = await startRecall()
    expect(await pay(code, buyer)).toMatchObject({ status: 200 })
    expect(await pay(code, other)).toMatchObject({ status: 409, code: "sale/recalled" })
    const [attempt] = await attemptsOf(code)
    if (attempt === undefined) throw new Error("no attempt")
    const paid = { state: "paid", totalFen: code.body.amountFen, transactionId: "4200held" } as const
    await ctx.db.transaction((tx) => settle(ctx, payments, tx, attempt, paid, "notification"))
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(true)
    const told = await ctx.db.select().from(recallNotices).where(eq(recallNotices.recallId, id))
    expect(told.map(({ buyerId }) => buyerId)).toContain(buyer.id)
    expect(told.map(({ buyerId }) => buyerId)).not.toContain(other.id)
    await closeRecall(ctx, operator, id)
  })
})
