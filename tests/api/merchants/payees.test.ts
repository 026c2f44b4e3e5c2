import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { applyPayeeChanges } from "@suyuan/api/merchants/apply-payee-changes"
import { approvePayeeChange, payeeDelayMs, withdrawPayeeChange } from "@suyuan/api/merchants/decide-payee-change"
import { listPayees } from "@suyuan/api/merchants/find-merchant"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import {
  enrolTerminal,
  makeStall,
  operator,
  operatorOf,
  operatorWithout,
  refusalOf,
  secondOperator,
} from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway({ WECHAT_PAY_MERCHANTS_FILE: merchantsFile })
}, 60_000)
afterAll(async () => {
  await gateway.close()
  rmSync(directory, { recursive: true, force: true })
})

const directory = mkdtempSync(join(tmpdir(), "payees-"))
const merchantsFile = join(directory, "merchants.json")
const keyFiles = {
  privateKeyFile: "unread",
  apiV3KeyFile: "unread",
  platformKeys: [{ id: "PUB_KEY_ID_1", file: "unread" }],
}
writeFileSync(
  merchantsFile,
  JSON.stringify([
    { name: "li", mchid: "1800000001", serial: "5157F09EFDC096DE", ...keyFiles },
    { name: "wang", mchid: "1800000002", serial: "5157F09EFDC096DF", ...keyFiles },
  ]),
)

const first = { platform: "wechat-pay", account: "1900000109" } as const
const other = { platform: "wechat-pay", account: "1900000208" } as const

const accountsOf = async (merchantId: string) =>
  (await listPayees(gateway.ctx.db, operator, merchantId)).accounts.map((row) => row.account)

/** A merchant with a first account and a proposed second one. */
async function proposedChange() {
  const stall = await makeStall(gateway.ctx)
  await setPayee(gateway.ctx, operator, stall.merchantId, first)
  const proposed = await setPayee(gateway.ctx, operator, stall.merchantId, other)
  if (proposed.state !== "proposed") throw new Error("a second account must be proposed only")
  return { ...stall, changeId: proposed.changeId }
}

