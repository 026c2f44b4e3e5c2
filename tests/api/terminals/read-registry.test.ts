import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { connectTerminalRegistry } from "@suyuan/api/adapters/evm-terminal-registry"
import { terminalKey } from "@suyuan/api/terminals/authenticate"
import { readRegistry } from "@suyuan/api/terminals/read-registry"
import { registerTerminals } from "@suyuan/api/terminals/register-terminals"
import type { TerminalEntry } from "@suyuan/api/terminals/terminal-register"
import { alarms } from "@suyuan/drizzle/schema/alarms"
import { records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { verifyProof } from "@suyuan/protocol/ledger/proof"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { TerminalKey } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { type TestLedger, testLedger } from "../../support/ledger"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { newTablet } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let ledger: TestLedger
let registry: ReturnType<typeof connectTerminalRegistry>
let stall: SellingTerminal
let others: SellingTerminal[]
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  others = [await sellingTerminal(gateway.ctx), await sellingTerminal(gateway.ctx)]
  const rpcUrl = await testChain()
  ledger = await testLedger(gateway.ctx, rpcUrl, gateway.clock.advance)
  registry = connectTerminalRegistry({ rpcUrls: [rpcUrl], deployment: ledger.deployment, finalDepth: 0 })
})
afterAll(async () => {
  registry?.close()
  ledger?.close()
  await gateway?.close()
})

const rowOf = async (terminalId: number) => {
  const [row] = await gateway.ctx.db.select().from(terminals).where(eq(terminals.id, terminalId))
  if (!row) throw new Error("no such terminal")
  return row
}
async function numberOf(one: SellingTerminal): Promise<number> {
  const [organisation] = await gateway.ctx.db
    .select({ number: participants.number })
    .from(participants)
    .where(eq(participants.id, one.participantId))
  return organisation?.number ?? 0
}
/** As the organisation's own tool enters it: nobody tells the gateway. */
async function enter(one: SellingTerminal, more: Partial<TerminalEntry> = {}) {
  const row = await rowOf(one.terminalId)
  const participantNumber = await numberOf(one)
  return ledger.register.put({
    ...{ ...terminalKey(row), terminalId: one.terminalId, participantNumber, state: "active" },
    ...more,
  })
}
async function servedKey(one: SellingTerminal): Promise<TerminalKey | number> {
  const app = testApp(gateway.ctx, { chain: ledger.chain })
  const answer = await app.request(`/ledger/terminals/${terminalToHex(one.terminalId)}`)
  if (answer.status !== 200) return answer.status
  const { algorithm, publicKey } = (await answer.json()) as { algorithm: TerminalKey["algorithm"]; publicKey: string }
  return { algorithm, publicKey: fromHex(publicKey) ?? new Uint8Array() }
}
async function proofWith(terminalKey: TerminalKey) {
  const [sale] = await gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS.sale))
  if (!sale) throw new Error("no sale")
  return verifyProof(await ledger.proof(sale.recordId), {
    ...{ networkId: gateway.ctx.config.NETWORK_ID, chainId: ledger.deployment.chainId, developmentChain: true },
    contract: fromHex(ledger.deployment.ledger.slice(2)) ?? new Uint8Array(),
    root: await ledger.reader.rootOf(1, sale.sequence ?? 0),
    ...{ terminalKey, verifySignature: verifyNoble },
  })
}
const read = () => readRegistry(gateway.ctx, registry)
const isAgainDue = () => gateway.clock.advance(3_600_001)

test("[EN-8] a terminal that its organisation entered is served from what the chain says, and a buyer's proof holds by it", async () => {
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const code = await stall.code(1, [gramsOf(1, 400)])
  await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash")))
  await ledger.anchorAll()
  expect(await read()).toBe(0)
  expect(await servedKey(stall)).toBe(404)

  const { transaction } = await enter(stall)
  isAgainDue()
  expect(await read()).toBe(1)
  expect(await rowOf(stall.terminalId)).toMatchObject({ registeredState: "active", registeredTx: transaction })
  const key = await servedKey(stall)
  if (typeof key === "number") throw new Error("no key is served")
  const report = await proofWith(key)
  expect(report.steps.filter(({ outcome }) => outcome === "failed")).toEqual([])
  expect(report.verified).toBe(true)
})

test("[EN-8] follows what its organisation changes there", async () => {
  await enter(stall, { state: "suspended" })
  expect(await read()).toBe(0)
  isAgainDue()
  expect(await read()).toBe(1)
  expect(await rowOf(stall.terminalId)).toMatchObject({ registeredState: "suspended" })
})

test("[EN-8] another's key or organisation under our id is refused and raises an alarm, and holds up no other", async () => {
  const [foreign, owned] = others
  if (!foreign || !owned) throw new Error("two more terminals")
  await enter(foreign, { publicKey: newTablet().publicKey })
  await enter(owned, { participantNumber: await numberOf(stall) })
  isAgainDue()
  await read()
  for (const one of [foreign, owned]) {
    expect(await servedKey(one)).toBe(404)
    const name = terminalToHex(one.terminalId)
    const [alarm] = await gateway.ctx.db.select().from(alarms).where(eq(alarms.subject, name))
    expect(alarm).toMatchObject({ kind: "registry-differs", siteId: one.siteId, evidence: { terminal: name } })
  }
  expect(await servedKey(stall)).not.toBe(404)
})

test("[request lost] while no node answers nothing changes; the next run notes it", async () => {
  await enter(stall, { state: "active" })
  isAgainDue()
  const away = { ...registry, find: () => Promise.reject(new Error("no node answers")) }
  await expect(readRegistry(gateway.ctx, away)).rejects.toThrow("no node")
  expect(await rowOf(stall.terminalId)).toMatchObject({ registeredState: "suspended" })
  await read()
  expect(await rowOf(stall.terminalId)).toMatchObject({ registeredState: "active" })
})

test("[EN-8] whoever took our id before its organisation entered it: an alarm, no key, and the next terminal is entered all the same", async () => {
  const [taken, free] = [await sellingTerminal(gateway.ctx), await sellingTerminal(gateway.ctx)]
  for (const one of [taken, free]) await ledger.enterOrganisation(await numberOf(one))
  await enter(taken, { publicKey: newTablet().publicKey, participantNumber: await numberOf(stall) })
  await registerTerminals(gateway.ctx, ledger.register)
  const name = terminalToHex(taken.terminalId)
  const [alarm, ...more] = await gateway.ctx.db.select().from(alarms).where(eq(alarms.subject, name))
  expect(more).toEqual([])
  expect(alarm).toMatchObject({
    ...{ kind: "registry-differs", siteId: taken.siteId },
    evidence: { registeredOrganisation: await numberOf(stall), enrolledOrganisation: await numberOf(taken) },
  })
  expect([await servedKey(taken), typeof (await servedKey(free))]).toEqual([404, "object"])
})
