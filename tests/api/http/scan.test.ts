import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { BuyerEvents } from "@suyuan/api/adapters/buyer-events"
import { relayOutbox } from "@suyuan/api/jobs/relay-outbox"
import { type PaymentProvider, succeeded } from "@suyuan/api/payments/payment-provider"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleKeys, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { offlineReceiptDigits } from "@suyuan/protocol/terminal/offline-receipt"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { and, eq } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, openTrade, secondsOf } from "../../support/goods"
import { newBuyer, paymentDeps, payOnPlatform, refundOnPlatform } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { operator } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let app: ReturnType<typeof testApp>
let events: BuyerEvents
let stall: SellingTerminal
let counter = 0
beforeAll(async () => {
  gateway = await testGateway({ OFFLINE_SALE_LIMIT_FEN: "10000", OFFLINE_DAY_LIMIT_FEN: "15000" })
  events = new BuyerEvents()
  await events.start(gateway.ctx.sql)
  app = testApp(gateway.ctx, { events, payments: openPayments })
})
beforeEach(async () => {
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  await gateway.ctx.db.insert(payeeAccounts).values({
    ...{ merchantId: stall.merchantId, platform: "wechat-pay", account: "1900000109" },
    createdAt: new Date(gateway.clock.nowMs()),
  })
})
afterAll(async () => {
  await events?.stop()
  await gateway?.close()
})

/** A platform that takes every order. */
const willing: PaymentProvider = {
  ...paymentDeps.providers["wechat-pay"],
  open: async () => succeeded({ handle: "an order" }),
  bridge: ({ handle }) => ({ kind: "alipay", tradeNo: handle }),
}
const openPayments = { ...paymentDeps, providers: { ...paymentDeps.providers, "wechat-pay": willing } }

const newCode = (lines = [gramsOf(1, 1500), gramsOf(2, 300, 900)], amountFen?: number, from = stall) => {
  counter += 1
  return from.code(counter, lines, amountFen)
}
const digitsOf = (code: PayCode) => payCodeDigits(code)

type Answer = { readonly status: number; readonly text: string; readonly body: Record<string, unknown> }
async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await app.request(path, init)
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : {} }
}
const read = (code: PayCode | string, headers: Record<string, string> = {}) =>
  call(`/p/${typeof code === "string" ? code : digitsOf(code)}`, { headers })
const page = (code: PayCode | string, headers: Record<string, string> = {}) =>
  read(code, { accept: "text/html", ...headers })
const pay = async (code: PayCode | string, buyer?: { id: string }) =>
  call(`/p/${typeof code === "string" ? code : digitsOf(code)}/pay`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(buyer && (await sessionOf(gateway.ctx, buyer))) },
    body: JSON.stringify({ platform: "wechat-pay" }),
  })
const refusalOf = ({ status, body }: Answer) => `${status} ${body.code}`

/** Row counts and contents' sizes of every table. */
async function everything() {
  const { sql } = gateway.ctx
  const tables =
    await sql`SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition ORDER BY relname`
  const counts: Record<string, unknown> = {}
  for (const { relname } of tables) {
    const [row] = await sql.unsafe(
      `SELECT count(*)::int AS rows, coalesce(sum(hashtext(t::text)), 0)::text AS sum FROM "${relname}" t`,
    )
    counts[relname] = row
  }
  return counts
}

describe("GET /p/{digits}", () => {
  test("[PC] writes nothing, whatever is scanned and however often", async () => {
    const code = await newCode()
    const flipped = digitsOf(code).replace(/^./, "9")
    const session = await sessionOf(gateway.ctx, await newBuyer(gateway.ctx))
    const before = await everything()
    for (const digits of [digitsOf(code), flipped, "0", "123456789"]) {
      for (const tail of ["", "/state"]) {
        await call(`/p/${digits}${tail}`)
        await call(`/p/${digits}${tail}`, { headers: { ...session, accept: "text/html" } })
      }
    }
    expect(await everything()).toEqual(before)
  })

  test("is the same for everybody: with a session, without one, as the payer", async () => {
    const code = await newCode()
    const payer = await newBuyer(gateway.ctx)
    for (const paid of [false, true]) {
      if (paid) await payOnPlatform(gateway.ctx, code, payer)
      const anybody = await read(code)
      expect(anybody.status).toBe(200)
      for (const buyer of [payer, await newBuyer(gateway.ctx)]) {
        expect((await read(code, await sessionOf(gateway.ctx, buyer))).text).toBe(anybody.text)
      }
    }
    expect((await read(code)).text).not.toMatch(/receiptDigits|buyer|openid/i)
  })

  test("says who sells what for how much, in fen and in the market's units", async () => {
    const { body } = await read(await newCode())
    expect(body).toMatchObject({
      ...{ development: true, stall: { name: "甲摊", number: "A-12", zone: "Asia/Shanghai" }, stallOnline: true },
      ...{ amountFen: 870, lineCount: 2, state: "presented", canPay: true, refusal: null },
      lines: [
        { name: "大白菜", quantityText: "3 斤", unitPriceText: "¥2.00/斤", amountFen: 600 },
        { name: "杭椒", quantityText: "0.6 斤", unitPriceText: "¥4.50/斤", amountFen: 270 },
      ],
    })
  })
})

