// What a phone brings that it should not bring, and one code in many hands at once: the gateway's routes, real platforms.
import { afterAll, afterEach, beforeAll, expect } from "bun:test"
import { p256 } from "@noble/curves/nist.js"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { concatBytes } from "@suyuan/protocol/codec/bytes"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { and, eq } from "drizzle-orm"
import { type Market, openMarket, type Payer, saleFen, type TestSale } from "../api/payments/market"
import { platformsOf } from "../api/payments/platforms"
import { sessionOf, testApp } from "../support/app"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../support/selling"
import { newTablet } from "../support/stall"
import { expectIdentities } from "./expect-identities"
import { runRows } from "./run-rows"

let market: Market
let app: ReturnType<typeof testApp>
const begun: TestSale[] = []
beforeAll(async () => {
  market = await openMarket({ settings: { REQUESTS_PER_MINUTE: "1000000", PLATFORM_TIMEOUT_MS: "10000" } })
  app = testApp(market.ctx, { payments: market.deps })
}, 60_000)
afterEach(async () => {
  const books = platformsOf.map((platform) => market.sandbox.world.store.books(platform))
  const sum = (name: "receiptsFen" | "refundsFen") => books.reduce((total, book) => total + book[name], 0)
  const both = { receiptsFen: sum("receiptsFen"), refundsFen: sum("refundsFen") }
  await expectIdentities({ sql: market.ctx.sql, books: both, sales: begun })
})
afterAll(() => market.end())

type Answer = { readonly status: number; readonly body: Record<string, unknown> }

async function call(path: string, payer?: Payer, body?: unknown): Promise<Answer> {
  const session = payer === undefined ? {} : await sessionOf(market.ctx, { id: payer.actor.id })
  const response = await app.request(path, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { accept: "application/json", "content-type": "application/json", ...session },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const scan = (digits: string) => call(`/p/${digits}`)
const tap = (digits: string, payer: Payer) => call(`/p/${digits}/pay`, payer, { platform: payer.platform })
const codeOf = ({ status, body }: Answer) => `${status} ${body.code}`

/** What both a scan and a tap say. */
async function refusals(digits: string): Promise<string[]> {
  const payer = await market.newPayer("wechat-pay")
  return [codeOf(await scan(digits)), codeOf(await tap(digits, payer))]
}

async function signedBy(from: SellingTerminal, counter: number): Promise<PayCode> {
  return from.code(counter, [gramsOf(1, 700)])
}

async function rowCounts(): Promise<unknown> {
  const [row] = await market.ctx.sql`
    SELECT (SELECT count(*) FROM sales)::int AS sales, (SELECT count(*) FROM sale_keys)::int AS keys,
      (SELECT count(*) FROM attempts)::int AS attempts, (SELECT count(*) FROM outbox)::int AS outbox,
      (SELECT count(*) FROM audit)::int AS audit, (SELECT count(*) FROM records)::int AS records`
  return row
}

async function newSale(): Promise<TestSale> {
  const sale = await market.newSale()
  begun.push(sale)
  return sale
}

/** A payer who began and left the wallet's sheet. */
async function giveUp() {
  const sale = await newSale()
  const payer = await market.newPayer("wechat-pay")
  const opened = await market.open(sale, payer)
  const paysAfterAll = async () => {
    await market.decideOn(opened, payer)
    await market.settled(sale)
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen, refundedFen: 0 })
  }
  return { sale, payer, paysAfterAll }
}

async function hintsOf({ counter }: TestSale): Promise<number> {
  const [row] = await market.ctx.sql`
    SELECT count(*)::int AS hints FROM outbox WHERE topic = 'hint' AND (payload->>'counter')::int = ${counter}`
  return row?.hints
}

