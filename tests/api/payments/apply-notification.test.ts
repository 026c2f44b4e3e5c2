import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { alipayNotificationWire } from "@suyuan/sandbox/alipay/notify"
import { wechatNotificationWire } from "@suyuan/sandbox/wechat-pay/notify"
import { eq } from "drizzle-orm"
import { type Market, openMarket, saleFen } from "./market"
import { platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterAll(() => market.end())

const wires = {
  "wechat-pay": wechatNotificationWire(() => market.sandbox.world),
  alipay: alipayNotificationWire(() => market.sandbox.world),
} as const

/** What the sandbox would post for an order, signed and sealed, posted by hand. */
async function post(
  platform: (typeof platformsOf)[number],
  message: { body: string; headers: Record<string, string> },
) {
  const response = await market.router.request(`/notifications/${platform}`, { method: "POST", ...message })
  return { status: response.status, body: await response.text() }
}

for (const platform of platformsOf) {
  describe(platform, () => {
    const good = platform === "alipay" ? { status: 200, body: "success" } : { status: 204, body: "" }
    const bad = (status: number, message = "失败") => ({
      status,
      body: platform === "alipay" ? "fail" : JSON.stringify({ code: "FAIL", message }),
    })

    /** A paid order whose notification is held back, and that notification. */
    async function held() {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      market.breakThings({ kind: "lost-request", operation: "notify", orderNo: opened.outTradeNo, times: 50 })
      await market.decideOn(opened, payer)
      const { notifier } = market.sandbox.world
      const notification = notifier.list().find(({ orderNo }) => orderNo === opened.outTradeNo)!
      return { sale, opened, notification }
    }

    function wire(notification: Awaited<ReturnType<typeof held>>["notification"], content = notification.content) {
      const { body, headers } = wires[platform].compose({ ...notification, content }, { probe: false })
      return { body, headers: { ...headers } }
    }

    test("[PY-5] is taken in once, and answered as well the second time", async () => {
      const { sale, notification } = await held()
      const answers = await Promise.all([post(platform, wire(notification)), post(platform, wire(notification))])
      expect(answers).toEqual([good, good])
      expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen, version: 2 })
    })

    test("[PY-5] with a changed byte it changes nothing and is answered FAIL", async () => {
      const { sale, notification } = await held()
      const { body, headers } = wire(notification)
      const forged =
        platform === "alipay"
          ? body.replace("total_amount=12.34", "total_amount=12.35")
          : body.replace(/(?<="id":".)./, "x")
      expect(forged).not.toBe(body)
      expect(await post(platform, { body: forged, headers })).toEqual(bad(401, "验签失败"))
      expect(await post(platform, { body: "{}", headers: {} })).toEqual(bad(401, "验签失败"))
      expect(await market.saleRow(sale)).toMatchObject({ state: "paying" })
    })

    test("[PY-5] for another payee it is refused with an alarm, though the platform signed it", async () => {
      const { sale, opened, notification } = await held()
      const payee = platform === "alipay" ? { seller_id: "2088000000000003" } : { sub_mchid: "1900000110" }
      const content = { ...notification.content, ...payee }
      expect(await post(platform, wire(notification, content))).toEqual(bad(422))
      expect(await market.saleRow(sale)).toMatchObject({ state: "paying" })
      const alarms = await market.ctx.db.select().from(audit).where(eq(audit.subject, opened.outTradeNo))
      // Refusing does not undo the alarm.
      expect(alarms).toMatchObject([{ verb: "payments/wrong-payee" }])
    })

    test("[PY-5] for another app or a number that we do not have it is refused", async () => {
      const { notification } = await held()
      const app = platform === "alipay" ? { app_id: "2021000100000009" } : { sp_appid: "wx0000000000000000" }
      expect(await post(platform, wire(notification, { ...notification.content, ...app }))).toEqual(bad(422))
      const number = { out_trade_no: `${String(notification.content.out_trade_no).slice(0, 21)}7` }
      expect(await post(platform, wire(notification, { ...notification.content, ...number }))).toEqual(bad(422))
    })

    test("an endless body is refused before it is read", async () => {
      const { status } = await post(platform, { body: "x".repeat(70_000), headers: {} })
      expect(status).toBeGreaterThanOrEqual(400)
    })
  })
}