describe("the page without a script", () => {
  test("holds stall, lines, amount, origin, tests and 演示", async () => {
    const { ctx } = gateway
    const { baseA } = await openTrade(ctx)
    await baseA.deliver(await baseA.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), 5000)))
    const at = secondsOf(ctx)
    await baseA.deliver(
      await baseA.envelope("inspection", {
        ...{ commodity: cabbage, lot: undefined, sampleNumber: "S1", sampledAtSeconds: at, testedAtSeconds: at },
        ...{ method: "胶体金", standard: "GB/T 5009.199", limitPermille: 500, inhibitionPermille: 612 },
        ...{ conclusion: "failed", instrument: "快检仪", testerRole: "market inspector" },
      }),
    )
    const { status, text } = await page(await newCode([gramsOf(1, 1250)], undefined, baseA))
    expect(status).toBe(200)
    const shown = text.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, "").replace(/<[^>]+>/g, " ")
    for (const word of ["演示", "甲摊", "A-12", "大白菜", "2.5 斤", "¥2.00/斤", "¥5.00", "全部来自", "快检不合格"]) {
      expect(shown).toContain(word)
    }
    expect(shown).toMatch(/61\.2%\s*≥\s*50%/)
    expect(shown).toMatch(/全部来自[^：\s]+，\d+月\d+日采收/)
    expect(text).not.toMatch(/<script(?![^>]*src=)/)
  })

  test("shows a test of goods of unknown origin too", async () => {
    const { ctx } = gateway
    const at = secondsOf(ctx)
    await stall.deliver(
      await stall.envelope("outside-goods", {
        ...{ commodity: cabbage, weightGrams: 9000, receivedAtSeconds: at, declaredOrigin: "山东寿光" },
      }),
      await stall.envelope("inspection", {
        ...{
          commodity: cabbage,
          lot: undefined,
          sampleNumber: "S2",
          sampledAtSeconds: at + 1,
          testedAtSeconds: at + 1,
        },
        ...{ method: "胶体金", standard: "NY/T 448", limitPermille: 700, inhibitionPermille: 100 },
        ...{ conclusion: "passed", instrument: "快检仪", testerRole: "market inspector" },
      }),
    )
    gateway.clock.advance(5000)
    const { text } = await page(await newCode([gramsOf(1, 1000)]))
    for (const word of ["来源未知", "快检合格", "NY/T 448"]) expect(text).toContain(word)
  })

  test("offers the form of the wallet that shows it, and English when asked", async () => {
    const code = await newCode()
    const inWechat = await page(code, { "user-agent": "Mozilla/5.0 MicroMessenger/8.0" })
    expect(inWechat.text).toMatch(/<form[^>]*method="post"[^>]*action="\/p\/\d+\/pay"/)
    expect(inWechat.text).toContain('value="wechat-pay"')
    expect((await page(code, { "user-agent": "AlipayClient/10" })).text).toContain('value="alipay"')
    expect(inWechat.text).not.toContain('value="alipay"')
    expect(inWechat.text).toContain('data-method="jsapi"')
    const english = await call(`/p/${digitsOf(code)}?lang=en`, { headers: { accept: "text/html" } })
    for (const word of ["Demonstration", "Chinese cabbage", "1.5 kg", "To pay"]) expect(english.text).toContain(word)
  })

  test("escapes what a seller wrote", async () => {
    const slots = [slotOf(1, cabbage, { declaredOrigin: '<img src=x onerror="alert(1)">' })]
    const evil = await sellingTerminal(gateway.ctx, "market", slots)
    await evil.deliver(await evil.envelope("snapshot", evil.snapshotBody()))
    const { text } = await page(await newCode([gramsOf(1, 500)], undefined, evil))
    expect(text).toContain("&lt;img")
    expect(text).not.toContain("<img")
  })

  test("says that lines follow, for more than eight that have not come", async () => {
    const nine = Array.from({ length: 9 }, () => gramsOf(1, 100))
    const code = await newCode(nine)
    expect((await page(code)).text).toContain("商品明细由摊位稍后上传")
    expect((await read(code)).body).toMatchObject({ lines: null, lineCount: 9, canPay: true, amountFen: 360 })
    await stall.deliver(await stall.envelope("sale", { ...stall.saleBody(code), lines: nine }))
    expect((await read(code)).body.lines).toHaveLength(9)
  })

  test("a refusal is a page too, with its code and a sentence", async () => {
    const { status, text } = await page("12345")
    expect([status, text.includes("演示"), text.includes("pay-code/")]).toEqual([404, true, true])
  })
})

