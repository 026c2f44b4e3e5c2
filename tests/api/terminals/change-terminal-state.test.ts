import { describe, expect, test } from "bun:test"
import { judgeTerminalState, requireTerminal } from "@suyuan/api/terminals/authenticate"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { confirmTerminal } from "@suyuan/api/terminals/confirm-terminal"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { listTerminals } from "@suyuan/api/terminals/list-terminals"
import { audit, outbox } from "@suyuan/drizzle/schema/outbox"
import { and, eq } from "drizzle-orm"
import type { TestGateway } from "../../support/context"
import { withOwnStall } from "../../support/own-stall"
import {
  enrolmentOf,
  enrolTerminal,
  makeStall,
  newTablet,
  operator,
  operatorOf,
  operatorWithout,
  refusalOf,
  type TestStall,
  testBrokerTokens,
} from "../../support/stall"

let gateway: TestGateway
let stall: TestStall
withOwnStall((own) => {
  gateway = own.gateway
  stall = own.stall
})

async function claimedTerminal() {
  const { claimCode } = await createClaimCode(gateway.ctx, operator, { merchantId: stall.merchantId, confirmed: false })
  const reply = await enrol(
    gateway.ctx,
    testBrokerTokens(gateway.ctx),
    enrolmentOf(gateway.ctx, newTablet(), claimCode),
  )
  return { id: Number.parseInt(reply.terminalId, 16), hex: reply.terminalId, fingerprint: reply.fingerprint }
}

const auditsOf = (hex: string, verb: string) =>
  gateway.ctx.db
    .select()
    .from(audit)
    .where(and(eq(audit.subject, hex), eq(audit.verb, verb)))

describe("confirming a terminal", () => {
  test("refuses the wrong actor", async () => {
    const { id, fingerprint } = await claimedTerminal()
    const another = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("terminals:write"), operatorOf(another.siteId)]) {
      expect(await refusalOf(confirmTerminal(gateway.ctx, actor, id, fingerprint))).toBe("request/forbidden")
    }
    expect((await requireTerminal(gateway.ctx.db, id)).state).toBe("claimed")
  })

  test("[EN-7] takes the fingerprint as a person types it, and no other", async () => {
    const { id, hex, fingerprint } = await claimedTerminal()
    const other = await claimedTerminal()
    for (const wrong of [other.fingerprint, "", fingerprint.slice(1)]) {
      expect(await refusalOf(confirmTerminal(gateway.ctx, operator, id, wrong))).toBe("terminal/fingerprint-differs")
    }
    const typed = fingerprint.toLowerCase().replaceAll("-", " ")
    expect((await confirmTerminal(gateway.ctx, operatorOf(stall.siteId), id, typed)).state).toBe("active")
    expect(await auditsOf(hex, "terminals/confirm")).toHaveLength(1)
  })

  test("[response lost] again is success and audited once", async () => {
    const { id, hex, fingerprint } = await claimedTerminal()
    await confirmTerminal(gateway.ctx, operator, id, fingerprint)
    expect((await confirmTerminal(gateway.ctx, operator, id, fingerprint)).state).toBe("active")
    expect(await auditsOf(hex, "terminals/confirm")).toHaveLength(1)
  })

  test("refuses one that is suspended or revoked: those are resumed, or enrolled anew", async () => {
    const { id, fingerprint } = await claimedTerminal()
    await confirmTerminal(gateway.ctx, operator, id, fingerprint)
    for (const change of ["suspend", "revoke"] as const) {
      await changeTerminalState(gateway.ctx, operator, id, change, "test")
      expect(await refusalOf(confirmTerminal(gateway.ctx, operator, id, fingerprint))).toBe("terminal/wrong-state")
    }
  })

  test("lists what waits for a person", async () => {
    const { id } = await claimedTerminal()
    const waiting = await listTerminals(gateway.ctx.db, operatorOf(stall.siteId), { state: "claimed", limit: 200 })
    expect(waiting.map((row) => row.id)).toContain(id)
    const another = await makeStall(gateway.ctx)
    expect(await listTerminals(gateway.ctx.db, operatorOf(another.siteId), { limit: 200 })).toEqual([])
  })
})