runRows("codes", {
  altered: async () => {
    const digits = payCodeDigits(await market.newCode())
    const seen = new Set<string>()
    for (let at = 0; at < digits.length; at += 13) {
      const altered = digits.slice(0, at) + ((Number(digits[at]) + 1) % 10) + digits.slice(at + 1)
      const [scanned = "", tapped = ""] = await refusals(altered)
      expect(scanned).toMatch(/^4\d\d (pay-code|terminal)\//)
      expect(tapped).toBe(scanned)
      seen.add(scanned)
    }
    expect(seen).toContain("403 pay-code/bad-signature")
  },
  forged: async () => {
    const own = await sellingTerminal(market.ctx)
    const theirs = await signedBy(await sellingTerminal(market.ctx), 1)
    const forged = Buffer.from(theirs.bodyBytes)
    forged.writeUIntBE(own.terminalId, 1, 5)
    const digits = payCodeDigits({ bodyBytes: new Uint8Array(forged), signature: theirs.signature })
    expect(await refusals(digits)).toEqual(Array(2).fill("403 pay-code/bad-signature"))
  },
  twin: async () => {
    const seller = await sellingTerminal(market.ctx, "market", [slotOf(1, cabbage)], newTablet("p256"))
    const code = await signedBy(seller, 1)
    expect((await scan(payCodeDigits(code))).status).toBe(200)
    const s = BigInt(`0x${Buffer.from(code.signature.subarray(32)).toString("hex")}`)
    const high = (p256.Point.CURVE().n - s).toString(16).padStart(64, "0")
    const signature = concatBytes(code.signature.subarray(0, 32), new Uint8Array(Buffer.from(high, "hex")))
    const digits = payCodeDigits({ bodyBytes: code.bodyBytes, signature })
    expect(await refusals(digits)).toEqual(Array(2).fill("403 pay-code/bad-signature"))
  },
  otherBytes: async () => {
    const seller = await sellingTerminal(market.ctx)
    await seller.deliver(await seller.envelope("snapshot", seller.snapshotBody()))
    const cash = await seller.code(1, [gramsOf(1, 500)])
    await seller.deliver(await seller.envelope("sale", seller.saleBody(cash, "cash")))
    await market.ctx.db.update(terminals).set({ lastIssuedAt: null }).where(eq(terminals.id, seller.terminalId))
    const other = payCodeDigits(await seller.code(1, [gramsOf(1, 1600)]))
    expect(await refusals(other)).toEqual(Array(2).fill("409 sale/other-bytes"))
    const name = `${seller.terminalId.toString(16).padStart(10, "0")}/1`
    const isAlarm = and(eq(audit.verb, "sales/other-bytes"), eq(audit.subject, name))
    expect(await market.ctx.db.select().from(audit).where(isAlarm)).toHaveLength(1)
  },
  replayed: async () => {
    const sale = await newSale()
    const digits = payCodeDigits(sale.code)
    const payer = await market.newPayer("alipay")
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    for (const platform of platformsOf) {
      const again = await tap(digits, await market.newPayer(platform))
      expect(codeOf(again)).toBe("409 payment/sale-paid")
    }
    expect((await tap(digits, payer)).body).toMatchObject({ bridge: null, sale: { state: "paid" } })
    expect((await call(`/p/${digits}/state`)).body).toMatchObject({ state: "paid", paidFen: saleFen })
    expect(await market.attempts(sale)).toHaveLength(1)
  },
  thousandScans: async () => {
    const digits = payCodeDigits(await market.newCode())
    const before = await rowCounts()
    const answers = await Promise.all(Array.from({ length: 1000 }, () => scan(digits)))
    const [first] = answers
    expect(first).toMatchObject({ status: 200, body: { state: "presented", canPay: true, amountFen: saleFen } })
    expect(answers.filter((answer) => !Bun.deepEquals(answer, first))).toEqual([])
    expect(await rowCounts()).toEqual(before)
  },
  hundredTaps: async () => {
    const code = await market.newCode()
    const payer = await market.newPayer("wechat-pay")
    const answers = await Promise.all(Array.from({ length: 100 }, () => tap(payCodeDigits(code), payer)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const numbers = new Set(answers.map(({ body }) => (body.attempt as { outTradeNo: string }).outTradeNo))
    expect(numbers.size).toBe(1)
    const orders = market.sandbox.world.store.orders(10_000).filter(({ orderNo }) => numbers.has(orderNo))
    expect(orders).toHaveLength(1)
    const [row] = await market.ctx.sql`SELECT count(*)::int AS n FROM attempts WHERE counter = ${code.body.counter}`
    expect(row?.n).toBe(1)
  },
  givenUpUnsaid: async () => {
    const { sale, payer, paysAfterAll } = await giveUp()
    await paysAfterAll()
    expect(await hintsOf(sale)).toBe(0)
    expect(codeOf(await tap(payCodeDigits(sale.code), payer))).toBe("200 undefined")
  },
  givenUpUnanswered: async () => {
    const { sale, payer, paysAfterAll } = await giveUp()
    const say = () => call(`/p/${payCodeDigits(sale.code)}/given-up`, payer, { why: "cancelled" })
    // Of the first one the phone hears nothing.
    expect([(await say()).body, (await say()).body]).toEqual([{ isTold: true }, { isTold: false }])
    expect(await hintsOf(sale)).toBe(1)
    await paysAfterAll()
  },
  fiftyPayers: async () => {
    const sale = await newSale()
    const payers: Payer[] = []
    for (let index = 0; index < 50; index += 1) payers.push(await market.newPayer(platformsOf[index % 2] ?? "alipay"))
    const opened = await Promise.all(payers.map((payer) => market.open(sale, payer)))
    expect(opened.every(({ bridge }) => bridge !== undefined)).toBe(true)
    await Promise.all(
      payers.map((payer, index) => {
        const own = opened[index]
        if (own === undefined) throw new Error("not opened")
        return market.decideOn(own, payer)
      }),
    )
    await market.settled(sale)
    await market.passUntil(async () => {
      const attempts = await market.attempts(sale)
      const refunds = await market.refunds(sale)
      const paid = attempts.filter(({ state }) => state === "succeeded").length
      const over = attempts.every(({ state }) => state === "succeeded" || state === "closed")
      return over && refunds.length === paid - 1 && refunds.every(({ state }) => state === "succeeded")
    }, "one settles, all others are closed or paid back")
    const row = await market.saleRow(sale)
    expect(row).toMatchObject({ state: "paid" })
    expect(row.paidFen - row.refundedFen).toBe(saleFen)
    const told = await Promise.all(payers.map((payer) => call(`/p/${payCodeDigits(sale.code)}/state`, payer)))
    expect(told.every(({ body }) => body.state === "paid")).toBe(true)
    expect(told.filter(({ body }) => body.paidByMe === true)).toHaveLength(1)
  },
})