/** Altered, forged and flipped ones: tests/faults/codes.test.ts. */
describe("a true code that must not be paid", () => {
  test("of a terminal that nobody enrolled", async () => {
    const code = await newCode()
    await gateway.ctx.db.delete(terminals).where(eq(terminals.id, stall.terminalId))
    expect(refusalOf(await read(code))).toBe("404 terminal/unknown")
  })

  const both = async (code: PayCode) => [
    (await read(code)).body.refusal,
    refusalOf(await pay(code, await newBuyer(gateway.ctx))),
    await gateway.ctx.db.select().from(sales).where(eq(sales.counter, code.body.counter)),
  ]

  test("that is older than the window", async () => {
    const code = await newCode()
    gateway.clock.advance(301_000)
    await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
    expect(await both(code)).toEqual(["sale/too-old", "410 sale/too-old", []])
    expect((await read(code)).body).toMatchObject({ refusalText: "这个码已过期，请让摊主重新出码。" })
  })

  test("whose time has not come", async () => {
    const early = await aheadOf(stall, 400_000)
    expect(await both(early)).toEqual(["sale/too-early", "409 sale/too-early", []])
  })

  test("whose time lies before the one of an earlier sale", async () => {
    counter += 1
    const number = counter
    const later = await aheadOf(stall, 100_000)
    await stall.deliver(await stall.envelope("sale", stall.saleBody(later, "cash")))
    counter = number + 1
    const backwards = await newCode()
    expect((await read(backwards)).body.refusal).toBe("terminal/issued-at-went-back")
  })

  /** A code of a terminal whose clock runs ahead. */
  async function aheadOf(seller: SellingTerminal, ms: number): Promise<PayCode> {
    gateway.clock.advance(ms)
    const code = await newCode([gramsOf(1, 500)], undefined, seller)
    gateway.clock.advance(-ms)
    return code
  }

  test("of a suspended or a revoked terminal", async () => {
    const code = await newCode()
    const change = (to: "suspend" | "revoke") =>
      changeTerminalState(gateway.ctx, operator, stall.terminalId, to, "test")
    await change("suspend")
    expect(await both(code)).toEqual(["terminal/suspended", "403 terminal/suspended", []])
    await change("revoke")
    expect(await both(code)).toEqual(["terminal/revoked", "403 terminal/revoked", []])
  })

  test("of a stall out of the broker's reach, beyond the limit of a sale or of a day", async () => {
    await gateway.ctx.db.update(terminals).set({ lastSeenAt: null }).where(eq(terminals.id, stall.terminalId))
    expect((await read(await newCode([gramsOf(1, 1000)]))).body).toMatchObject({ stallOnline: false, canPay: true })
    const large = await newCode([gramsOf(1, 30_000)])
    expect(await both(large)).toEqual(["sale/offline-sale-limit", "409 sale/offline-sale-limit", []])
    for (const grams of [20_000, 15_000]) {
      await payOnPlatform(gateway.ctx, await newCode([gramsOf(1, grams)]), await newBuyer(gateway.ctx))
    }
    const last = await newCode([gramsOf(1, 3000)])
    expect(await both(last)).toEqual(["sale/offline-day-limit", "409 sale/offline-day-limit", []])
    // Taps of one moment: together they may not pass the limit either.
    const pair = [await newCode([gramsOf(1, 1500)]), await newCode([gramsOf(1, 1500)])]
    const buyers = [await newBuyer(gateway.ctx), await newBuyer(gateway.ctx)] as const
    const taps = await Promise.all(pair.map((code, n) => pay(code, buyers[n] ?? buyers[0])))
    expect(taps.map(({ status }) => status).toSorted()).toEqual([200, 409])
    // Half an hour ago, and still good: it could not be brought sooner.
    const old = await newCode([gramsOf(1, 100)])
    gateway.clock.advance(1_800_000)
    expect((await read(old)).body.canPay).toBe(true)
  })

  test("with other bytes under a known number: refused, and the alarm stays", async () => {
    const code = await newCode()
    expect((await pay(code, await newBuyer(gateway.ctx))).status).toBe(200)
    const others = [
      await stall.code(code.body.counter, [gramsOf(1, 1600)]),
      await inADay(() => stall.code(code.body.counter, [gramsOf(1, 1700)])),
    ]
    for (const other of others) {
      expect(refusalOf(await read(other))).toBe("409 sale/other-bytes")
      expect(await alarms(code)).toHaveLength(0)
    }
    await gateway.ctx.db.update(terminals).set({ lastIssuedAt: null }).where(eq(terminals.id, stall.terminalId))
    expect(refusalOf(await pay(others[0] ?? code, await newBuyer(gateway.ctx)))).toBe("409 sale/other-bytes")
    expect(await alarms(code)).toHaveLength(1)
    const keys = await gateway.ctx.db.select().from(saleKeys).where(eq(saleKeys.counter, code.body.counter))
    expect(keys).toHaveLength(1)
  })

  const alarms = (code: PayCode) =>
    gateway.ctx.db
      .select()
      .from(audit)
      .where(and(eq(audit.verb, "sales/other-bytes"), eq(audit.subject, nameOf(code))))
  const nameOf = ({ body }: PayCode) => `${body.terminal.toString(16).padStart(10, "0")}/${body.counter}`

  async function inADay<T>(work: () => Promise<T>): Promise<T> {
    gateway.clock.advance(86_400_000)
    const result = await work()
    gateway.clock.advance(-86_400_000)
    return result
  }
})

