import { afterAll, beforeAll, expect, test } from "bun:test"
import { requireTerminal } from "@suyuan/api/terminals/authenticate"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { registerTerminals } from "@suyuan/api/terminals/register-terminals"
import type { TerminalEntry, TerminalRegister } from "@suyuan/api/terminals/terminal-register"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { type TestGateway, testGateway } from "../../support/context"
import { enrolmentOf, enrolTerminal, makeStall, newTablet, operator, testBrokerTokens } from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

/** A register in memory that loses what it is told to. */
function fakeRegister() {
  const entries = new Map<number, TerminalEntry>()
  const faults: ("request lost" | "response lost")[] = []
  let transactions = 0
  const register: TerminalRegister = {
    async put(entry) {
      const fault = faults.shift()
      if (fault === "request lost") throw new Error("chain out of reach")
      entries.set(entry.terminalId, entry)
      if (fault === "response lost") throw new Error("no receipt in time")
      transactions += 1
      return { transaction: `0x${transactions}` }
    },
  }
  return { register, entries, faults }
}

test("[EN-8] enters a terminal once it is active, with its organisation's number, and follows its states", async () => {
  const { register, entries } = fakeRegister()
  const { merchantId } = await makeStall(gateway.ctx)
  const { terminalId, tablet } = await enrolTerminal(gateway.ctx, merchantId)
  expect(await registerTerminals(gateway.ctx, register)).toBe(1)
  const entry = entries.get(terminalId)
  expect(entry).toMatchObject({ algorithm: "ed25519", state: "active" })
  expect(toHex(entry!.publicKey)).toBe(toHex(tablet.publicKey))
  expect(await registerTerminals(gateway.ctx, register)).toBe(0)
  for (const [change, state] of [
    ["suspend", "suspended"],
    ["resume", "active"],
    ["revoke", "revoked"],
  ] as const) {
    await changeTerminalState(gateway.ctx, operator, terminalId, change, "test")
    expect(await registerTerminals(gateway.ctx, register)).toBe(1)
    expect(entries.get(terminalId)?.state).toBe(state)
  }
  // The transaction that entered the key stays.
  expect((await requireTerminal(gateway.ctx.db, terminalId)).registeredTx).toBe("0x1")
})

test("[EN-8] never enters a terminal that nobody confirmed, nor one revoked before anybody did", async () => {
  const { register, entries } = fakeRegister()
  const { merchantId } = await makeStall(gateway.ctx)
  const { claimCode } = await createClaimCode(gateway.ctx, operator, { merchantId, confirmed: false })
  const reply = await enrol(
    gateway.ctx,
    testBrokerTokens(gateway.ctx),
    enrolmentOf(gateway.ctx, newTablet(), claimCode),
  )
  const terminalId = Number.parseInt(reply.terminalId, 16)
  expect(await registerTerminals(gateway.ctx, register)).toBe(0)
  await changeTerminalState(gateway.ctx, operator, terminalId, "revoke", "overheard code")
  expect(await registerTerminals(gateway.ctx, register)).toBe(0)
  expect(entries.size).toBe(0)
})

for (const fault of ["request lost", "response lost"] as const) {
  test(`[${fault}] a terminal is entered by the next run, and others meanwhile`, async () => {
    const { register, entries, faults } = fakeRegister()
    const { merchantId } = await makeStall(gateway.ctx)
    const one = await enrolTerminal(gateway.ctx, merchantId)
    const two = await enrolTerminal(gateway.ctx, merchantId)
    faults.push(fault)
    expect(await registerTerminals(gateway.ctx, register)).toBe(1)
    expect(await registerTerminals(gateway.ctx, register)).toBe(1)
    for (const { terminalId } of [one, two]) {
      expect(entries.get(terminalId)?.state).toBe("active")
      expect((await requireTerminal(gateway.ctx.db, terminalId)).registeredTx).not.toBeNull()
    }
  })
}
