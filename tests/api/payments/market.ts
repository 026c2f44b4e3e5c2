/** A stall that sells, people who pay, both platforms and the gateway's money verbs, on one clock that a test moves. */

import type { Actor } from "@suyuan/api/actor"
import { startWebSession } from "@suyuan/api/buyers/start-web-session"
import type { Context } from "@suyuan/api/context"
import { notificationRoutes } from "@suyuan/api/http/notifications"
import { newRouter } from "@suyuan/api/http/router"
import { paymentJobs } from "@suyuan/api/jobs/payments"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { attemptsOf, refundsOf } from "@suyuan/api/payments/attempts"
import { type OpenedPayment, type OutsideWallet, openPayment } from "@suyuan/api/payments/open-payment"
import type { PaymentDeps, RefundedGoods } from "@suyuan/api/payments/payment-deps"
import type { Platform } from "@suyuan/api/payments/payment-provider"
import { completeTrades } from "@suyuan/api/sales/complete-trades"
import { openSale } from "@suyuan/api/sales/open-sale"
import { recordTrades } from "@suyuan/api/sales/record-trades"
import { isSale, type SaleKey } from "@suyuan/api/sales/sale-key"
import { terminalsAtStalls } from "@suyuan/api/sales/verify-codes"
import { receiveSnapshot } from "@suyuan/api/terminals/receive-snapshot"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { paymentEvents } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { concatBytes } from "@suyuan/protocol/codec/bytes"
import type { SettlementKind } from "@suyuan/protocol/sale/sale"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { signPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import {
  encodeStockSnapshot,
  snapshotPrefix,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Buyer } from "@suyuan/sandbox/buyers/buyers"
import type { Decision } from "@suyuan/sandbox/buyers/confirm-payment"
import type { SandboxOptions } from "@suyuan/sandbox/settings"
import type { Sandbox } from "@suyuan/sandbox/start-sandbox"
import { asc, eq } from "drizzle-orm"
import { type TestClock, testClock, testGateway } from "../../support/context"
import { enrolTerminal, makeStall, newTablet, operator, type TestStall } from "../../support/stall"
import {
  breakThings,
  decide,
  directPayees,
  payees,
  payerOf,
  platformsOf,
  providersOf,
  startPlatforms,
  until,
} from "./platforms"

export type Payer = { readonly actor: Actor; readonly person: Buyer; readonly platform: Platform }
export type TestSale = SaleKey & { readonly code: PayCode; readonly amountFen: number }

export type Market = Awaited<ReturnType<typeof openMarket>>

const commodity = 1001
/** 2 kg of 1001 at ¥6.17 a kilogram. */
const linesOfSale = [{ slot: 1, quantity: { unit: "gram", count: 2000 }, unitPriceFen: 617 } as const]
export const saleFen = 1234

export async function openMarket(
  options: {
    settings?: Record<string, string>
    sandbox?: Partial<SandboxOptions>
    /** Who collects for the stall. */
    collector?: "service-provider" | "direct"
  } = {},
) {
  const clock = testClock()
  const platforms = await startPlatforms(clock, options.sandbox)
  let serve: ((request: Request, address: string | undefined) => Response | Promise<Response>) | undefined
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, own) =>
      serve?.(request, own.requestIP(request)?.address) ?? new Response("not yet", { status: 503 }),
  })
  const gateway = await testGateway({
    ...platforms.sandbox.environment,
    GATEWAY_PUBLIC_URL: `http://127.0.0.1:${server.port}`,
    PLATFORM_TIMEOUT_MS: "2000",
    ...options.settings,
  })
  const ctx: Context = { ...gateway.ctx, clock }
  const returnedGoods: RefundedGoods[] = []
  const deps: PaymentDeps = {
    providers: providersOf(ctx.config, clock),
    completeTrades,
    applyRefundedGoods: async (_ctx, _tx, goods) => void returnedGoods.push(goods),
  }
  const router = newRouter()
  router.route("/", notificationRoutes({ ctx, payments: deps }))
  serve = (request) => router.fetch(request)
  const stall = await openStall(ctx, options.collector)
  const end = async () => {
    await platforms.end()
    await server.stop(true)
    await gateway.close()
  }
  return {
    ctx,
    clock,
    deps,
    stall,
    returnedGoods,
    router,
    /** Serves a whole gateway at its public address, instead of its notifications alone. */
    serveWith: (handler: NonNullable<typeof serve>) => {
      serve = handler
    },
    sandbox: platforms.sandbox,
    end,
    ...verbs(ctx, clock, deps, platforms.sandbox, stall),
  }
}