describe("POST /p/{digits}/pay", () => {
  test("makes the sale once, and one attempt a payer", async () => {
    const code = await newCode()
    const buyer = await newBuyer(gateway.ctx)
    const [first, again] = [await pay(code, buyer), await pay(code, buyer)]
    expect(first.status).toBe(200)
    expect(again.body.attempt).toEqual(first.body.attempt as object)
    await pay(code, await newBuyer(gateway.ctx))
    const made = await gateway.ctx.db.select().from(attempts).where(eq(attempts.counter, code.body.counter))
    expect(made).toHaveLength(2)
    expect(await gateway.ctx.db.select().from(sales).where(eq(sales.counter, code.body.counter))).toHaveLength(1)
  })

  test("goes on with an open attempt when the code is too old by now, and opens none for another", async () => {
    const code = await newCode()
    const buyer = await newBuyer(gateway.ctx)
    const first = await pay(code, buyer)
    await gateway.ctx.db
      .update(attempts)
      .set({ expiresAt: new Date(gateway.clock.nowMs() + 3_600_000) })
      .where(eq(attempts.counter, code.body.counter))
    gateway.clock.advance(400_000)
    await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
    expect((await pay(code, buyer)).body.attempt).toMatchObject({
      outTradeNo: (first.body.attempt as { outTradeNo: string }).outTradeNo,
    })
    expect(refusalOf(await pay(code, await newBuyer(gateway.ctx)))).toBe("410 sale/too-old")
  })

  test("needs a session: a browser is sent to log in, a program is told", async () => {
    const code = await newCode()
    expect(refusalOf(await pay(code))).toBe("401 request/unauthenticated")
    const form = await app.request(`/p/${digitsOf(code)}/pay`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "platform=wechat-pay",
    })
    expect(form.status).toBe(303)
    expect(form.headers.get("location")).toBe(`/buyers/login/wechat-pay?return=%2Fp%2F${digitsOf(code)}`)
    expect(await gateway.ctx.db.select().from(sales).where(eq(sales.counter, code.body.counter))).toHaveLength(0)
  })

  test("with another wallet than the one logged in with is refused", async () => {
    const code = await newCode()
    const headers = {
      "content-type": "application/json",
      ...(await sessionOf(gateway.ctx, await newBuyer(gateway.ctx))),
    }
    const answer = await call(`/p/${digitsOf(code)}/pay`, {
      ...{ method: "POST", headers, body: JSON.stringify({ platform: "alipay" }) },
    })
    expect(refusalOf(answer)).toBe("409 payment/other-wallet")
  })

  test("of a sale that is paid says so", async () => {
    const code = await newCode()
    await payOnPlatform(gateway.ctx, code, await newBuyer(gateway.ctx))
    expect(refusalOf(await pay(code, await newBuyer(gateway.ctx)))).toBe("409 payment/sale-paid")
    const { body } = await read(code)
    expect(body).toMatchObject({ state: "paid", paidFen: 870, canPay: false, refusal: "sale/already-paid" })
  })
})

