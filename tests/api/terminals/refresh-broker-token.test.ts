import { describe, expect, test } from "bun:test"
import { ServiceError } from "@suyuan/api/errors"
import { approvePayeeChange } from "@suyuan/api/merchants/decide-payee-change"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { confirmTerminal } from "@suyuan/api/terminals/confirm-terminal"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { refreshBrokerToken } from "@suyuan/api/terminals/refresh-broker-token"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { tokenRequestMessage } from "@suyuan/protocol/terminal/enrolment"
import { eq } from "drizzle-orm"
import { decode } from "hono/jwt"
import { readBrokerToken } from "../../../scripts/engines/broker-token"
import type { TestGateway } from "../../support/context"
import { withOwnStall } from "../../support/own-stall"
import {
  enrolmentOf,
  enrolTerminal,
  makeStall,
  newTablet,
  operator,
  refusalOf,
  secondOperator,
  type TestStall,
  type TestTablet,
  testBrokerTokens,
} from "../../support/stall"

let gateway: TestGateway
let stall: TestStall
withOwnStall((own) => {
  gateway = own.gateway
  stall = own.stall
})

function requestOf(
  tablet: TestTablet,
  terminalId: number,
  issuedAtMs: number,
  networkId = gateway.ctx.config.NETWORK_ID,
) {
  const nonce = gateway.ctx.random.bytes(8)
  const signature = tablet.sign(tokenRequestMessage(networkId, { terminal: terminalId, issuedAtMs, nonce }))
  return { terminalId, issuedAtMs, nonce, signature }
}
const refresh = (request: ReturnType<typeof requestOf>) =>
  refreshBrokerToken(gateway.ctx, testBrokerTokens(gateway.ctx), request)