describe("suspending, resuming and revoking", () => {
  test("refuses the wrong actor", async () => {
    const { terminalId } = await enrolTerminal(gateway.ctx, stall.merchantId)
    const another = await makeStall(gateway.ctx)
    for (const change of ["suspend", "resume", "revoke"] as const) {
      for (const actor of [operatorWithout("terminals:write"), operatorOf(another.siteId)]) {
        expect(await refusalOf(changeTerminalState(gateway.ctx, actor, terminalId, change, "test"))).toBe(
          "request/forbidden",
        )
      }
    }
    expect((await requireTerminal(gateway.ctx.db, terminalId)).state).toBe("active")
  })

  test("[EN-9] [EN-10] raises the epoch of broker tokens when it stops a terminal, and tells the terminal", async () => {
    const { terminalId, enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    const change = (verb: "suspend" | "resume" | "revoke") =>
      changeTerminalState(gateway.ctx, operator, terminalId, verb, "tablet is being repaired")
    expect(await change("suspend")).toMatchObject({ state: "suspended", tokenEpoch: 1 })
    expect(await change("resume")).toMatchObject({ state: "active", tokenEpoch: 1 })
    expect(await change("revoke")).toMatchObject({ state: "revoked", tokenEpoch: 2 })
    const notices = await gateway.ctx.db.select().from(outbox).where(eq(outbox.recipient, enrolment.terminalId))
    expect(notices.map((notice) => notice.payload.state)).toEqual(["suspended", "active", "revoked"])
    const [suspended] = await auditsOf(enrolment.terminalId, "terminals/suspend")
    expect(suspended).toMatchObject({
      siteId: stall.siteId,
      actorId: operator.id,
      detail: { reason: "tablet is being repaired", from: "active" },
    })
  })

  test("[response lost] again is success, changes nothing and is audited once", async () => {
    const { terminalId, enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    for (let i = 0; i < 2; i++) {
      const row = await changeTerminalState(gateway.ctx, operator, terminalId, "revoke", "lost")
      expect(row).toMatchObject({ state: "revoked", tokenEpoch: 1 })
    }
    expect(await auditsOf(enrolment.terminalId, "terminals/revoke")).toHaveLength(1)
  })

  test("[EN-9] a revoked terminal never comes back", async () => {
    const { terminalId } = await enrolTerminal(gateway.ctx, stall.merchantId)
    await changeTerminalState(gateway.ctx, operator, terminalId, "revoke", "stolen")
    for (const change of ["suspend", "resume"] as const) {
      expect(await refusalOf(changeTerminalState(gateway.ctx, operator, terminalId, change, "test"))).toBe(
        "terminal/wrong-state",
      )
    }
  })

  test("two operators at once: one change, one audit line", async () => {
    const { terminalId, enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    await Promise.all(
      [1, 2, 3].map(() => changeTerminalState(gateway.ctx, operator, terminalId, "suspend", "all at once")),
    )
    expect(await requireTerminal(gateway.ctx.db, terminalId)).toMatchObject({ state: "suspended", tokenEpoch: 1 })
    expect(await auditsOf(enrolment.terminalId, "terminals/suspend")).toHaveLength(1)
  })
})

describe("[EN-9] what a terminal may do", () => {
  const policy = [
    ["claimed", "connect", undefined],
    ["claimed", "upload", "terminal/not-confirmed"],
    ["claimed", "sell", "terminal/not-confirmed"],
    ["active", "sell", undefined],
    ["active", "bind", undefined],
    ["suspended", "upload", undefined],
    ["suspended", "sell", "terminal/suspended"],
    ["suspended", "bind", "terminal/suspended"],
    ["revoked", "connect", "terminal/revoked"],
    ["revoked", "upload", "terminal/revoked"],
  ] as const
  for (const [state, purpose, refusal] of policy) {
    test(`${state}: ${purpose} ${refusal ? `is refused with ${refusal}` : "is allowed"}`, () => {
      expect(judgeTerminalState(state, purpose)).toBe(refusal)
    })
  }

  test("an id that nobody enrolled is unknown", async () => {
    expect(await refusalOf(requireTerminal(gateway.ctx.db, 0xff_ffff_ffff))).toBe("terminal/unknown")
  })
})