describe("[OR] the six digits", () => {
  const stateOf = async (code: PayCode, buyer?: { id: string }) =>
    (await call(`/p/${digitsOf(code)}/state`, { headers: buyer ? await sessionOf(gateway.ctx, buyer) : {} })).body

  test("are for the session that paid, once it is known, and for nobody else", async () => {
    const code = await newCode()
    const [payer, other] = [await newBuyer(gateway.ctx), await newBuyer(gateway.ctx)]
    await pay(code, payer)
    for (const buyer of [payer, other, undefined]) {
      expect(await stateOf(code, buyer)).toMatchObject({ state: "paying", receiptDigits: null, paidByMe: false })
    }
    await payAttempt(code, payer)
    const digits = offlineReceiptDigits(gateway.ctx.keys.receiptKey(stall.terminalId), {
      ...{ networkId: gateway.ctx.config.NETWORK_ID, terminal: stall.terminalId },
      ...{ counter: code.body.counter, amountFen: 870 },
    })
    expect(await stateOf(code, payer)).toMatchObject({ state: "paid", receiptDigits: digits, paidByMe: true })
    for (const buyer of [other, undefined]) {
      expect(await stateOf(code, buyer)).toMatchObject({ receiptDigits: null, paidByMe: false, recordId: null })
    }
  })

  test("are gone once all the money went back", async () => {
    const code = await newCode()
    const payer = await newBuyer(gateway.ctx)
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
    const sale = await payOnPlatform(gateway.ctx, code, payer)
    expect((await stateOf(code, payer)).receiptDigits).toMatch(/^\d{6}$/)
    await refundOnPlatform(gateway.ctx, sale, { goods: "money-only", amountFen: 870 })
    await gateway.ctx.db.update(sales).set({ refundedFen: 870 }).where(eq(sales.counter, code.body.counter))
    expect(await stateOf(code, payer)).toMatchObject({ paidByMe: true, refundedFen: 870, receiptDigits: null })
  })

  /** The attempt that this payer opened succeeds. */
  async function payAttempt(code: PayCode, payer: { id: string }): Promise<void> {
    await gateway.ctx.db.delete(attempts).where(eq(attempts.counter, code.body.counter))
    await payOnPlatform(gateway.ctx, code, payer)
  }
})

describe("GET /p/{digits}/events", () => {
  async function waitAt(code: PayCode) {
    const response = await app.request(`/p/${digitsOf(code)}/events`)
    expect(response.headers.get("content-type")).toContain("text/event-stream")
    const reader = response.body?.getReader()
    if (!reader) throw new Error("no stream")
    const readTo = async (wanted: string) => {
      let text = ""
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read()
        if (done) throw new Error("the stream has ended")
        text += new TextDecoder().decode(value)
      }
      return text
    }
    const nextState = async () =>
      JSON.parse(/data: (.*)/.exec(await readTo("event: state"))?.[1] ?? "{}") as Record<string, unknown>
    return { reader, readTo, nextState }
  }

  test("a database that cannot be read for a moment ends no stream", async () => {
    const code = await newCode()
    const { reader, readTo, nextState } = await waitAt(code)
    expect(await nextState()).toMatchObject({ state: "presented" })
    const sale = `${terminalToHex(code.body.terminal)}/${code.body.counter}`
    await gateway.ctx.sql`ALTER TABLE sales RENAME TO sales_away`
    await gateway.ctx.sql`SELECT pg_notify('buyer', ${JSON.stringify({ sale, event: "state", version: 1, data: {} })})`
    await readTo(": beat")
    await gateway.ctx.sql`ALTER TABLE sales_away RENAME TO sales`
    await payOnPlatform(gateway.ctx, code, await newBuyer(gateway.ctx))
    await relayOutbox(gateway.ctx, { publish: async () => {} })
    expect(await nextState()).toMatchObject({ state: "paid" })
    await reader.cancel()
    while (events.waiting > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  test("tells a change that another process caused, and only states", async () => {
    const code = await newCode()
    const { reader, nextState } = await waitAt(code)
    expect(await nextState()).toMatchObject({ state: "presented", paidFen: 0 })
    await payOnPlatform(gateway.ctx, code, await newBuyer(gateway.ctx))
    await relayOutbox(gateway.ctx, { publish: async () => {} })
    expect(await nextState()).toMatchObject({ state: "paid", paidFen: 870, receiptDigits: null })
    await reader.cancel()
    while (events.waiting > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  test("of a code that is none is refused before a stream begins", async () => {
    expect(refusalOf(await call("/p/12345/events"))).toMatch(/^404 pay-code\//)
  })
})
