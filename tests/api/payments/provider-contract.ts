/** What every payment provider must do, held against the sandbox's real signatures: one suite, every platform and mode. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import type { Config } from "@suyuan/api/config"
import type {
  NotificationMessage,
  Payee,
  PayMethod,
  PayMethodKind,
  PaymentOrder,
  PaymentProvider,
  Platform,
} from "@suyuan/api/payments/payment-provider"
import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { directAlipay } from "@suyuan/sandbox/accounts"
import { type Buyer, payerIn } from "@suyuan/sandbox/buyers/buyers"
import type { KeyMode } from "@suyuan/sandbox/keys/write-gateway-env"
import { testClock, testConfig } from "../../support/context"
import {
  breakThings,
  decide,
  directPayees,
  type Platforms,
  payees,
  payerOf,
  providersOf,
  startPlatforms,
  until,
} from "./platforms"

export type Mode = {
  readonly keyMode?: KeyMode
  /** Who collects. */
  readonly collector?: "service-provider" | "direct"
  readonly method?: PayMethodKind
}

export function providerContract(platform: Platform, mode: Mode = {}): void {
  const { keyMode = "public-key", collector = "service-provider", method = "jsapi" } = mode
  /** Alipay has a trade of a code or an address once somebody came by it. */
  const unseen = platform === "alipay" && method !== "jsapi" ? "absent" : "open"
  const payee: Payee = collector === "direct" ? directPayees[platform] : payees[platform]
  const { directAccount } = payee
  describe(`${platform}, ${collector}, ${method}, ${keyMode}`, () => {
    const clock = testClock()
    let platforms: Platforms
    let config: Config
    let provider: PaymentProvider
    /** Waits for a moment only: for a platform that says nothing. */
    let hasty: PaymentProvider
    let buyer: Buyer
    let counter = 0
    const received: NotificationMessage[] = []
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: async (request) => {
        const [, , , account] = new URL(request.url).pathname.split("/")
        received.push({
          ...(account !== undefined && { directAccount: account }),
          headers: Object.fromEntries(request.headers),
          body: new Uint8Array(await request.arrayBuffer()),
        })
        return new Response("success")
      },
    })

    beforeAll(async () => {
      platforms = await startPlatforms(clock, { keyMode })
      const GATEWAY_PUBLIC_URL = `http://127.0.0.1:${server.port}`
      const waiting = (PLATFORM_TIMEOUT_MS: string) =>
        testConfig({ ...platforms.sandbox.environment, GATEWAY_PUBLIC_URL, PLATFORM_TIMEOUT_MS })
      config = waiting("10000")
      provider = providersOf(config, clock)[platform]
      hasty = providersOf(waiting("200"), clock)[platform]
      buyer = platforms.sandbox.world.buyers.add("甲")
    })
    afterEach(() => {
      platforms.sandbox.world.faults.clear()
      received.length = 0
    })
    afterAll(async () => {
      await platforms.end()
      await server.stop(true)
    })

    function methodOf(payer = payerOf(config, platform, buyer)): PayMethod {
      if (method === "jsapi") return { kind: method, payer }
      if (method === "native") return { kind: method }
      return { kind: method, clientIp: "203.0.113.9", returnUrl: `${config.GATEWAY_PUBLIC_URL}/p/1` }
    }

    /** As the platform names whoever paid: to the app that asked. */
    function told() {
      const asking = platform === "alipay" && directAccount ? directAlipay[0].appId : config.ALIPAY_APP_ID
      return platform === "wechat-pay"
        ? payerOf(config, platform, buyer)
        : { appId: asking, openId: payerIn(asking, buyer) }
    }

    function order(more: Partial<PaymentOrder> = {}): PaymentOrder {
      counter += 1
      return {
        outTradeNo: formatOutTradeNo({ utcDay: utcDayOf(clock.nowMs()), terminal: 0x0100000001, counter, attempt: 1 }),
        amountFen: 1234,
        description: "测试市场 A-12 7",
        payee,
        method: methodOf(),
        expiresAt: new Date(Math.ceil(clock.nowMs() / 1000) * 1000 + 300_000),
        terminalHex: "0100000001",
        ...more,
      }
    }

    async function opened(more: Partial<PaymentOrder> = {}) {
      const one = order(more)
      const outcome = await provider.open(one)
      if (outcome.kind !== "succeeded") throw new Error(`not opened: ${JSON.stringify(outcome)}`)
      const { handle } = outcome.value
      const bridge = provider.bridge({
        handle,
        method: one.method,
        payee,
        outTradeNo: one.outTradeNo,
        openedAt: new Date(clock.nowMs()),
      })
      if (bridge === undefined) throw new Error("an account that is configured signs")
      return { ...one, handle, bridge, totalFen: one.amountFen, refundFen: one.amountFen, reason: "摊主退款" }
    }

    async function paid() {
      const one = await opened()
      expect(await decide(platforms.sandbox, buyer, one.bridge)).toMatchObject({ result: "paid" })
      return one
    }

    test("opens an order whose bridge the wallet accepts, for the amount and payee that were asked", async () => {
      const one = await paid()
      const stored = platforms.sandbox.world.store.order(platform, one.outTradeNo)
      expect(stored).toMatchObject({ amountFen: 1234, payeeNo: payee.account, state: "paid" })
      expect(stored?.expiresAtMs).toBe(one.expiresAt.getTime())
    })

    test("[PY-4] gives the same handle and the same bridge when a number is sent again", async () => {
      const one = await opened()
      const again = await provider.open(one)
      // An address is signed anew, for the same order.
      const handle = one.bridge.kind === "redirect" && platform === "alipay" ? expect.any(String) : one.handle
      expect(again).toEqual({ kind: "succeeded", value: { handle: handle as string } })
    })

    const beforeAnybodyPays = method === "h5" && platform === "alipay" ? undefined : test
    beforeAnybodyPays?.(
      "[PY-4] does not fail a number that is in use with other content, but asks for a query",
      async () => {
        const one = await opened()
        expect(await provider.open({ ...one, amountFen: 99 })).toMatchObject({
          kind: "unknown",
          cause: "platform-unsure",
        })
      },
    )

    const ofKnownPayers = method === "jsapi" ? test : undefined
    ofKnownPayers?.("fails with the platform's code for a payer whom the app does not know", async () => {
      const outcome = await provider.open(
        order({ method: methodOf({ appId: payerOf(config, platform, buyer).appId, openId: "oNobody" }) }),
      )
      expect(outcome).toEqual({ kind: "failed", code: platform === "alipay" ? "INVALIDPARAMETER" : "OPENIDMISMATCH" })
    })

    test("knows an order as absent, open, paid by its total, closed", async () => {
      expect(await provider.query(order())).toEqual({ kind: "succeeded", value: { state: "absent" } })
      const one = await opened()
      expect(await provider.query(one)).toEqual({ kind: "succeeded", value: { state: unseen } })
      await decide(platforms.sandbox, buyer, one.bridge, "pay", 200)
      const answer = await provider.query(one)
      expect(answer).toMatchObject({ kind: "succeeded", value: { state: "paid", totalFen: 1234 } })
      const other = await opened()
      await decide(platforms.sandbox, buyer, other.bridge, "cancel")
      expect(await provider.query(other)).toEqual({ kind: "succeeded", value: { state: "open" } })
      expect(await provider.close(other)).toEqual({ kind: "succeeded", value: undefined })
      expect(await provider.query(other)).toEqual({ kind: "succeeded", value: { state: "closed" } })
    })

    test("does not close what is paid", async () => {
      expect(await provider.close(await paid())).toMatchObject({ kind: "failed" })
    })

    test("[PY-12] refunds in parts, each once however often it is asked, and never more than was paid", async () => {
      const one = await paid()
      const part = { ...one, outRefundNo: `${one.outTradeNo}r01`, refundFen: 1000 }
      expect(await provider.queryRefund(part)).toEqual({ kind: "succeeded", value: { state: "absent" } })
      expect((await provider.refund(part)).kind).toBe("succeeded")
      expect((await provider.refund(part)).kind).toBe("succeeded")
      clock.advance(1000)
      await until(async () => {
        const answer = await provider.queryRefund(part)
        return answer.kind === "succeeded" && answer.value.state === "succeeded"
      }, "the refund settles")
      expect(platforms.sandbox.world.store.order(platform, one.outTradeNo)?.refundedFen).toBe(1000)
      const tooMuch = { ...one, outRefundNo: `${one.outTradeNo}r02`, refundFen: 235 }
      expect(await provider.refund(tooMuch)).toMatchObject({ kind: "failed" })
      expect(await provider.query(one)).toMatchObject({ value: { state: "paid", totalFen: 1234 } })
    })

    test("still knows an order as paid once all of it went back", async () => {
      const one = await paid()
      await provider.refund({ ...one, outRefundNo: `${one.outTradeNo}r01` })
      clock.advance(1000)
      await until(() => platforms.sandbox.world.store.order(platform, one.outTradeNo)?.refundedFen === 1234, "refunded")
      expect(await provider.query(one)).toMatchObject({ kind: "succeeded", value: { state: "paid", totalFen: 1234 } })
    })

    test("says unknown, and asks nobody, for an account that the configuration does not have", async () => {
      const one = await opened()
      const outRefundNo = `${one.outTradeNo}r01`
      for (const gone of [
        { ...payee, directAccount: "nobody" },
        { ...directPayees[platform], account: "1900000555" },
      ]) {
        const of = { ...one, payee: gone, outRefundNo }
        const unknown = { kind: "unknown", cause: "not-configured" } as const
        expect(await provider.open(of)).toEqual(unknown)
        expect(await provider.query(of)).toEqual(unknown)
        expect(await provider.close(of)).toEqual(unknown)
        expect(await provider.refund(of)).toEqual(unknown)
        expect(await provider.queryRefund(of)).toEqual(unknown)
        expect(provider.bridge({ ...of, openedAt: new Date(clock.nowMs()) })).toBeUndefined()
      }
      expect(await provider.query(one)).toEqual({ kind: "succeeded", value: { state: unseen } })
    })

    test("keeps collectors apart: another account's order is absent for this one", async () => {
      const one = await opened()
      const others: Payee[] = [payees[platform], directPayees[platform]]
      for (const other of others.filter(({ account }) => account !== payee.account)) {
        expect(await provider.query({ ...one, payee: other })).toEqual({
          kind: "succeeded",
          value: { state: "absent" },
        })
        expect((await provider.close({ ...one, payee: other })).kind).toBe("failed")
      }
    })

    const describeOutages = keyMode === "public-key" ? describe : undefined
    describeOutages?.("[PY-2] a call without a trustworthy answer is unknown, never failed", () => {
      const calls = {
        create: (one: PaymentOrder, by = provider) => by.open(one),
        query: (one: PaymentOrder, by = provider) => by.query(one),
        close: (one: PaymentOrder, by = provider) => by.close(one),
        refund: (one: PaymentOrder, by = provider) =>
          by.refund({ ...one, outRefundNo: `${one.outTradeNo}r01`, refundFen: 1, totalFen: 1234, reason: "退" }),
        "refund-query": (one: PaymentOrder, by = provider) =>
          by.queryRefund({ ...one, outRefundNo: `${one.outTradeNo}r01` }),
      } as const
      // How the payer comes to the order makes a difference to the create alone, and Alipay's address is no call at all.
      const ofMethod = platform === "alipay" && method === "h5" ? [] : (["create"] as const)
      const operations = method === "jsapi" ? (Object.keys(calls) as (keyof typeof calls)[]) : ofMethod
      for (const operation of operations) {
        test(`${operation}: request lost, answer lost, system error, silence, a signature that does not verify`, async () => {
          const before =
            operation === "create" ? order() : operation.startsWith("refund") ? await paid() : await opened()
          if (operation === "refund-query") {
            await provider.refund({
              ...before,
              outRefundNo: `${before.outTradeNo}r01`,
              refundFen: 1,
              totalFen: 1234,
              reason: "退",
            })
          }
          const kinds = ["lost-request", "system-error", "lost-response"] as const
          for (const kind of kinds) {
            // More than once: clients try again by themselves when a connection breaks before the answer.
            breakThings(platforms.sandbox, { kind, operation, times: 9 })
            const outcome = await calls[operation](before)
            // A close that was carried out and asked for again is refused as closed; only a query is believed there.
            if (operation === "close") expect(outcome.kind).not.toBe("succeeded")
            else expect(outcome.kind).toBe("unknown")
            platforms.sandbox.world.faults.clear()
          }
          breakThings(platforms.sandbox, { kind: "lost-request", operation, manner: "hang" })
          expect(await calls[operation](before, hasty)).toEqual({ kind: "unknown", cause: "time-out" })
          if (operation === "close") return
          breakThings(platforms.sandbox, { kind: "signature-probe", operation })
          expect(await calls[operation](before)).toEqual({ kind: "unknown", cause: "unverified" })
        })
      }
    })

    describe("notifications", () => {
      async function notices(count: number): Promise<NotificationMessage[]> {
        return until(() => received.length >= count && received, "notified")
      }

      test("[PY-5] reads a payment: number, payee, total without the coupon, the platform's number", async () => {
        const one = await opened()
        await decide(platforms.sandbox, buyer, one.bridge, "pay", 200)
        const [message] = await notices(1)
        const transactionId = platforms.sandbox.world.store.order(platform, one.outTradeNo)?.tradeNo
        expect(await provider.query(one)).toMatchObject({ value: { payer: told() } })
        expect(await provider.readNotification(message!)).toEqual({
          ok: true,
          value: {
            about: "payment",
            outTradeNo: one.outTradeNo,
            payeeAccount: payee.account,
            directAccount,
            trade: { state: "paid", totalFen: 1234, transactionId: transactionId ?? "", payer: told() },
          },
        })
      })

      test("[PY-5] reads a refund by its number", async () => {
        const one = await paid()
        await provider.refund({ ...one, outRefundNo: `${one.outTradeNo}r01`, refundFen: 34 })
        clock.advance(1000)
        const outRefundNo = `${one.outTradeNo}r01`
        const notice = await until(async () => {
          const read = await Promise.all(received.map((message) => provider.readNotification(message)))
          const found = read.find(
            (result) => result.ok && result.value.about === "refund" && result.value.outRefundNo === outRefundNo,
          )
          return found?.ok ? found.value : undefined
        }, "the refund is told")
        expect(notice).toMatchObject({ outTradeNo: one.outTradeNo, refund: { state: "succeeded" } })
      })

      test("[PY-5] refuses it with any byte changed, at another account's address, without a signature, and as a probe", async () => {
        await paid()
        const [message] = await notices(1)
        for (let at = 0; at < message!.body.length; at += 29) {
          const body = Uint8Array.from(message!.body)
          body[at] = body[at]! ^ 1
          expect((await provider.readNotification({ ...message!, body })).ok).toBe(false)
        }
        const others = [undefined, "stall-a", "stall-b", "nobody"].filter((name) => name !== directAccount)
        for (const other of others) {
          expect((await provider.readNotification({ ...message!, directAccount: other })).ok).toBe(false)
        }
        const unsigned = { ...message!.headers, "wechatpay-signature": undefined }
        const bare = new TextDecoder().decode(message!.body).replace(/&?sign=[^&]*/, "")
        const stripped = platform === "alipay" ? new TextEncoder().encode(bare) : message!.body
        const bareMessage = { ...message!, headers: unsigned, body: stripped }
        expect((await provider.readNotification(bareMessage)).ok).toBe(false)
        breakThings(platforms.sandbox, { kind: "signature-probe", operation: "notify" })
        const before = received.length
        await paid()
        const probe = (await notices(before + 1))[before]
        expect(await provider.readNotification(probe!)).toEqual({ ok: false, error: "notification/unverified" })
      })
    })
  })
}