async function openStall(ctx: Context, collector: "service-provider" | "direct" = "service-provider") {
  const stall: TestStall = await makeStall(ctx)
  for (const platform of platformsOf) {
    const { directAccount } = directPayees[platform]
    const payee = collector === "direct" ? { directAccount } : payees[platform]
    await setPayee(ctx, operator, stall.merchantId, { platform, ...payee })
  }
  const { terminalId, tablet } = await enrolTerminal(ctx, stall.merchantId, newTablet())
  const bytes = encodeStockSnapshot({
    terminal: terminalId,
    issuedAtSeconds: msToSeconds2024(ctx.clock.nowMs()),
    slots: [
      { slot: 1, commodity, lot: undefined, declaredOrigin: "河北", packLowGrams: 0, packHighGrams: 0, pile: "merged" },
    ],
  })
  const signature = tablet.sign(stockSnapshotMessage(ctx.config.NETWORK_ID, stockSnapshotHash(bytes)))
  await ctx.db.transaction(async (tx) => {
    const at = (await terminalsAtStalls(tx, [terminalId])).get(terminalId)
    if (at === undefined) throw new Error("no stall")
    await receiveSnapshot(ctx, tx, at, { snapshot: bytes, signature }, [])
  })
  return { ...stall, terminalId, tablet, snapshotPrefix: snapshotPrefix(stockSnapshotHash(bytes)), counter: 0 }
}

type OpenStall = Awaited<ReturnType<typeof openStall>>

