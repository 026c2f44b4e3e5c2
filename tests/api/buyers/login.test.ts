import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { alipayLoginFromConfig } from "@suyuan/api/adapters/alipay-login"
import { wechatLoginFromConfig } from "@suyuan/api/adapters/wechat-login"
import { login } from "@suyuan/api/buyers/login"
import type { LoginProviders } from "@suyuan/api/buyers/login-provider"
import { endSession, sessionBuyer } from "@suyuan/api/buyers/session"
import { buyerSessions } from "@suyuan/drizzle/schema/buyers"
import type { Buyer, CodeKind } from "@suyuan/sandbox/buyers/buyers"
import { type TestGateway, testClock, testGateway } from "../../support/context"
import { refusalOf } from "../../support/stall"
import { type Platforms, startPlatforms } from "../payments/platforms"

const clock = testClock()
let platforms: Platforms
let gateway: TestGateway
let logins: LoginProviders
let person: Buyer
beforeAll(async () => {
  platforms = await startPlatforms(clock)
  gateway = await testGateway({ ...platforms.sandbox.environment })
  const { config } = gateway.ctx
  logins = { "wechat-pay": wechatLoginFromConfig(config), alipay: alipayLoginFromConfig(config, clock) }
  person = platforms.sandbox.world.buyers.add("甲")
}, 60_000)
afterEach(() => platforms.sandbox.world.faults.clear())
afterAll(async () => {
  await platforms.end()
  await gateway.close()
})

const codeFor = (kind: CodeKind) => platforms.sandbox.world.buyers.issueCode(person, kind)
const ways = [
  { kind: "wechat-mini", platform: "wechat-pay", channel: "mini" },
  { kind: "wechat-h5", platform: "wechat-pay", channel: "h5" },
  { kind: "alipay", platform: "alipay", channel: "mini" },
] as const

for (const { kind, platform, channel } of ways) {
  describe(kind, () => {
    test("[PY-15] the same person in the same app is the same buyer, with a session each time", async () => {
      const { ctx } = gateway
      const first = await login(ctx, logins, { platform, channel, code: codeFor(kind) })
      const again = await login(ctx, logins, { platform, channel, code: codeFor(kind) })
      expect(again.buyerId).toBe(first.buyerId)
      expect(again.token).not.toBe(first.token)
      const session = await sessionBuyer(ctx, first.token)
      expect(session?.actor).toEqual({ kind: "buyer", id: first.buyerId, siteIds: [], scopes: [] })
      const ids = [...Object.values(person.openids), person.alipayOpenId]
      expect(ids).toContain(session?.buyer.openId ?? "")
    })

    test("[PY-15] a code works once", async () => {
      const code = codeFor(kind)
      await login(gateway.ctx, logins, { platform, channel, code })
      expect(await refusalOf(login(gateway.ctx, logins, { platform, channel, code }))).toBe("buyer/login-refused")
    })
  })
}

test("[PY-15] one person in two apps is two buyers, and nothing joins them", async () => {
  const made = []
  for (const { kind, platform, channel } of ways) {
    made.push(await login(gateway.ctx, logins, { platform, channel, code: codeFor(kind) }))
  }
  expect(new Set(made.map(({ buyerId }) => buyerId)).size).toBe(3)
})

test("a login that nobody answers is unavailable, not refused", async () => {
  const config = {
    ...gateway.ctx.config,
    WECHAT_LOGIN_BASE_URL: "http://127.0.0.1:1",
    ALIPAY_GATEWAY_URL: "http://127.0.0.1:1/gateway.do",
  }
  const deaf = { "wechat-pay": wechatLoginFromConfig(config), alipay: alipayLoginFromConfig(config, clock) }
  for (const { platform, channel } of ways) {
    expect(await refusalOf(login(gateway.ctx, deaf, { platform, channel, code: "c" }))).toBe("buyer/login-unavailable")
  }
})

test("[PY-16] a session is kept as a hash, ends when asked and after 30 days", async () => {
  const { ctx } = gateway
  const start = () => login(ctx, logins, { platform: "alipay", channel: "mini", code: codeFor("alipay") })
  const [one, other] = [await start(), await start()]
  const stored = await ctx.db.select().from(buyerSessions)
  expect(JSON.stringify(stored)).not.toContain(one.token.slice(4, 20))
  await endSession(ctx, one.token)
  expect(await sessionBuyer(ctx, one.token)).toBeUndefined()
  expect(await sessionBuyer(ctx, other.token)).toBeDefined()
  gateway.clock.advance(30 * 86_400_000)
  expect(await sessionBuyer(ctx, other.token)).toBeUndefined()
  expect(await sessionBuyer(ctx, "syb_nothing")).toBeUndefined()
  expect(await sessionBuyer(ctx, undefined)).toBeUndefined()
})