describe("payee accounts", () => {
  test("refuses the wrong actor for each step", async () => {
    const { merchantId, changeId } = await proposedChange()
    const another = await makeStall(gateway.ctx)
    for (const actor of [
      operatorWithout("merchants:write"),
      operatorOf(another.siteId),
      { kind: "merchant", id: "terminal:0100000001", siteIds: [], scopes: [] } as const,
    ]) {
      expect(await refusalOf(setPayee(gateway.ctx, actor, merchantId, first))).toBe("request/forbidden")
      expect(await refusalOf(approvePayeeChange(gateway.ctx, actor, changeId))).toBe("request/forbidden")
      expect(await refusalOf(withdrawPayeeChange(gateway.ctx, actor, changeId))).toBe("request/forbidden")
      expect(await refusalOf(listPayees(gateway.ctx.db, actor, merchantId))).toBe("request/forbidden")
    }
  })

  test("the first is in force at once, and so is the same again", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    expect(await setPayee(gateway.ctx, operator, merchantId, first)).toEqual({ state: "in-force" })
    expect(await setPayee(gateway.ctx, operator, merchantId, first)).toEqual({ state: "in-force" })
    expect(await accountsOf(merchantId)).toEqual([first.account])
  })

  test("another needs a second person: not its proposer, and no machine", async () => {
    const { merchantId, changeId } = await proposedChange()
    expect(await refusalOf(approvePayeeChange(gateway.ctx, operator, changeId))).toBe("payee/second-person-needed")
    const machine = { ...secondOperator, kind: "machine" } as const
    expect(await refusalOf(approvePayeeChange(gateway.ctx, machine, changeId))).toBe("payee/second-person-needed")
    expect(await accountsOf(merchantId)).toEqual([first.account])
  })

  test("another is in force a day after its approval, not before, and once", async () => {
    const { merchantId, changeId } = await proposedChange()
    const { appliesAt } = await approvePayeeChange(gateway.ctx, secondOperator, changeId)
    expect(appliesAt.getTime()).toBe(gateway.clock.nowMs() + payeeDelayMs)
    expect(await approvePayeeChange(gateway.ctx, secondOperator, changeId)).toEqual({ appliesAt })
    gateway.clock.advance(payeeDelayMs - 1)
    expect(await applyPayeeChanges(gateway.ctx)).toBe(0)
    expect(await accountsOf(merchantId)).toEqual([first.account])
    gateway.clock.advance(1)
    expect(await applyPayeeChanges(gateway.ctx)).toBe(1)
    expect(await applyPayeeChanges(gateway.ctx)).toBe(0)
    expect(await accountsOf(merchantId)).toEqual([other.account])
  })

  test("[response lost] proposing again gives the same change; another one waits its turn", async () => {
    const { merchantId, changeId } = await proposedChange()
    expect(await setPayee(gateway.ctx, operator, merchantId, other)).toEqual({ state: "proposed", changeId })
    const third = { platform: "wechat-pay", account: "1900000307" } as const
    expect(await refusalOf(setPayee(gateway.ctx, operator, merchantId, third))).toBe("payee/change-pending")
  })

  test("a change that is withdrawn, also after approval, never comes into force", async () => {
    const { merchantId, siteId, changeId } = await proposedChange()
    await approvePayeeChange(gateway.ctx, secondOperator, changeId)
    await withdrawPayeeChange(gateway.ctx, operatorOf(siteId), changeId)
    await withdrawPayeeChange(gateway.ctx, operatorOf(siteId), changeId)
    gateway.clock.advance(payeeDelayMs)
    await applyPayeeChanges(gateway.ctx)
    expect(await accountsOf(merchantId)).toEqual([first.account])
    expect(await refusalOf(approvePayeeChange(gateway.ctx, secondOperator, changeId))).toBe("payee/change-unknown")
    expect((await setPayee(gateway.ctx, operator, merchantId, other)).state).toBe("proposed")
  })

  test("the stall's terminal is told of every step", async () => {
    const { merchantId, changeId } = await proposedChange()
    const { enrolment } = await enrolTerminal(gateway.ctx, merchantId)
    await approvePayeeChange(gateway.ctx, secondOperator, changeId)
    gateway.clock.advance(payeeDelayMs)
    await applyPayeeChanges(gateway.ctx)
    const notices = await gateway.ctx.db.select().from(outbox).where(eq(outbox.recipient, enrolment.terminalId))
    const payee = { mode: "service-provider", account: other.account }
    const inForce = { mode: "service-provider", account: first.account }
    expect(notices.map((notice) => notice.payload)).toMatchObject([
      { kind: "payee-approved", platform: "wechat-pay", payee, inForce },
      { kind: "payee-applied", platform: "wechat-pay", payee },
    ])
  })

  test("[PY-20] a merchant that collects by itself is named by its account in the configuration, and no other name", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    const own = { platform: "wechat-pay", directAccount: "li" } as const
    expect(await refusalOf(setPayee(gateway.ctx, operator, merchantId, { ...own, directAccount: "zhao" }))).toBe(
      "payee/account-unknown",
    )
    expect(await setPayee(gateway.ctx, operator, merchantId, own)).toEqual({ state: "in-force" })
    expect(await setPayee(gateway.ctx, operator, merchantId, own)).toEqual({ state: "in-force" })
    const { accounts } = await listPayees(gateway.ctx.db, operator, merchantId)
    expect(accounts).toMatchObject([{ account: "1800000001", directAccount: "li" }])
  })

  test("[PY-20] from the service provider to the own number and back: two persons, a day, and the terminal is told", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    const { enrolment } = await enrolTerminal(gateway.ctx, merchantId)
    await setPayee(gateway.ctx, operator, merchantId, first)
    await setPayee(gateway.ctx, operator, merchantId, first)
    const own = { platform: "wechat-pay", directAccount: "wang" } as const
    for (const payee of [own, first]) {
      const proposed = await setPayee(gateway.ctx, operator, merchantId, payee)
      if (proposed.state !== "proposed") throw new Error("a change of mode must be proposed only")
      expect(await refusalOf(approvePayeeChange(gateway.ctx, operator, proposed.changeId))).toBe(
        "payee/second-person-needed",
      )
      await approvePayeeChange(gateway.ctx, secondOperator, proposed.changeId)
      expect(await applyPayeeChanges(gateway.ctx)).toBe(0)
      gateway.clock.advance(payeeDelayMs)
      expect(await applyPayeeChanges(gateway.ctx)).toBe(1)
    }
    expect((await listPayees(gateway.ctx.db, operator, merchantId)).accounts).toMatchObject([
      { account: first.account, directAccount: null },
    ])
    const notices = await gateway.ctx.db.select().from(outbox).where(eq(outbox.recipient, enrolment.terminalId))
    const told = ["payee-proposed", "payee-approved", "payee-applied"]
    const named = (mode: string, account: string) => told.map((kind) => ({ kind, payee: { mode, account } }))
    expect(notices.map((notice) => notice.payload)).toMatchObject([
      // The first of all, too.
      { kind: "payee-applied", payee: { mode: "service-provider", account: first.account } },
      ...named("direct", "1800000002"),
      ...named("service-provider", first.account),
    ])
  })
})

test("[PY-20] over HTTP a mode comes with what it needs and nothing else; what is wrong is named", async () => {
  const { ctx } = gateway
  const { merchantId } = await makeStall(ctx)
  const app = testApp(ctx)
  const headers = { ...(await tokenOf(ctx, ["merchants:write"])), "content-type": "application/json" }
  const path = `/merchants/${merchantId}/payees`
  const ask = async (body: Record<string, unknown>) => {
    const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  for (const [wrong, field] of [
    [{ platform: "wechat-pay" }, "account"],
    [{ platform: "wechat-pay", mode: "direct" }, "directAccount"],
    [{ platform: "wechat-pay", mode: "direct", directAccount: "li", account: "1900000109" }, "account"],
    [{ platform: "wechat-pay", account: "1900000109", directAccount: "li" }, "directAccount"],
    [{ platform: "wechat-pay", mode: "pooled", account: "1900000109" }, "mode"],
    [{ platform: "wechat-pay", mode: "direct", directAccount: "Li!" }, "directAccount"],
  ] as const) {
    expect(await ask(wrong)).toMatchObject({ status: 400, body: { code: "request/malformed", field } })
  }
  const own = { platform: "wechat-pay", mode: "direct", directAccount: "zhao" }
  expect(await ask(own)).toMatchObject({ status: 409, body: { code: "payee/account-unknown", field: "directAccount" } })
  expect(await accountsOf(merchantId)).toEqual([])
  expect(await ask({ ...own, directAccount: "li" })).toMatchObject({ status: 200, body: { state: "in-force" } })
  const listed = (await (await app.request(path, { headers })).json()) as { accounts: unknown[] }
  expect(listed.accounts).toMatchObject([{ mode: "direct", account: "1800000001", directAccount: "li" }])
})