describe("broker tokens", () => {
  test("are given to whoever signs with the terminal's key", async () => {
    const { terminalId, tablet, enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    const reply = await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs()))
    expect(reply).toMatchObject({ state: "active", serverTimeMs: gateway.clock.nowMs() })
    expect(decode(reply.brokerToken).payload).toMatchObject({ sub: enrolment.terminalId, epoch: 0 })
  })

  test("[PY-20] come with where the stall's money goes and is to go; not for a terminal that nobody has confirmed", async () => {
    const { ctx, clock } = gateway
    const { merchantId } = await makeStall(ctx)
    const account = { platform: "wechat-pay", account: "1900000109" } as const
    await setPayee(ctx, operator, merchantId, account)
    const one = await enrolTerminal(ctx, merchantId)
    const payeesNow = async (of: typeof one) => {
      clock.advance(1)
      return (await refresh(requestOf(of.tablet, of.terminalId, clock.nowMs()))).payees
    }
    const inForce = { mode: "service-provider", account: "1900000109" } as const
    expect(await payeesNow(one)).toEqual([{ kind: "payee-applied", platform: "wechat-pay", payee: inForce }])
    const proposed = await setPayee(ctx, operator, merchantId, { ...account, account: "1900000208" })
    const payee = { ...inForce, account: "1900000208" }
    expect(await payeesNow(one)).toEqual([{ kind: "payee-proposed", platform: "wechat-pay", payee, inForce }])
    if (proposed.state !== "proposed") throw new Error("a second account must be proposed only")
    const { appliesAt } = await approvePayeeChange(ctx, secondOperator, proposed.changeId)
    const appliesAtMs = appliesAt.getTime()
    expect(await payeesNow(one)).toEqual([
      { kind: "payee-approved", platform: "wechat-pay", payee, inForce, appliesAtMs },
    ])
    const { claimCode } = await createClaimCode(ctx, operator, { merchantId, confirmed: false })
    const tablet = newTablet()
    const { terminalId, fingerprint } = await enrol(ctx, testBrokerTokens(ctx), enrolmentOf(ctx, tablet, claimCode))
    const unconfirmed = { ...one, tablet, terminalId: Number.parseInt(terminalId, 16) }
    expect(await payeesNow(unconfirmed)).toEqual([])
    await confirmTerminal(ctx, operator, unconfirmed.terminalId, fingerprint)
    const told = await ctx.db.select().from(outbox).where(eq(outbox.recipient, terminalId))
    expect(told.map((notice) => notice.payload)).toMatchObject([
      { kind: "state", state: "active" },
      { kind: "payee-approved", payee, inForce },
    ])
  })

  test("[EN-10] are what the broker reads", async () => {
    const secret = "a secret of the tests, 32 characters"
    const { enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    const nowSeconds = Math.floor(gateway.clock.nowMs() / 1000)
    expect(readBrokerToken(secret, enrolment.brokerToken, nowSeconds)?.sub).toBe(enrolment.terminalId)
    expect(readBrokerToken(secret, enrolment.brokerToken, nowSeconds + 3600)).toBeUndefined()
    const own = await testBrokerTokens(gateway.ctx).forGateway("gateway-1")
    expect(readBrokerToken(secret, own, nowSeconds)?.acl).toMatchObject({ pub: ["t/#"], sub: ["t/#"] })
  })

  test("[EN-11] refuses another key, another network, another terminal's signature", async () => {
    const one = await enrolTerminal(gateway.ctx, stall.merchantId)
    const two = await enrolTerminal(gateway.ctx, stall.merchantId)
    const nowMs = gateway.clock.nowMs()
    for (const request of [
      requestOf(newTablet(), one.terminalId, nowMs),
      requestOf(two.tablet, one.terminalId, nowMs),
      requestOf(one.tablet, one.terminalId, nowMs, 1),
      { ...requestOf(one.tablet, one.terminalId, nowMs), issuedAtMs: nowMs + 1 },
      { ...requestOf(two.tablet, two.terminalId, nowMs), terminalId: one.terminalId },
    ]) {
      expect(await refusalOf(refresh(request))).toBe("terminal/bad-signature")
    }
  })

  test("[EN-11] refuses a clock that is ten minutes off, and says the server's time", async () => {
    const { terminalId, tablet } = await enrolTerminal(gateway.ctx, stall.merchantId)
    for (const offMs of [-600_001, 600_001]) {
      const error = await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs() + offMs)).catch((e) => e)
      expect(error).toBeInstanceOf(ServiceError)
      expect(error).toMatchObject({ code: "terminal/clock-off", expected: String(gateway.clock.nowMs()) })
    }
    const again = await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs()))
    expect(again.state).toBe("active")
  })

  test("[EN-11] refuses a request that somebody recorded", async () => {
    const { terminalId, tablet } = await enrolTerminal(gateway.ctx, stall.merchantId)
    const request = requestOf(tablet, terminalId, gateway.clock.nowMs())
    await refresh(request)
    expect(await refusalOf(refresh(request))).toBe("terminal/request-repeated")
    expect(await refusalOf(refresh(requestOf(tablet, terminalId, request.issuedAtMs - 1)))).toBe(
      "terminal/request-repeated",
    )
  })

  test("[response lost] the terminal signs a later request and goes on", async () => {
    const { terminalId, tablet } = await enrolTerminal(gateway.ctx, stall.merchantId)
    await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs()))
    gateway.clock.advance(1)
    expect((await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs()))).state).toBe("active")
  })

  test("[EN-9] refuses a revoked terminal; a suspended one may still hand in what it signed", async () => {
    const { terminalId, tablet } = await enrolTerminal(gateway.ctx, stall.merchantId)
    await changeTerminalState(gateway.ctx, operator, terminalId, "suspend", "test")
    const reply = await refresh(requestOf(tablet, terminalId, gateway.clock.nowMs()))
    expect(reply.state).toBe("suspended")
    expect(decode(reply.brokerToken).payload).toMatchObject({ epoch: 1 })
    await changeTerminalState(gateway.ctx, operator, terminalId, "revoke", "test")
    gateway.clock.advance(1)
    expect(await refusalOf(refresh(requestOf(tablet, terminalId, gateway.clock.nowMs())))).toBe("terminal/revoked")
  })
})