function verbs(ctx: Context, clock: TestClock, deps: PaymentDeps, sandbox: Sandbox, stall: OpenStall) {
  /** A code that the stall's terminal signed, scanned or not; by a clock that is so much ahead. */
  async function newCode(aheadMs = 0): Promise<PayCode> {
    stall.counter += 1
    const { terminalId: terminal, counter, tablet } = stall
    const { NETWORK_ID: networkId } = ctx.config
    return signPayCode(
      {
        algorithm: "ed25519",
        terminal,
        counter,
        issuedAtSeconds: msToSeconds2024(clock.nowMs() + aheadMs),
        snapshotPrefix: stall.snapshotPrefix,
        amountFen: saleFen,
        lines: { kind: "inline", items: linesOfSale },
      },
      {
        networkId,
        priceSalt: priceSalt(ctx.keys.receiptKey(terminal), networkId, terminal, counter),
        sign: tablet.sign,
      },
    )
  }

  async function newSale(aheadMs?: number): Promise<TestSale> {
    const code = await newCode(aheadMs)
    const { sale } = await ctx.db.transaction((tx) => openSale(ctx, tx, operator, code))
    return { terminalId: sale.terminalId, counter: sale.counter, day: sale.day, code, amountFen: saleFen }
  }

  /** The terminal's own word of the sale arrives. */
  async function upload(code: PayCode, settlement: SettlementKind = "platform") {
    const payCode = concatBytes(code.bodyBytes, code.signature)
    return ctx.db.transaction((tx) =>
      recordTrades(ctx, tx, [{ terminalId: code.body.terminal, body: { payCode, lines: undefined, settlement } }]),
    )
  }

  async function newPayer(platform: Platform): Promise<Payer> {
    const person = sandbox.world.buyers.add(`买家 ${sandbox.world.buyers.list().length + 1}`)
    const id = ctx.random.uuid()
    const row = { id, platform, ...payerOf(ctx.config, platform, person), createdAt: new Date(clock.nowMs()) }
    await ctx.db.insert(buyers).values(row)
    return { actor: { kind: "buyer", id, siteIds: [], scopes: [] }, person, platform }
  }

  const open = (sale: SaleKey, payer: Payer, own: PaymentDeps = deps): Promise<OpenedPayment> =>
    openPayment(ctx, own, payer.actor, { sale: { terminalId: sale.terminalId, counter: sale.counter, day: sale.day } })

  /** A browser outside the wallets, of which nothing is known. */
  async function newBrowser(): Promise<{ readonly actor: Actor; readonly person: Buyer }> {
    const person = sandbox.world.buyers.add(`买家 ${sandbox.world.buyers.list().length + 1}`)
    return { actor: (await startWebSession(ctx)).actor, person }
  }

  const openOutside = (sale: SaleKey, browser: { readonly actor: Actor }, outside: OutsideWallet) =>
    openPayment(ctx, deps, browser.actor, {
      sale: { terminalId: sale.terminalId, counter: sale.counter, day: sale.day },
      outside,
    })

  async function decideOn(opened: OpenedPayment, payer: { readonly person: Buyer }, decision: Decision = "pay") {
    if (opened.bridge === undefined) throw new Error(`nothing to pay: ${opened.attempt}`)
    return decide(sandbox, payer.person, opened.bridge, decision)
  }

  const saleRow = async (key: SaleKey) => {
    const [row] = await ctx.db.select().from(sales).where(isSale(key))
    if (row === undefined) throw new Error("no such sale")
    return row
  }

  /** Does everything that is due until nothing is. */
  async function work(): Promise<void> {
    for (const job of paymentJobs(deps)) while ((await job.run(ctx)) > 0) {}
  }

  /** Lets time pass, in steps, with all jobs at work. */
  async function pass(ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(stepMs)
      await work()
    }
  }

  /** Waits for what a notification brings; the jobs work meanwhile, at a standing clock. */
  const eventually = <T>(look: () => Promise<T | undefined | false>, what: string) =>
    until(async () => {
      await work()
      return look()
    }, what)

  /** Lets time pass until something has come true: the sandbox does its own part on a real clock. */
  const passUntil = <T>(look: () => Promise<T | undefined | false>, what: string, stepMs = 10_000) =>
    until(async () => {
      await pass(stepMs)
      return look()
    }, what)

  const refundsDone = (sale: TestSale, stepMs?: number) =>
    passUntil(
      async () => {
        const made = await refundsOf(ctx.db, await saleRow(sale))
        return made.length > 0 && made.every(({ state }) => state === "succeeded") && made
      },
      "the money went back",
      stepMs,
    )

  const settled = (sale: SaleKey) => eventually(async () => (await saleRow(sale)).state === "paid", "the sale is paid")

  const eventsOf = async (outTradeNo: string) =>
    (
      await ctx.db
        .select()
        .from(paymentEvents)
        .where(eq(paymentEvents.outTradeNo, outTradeNo))
        .orderBy(asc(paymentEvents.at), asc(paymentEvents.id))
    ).map((event) => event.kind)

  /** Σ platform receipts − Σ platform refunds, and Σ (paid − refunded) of the sales that platforms settled or paid into. */
  async function money() {
    const books = platformsOf.map((platform) => sandbox.world.store.books(platform))
    const atPlatformsFen = books.reduce((sum, { receiptsFen, refundsFen }) => sum + receiptsFen - refundsFen, 0)
    const rows = await ctx.db.select().from(sales)
    const cashFen = rows.filter((row) => row.paidBy === "cash").reduce((sum, row) => sum + row.amountFen, 0)
    const inBooksFen = rows.reduce((sum, row) => sum + row.paidFen - row.refundedFen, 0) - cashFen
    return { atPlatformsFen, inBooksFen }
  }

  return {
    newCode,
    newSale,
    upload,
    newPayer,
    newBrowser,
    open,
    openOutside,
    decideOn,
    saleRow,
    attempts: async (sale: SaleKey) => attemptsOf(ctx.db, await saleRow(sale)),
    refunds: async (sale: SaleKey) => refundsOf(ctx.db, await saleRow(sale)),
    work,
    pass,
    eventually,
    passUntil,
    refundsDone,
    settled,
    eventsOf,
    money,
    breakThings: (rule: Parameters<typeof breakThings>[1]) => breakThings(sandbox, rule),
  }
}
