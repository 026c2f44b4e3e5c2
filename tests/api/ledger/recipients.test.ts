import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readParticipantRegistry } from "@suyuan/api/participants/read-registry"
import { alarms } from "@suyuan/drizzle/schema/alarms"
import { records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { openAudienceKeyRecord } from "@suyuan/sealing/audience-key-record"
import { deriveSealingKeyPair } from "@suyuan/sealing/wrap-audience-key"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { recordStates, type TestLedger, testLedger } from "../../support/ledger"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let ledger: TestLedger
let stall: SellingTerminal
let counter = 0
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  ledger = await testLedger(gateway.ctx, await testChain(), gateway.clock.advance)
  await ledger.enterTerminals()
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

let lastNumber = 900
async function addOrganisation(sealingKey: string): Promise<number> {
  const number = ++lastNumber
  await gateway.ctx.db.insert(participants).values({
    ...{ id: gateway.ctx.random.uuid(), number, name: "新来的", nameEn: "Newcomer", role: "base", sealingKey },
    createdAt: new Date(gateway.clock.nowMs()),
  })
  return number
}
async function sell(): Promise<void> {
  const code = await stall.code(++counter, [gramsOf(1, 100)])
  await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash")))
}
const keyRecords = () => gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS["audience-key"]))
const isAllAnchored = async () => expect(Object.keys(await recordStates(gateway.ctx))).toEqual(["anchored"])
async function publicKeysOpenedBy(number: number, pair = ledger.sealingKeys.get(number)): Promise<number> {
  if (!pair) throw new Error("no such organisation")
  const context = {
    ...{ networkId: gateway.ctx.config.NETWORK_ID, chainId: ledger.deployment.chainId, log: 1 },
    contract: fromHex(ledger.deployment.ledger.slice(2)) ?? new Uint8Array(),
  }
  const opened = await Promise.all(
    (await keyRecords()).map(({ publicBytes }) => openAudienceKeyRecord(publicBytes, context, number, pair.privateKey)),
  )
  return opened.filter((one) => one.ok && one.value.audience.section === "public").length
}

test("[SE-17] an organisation that the chain does not know holds up nobody; once it is known it gets the day's keys", async () => {
  const pair = await deriveSealingKeyPair(gateway.ctx.random.bytes(32))
  const newcomer = await addOrganisation(toHex(pair.publicKey))
  await sell()
  await ledger.anchorAll()
  await isAllAnchored()
  expect((await keyRecords()).flatMap(({ concerned }) => concerned)).not.toContain(newcomer)

  await ledger.enterOrganisation(newcomer)
  await sell()
  await ledger.anchorAll()
  await isAllAnchored()
  expect(await publicKeysOpenedBy(newcomer)).toBe(1)
})

const nextDay = () => gateway.clock.advance(24 * 60 * 60_000)
const alarmsOf = (number: number) =>
  gateway.ctx.db
    .select()
    .from(alarms)
    .where(and(eq(alarms.kind, "sealing-key"), eq(alarms.subject, String(number))))

/** Whom the key records name that were made while a day's sale was sealed. */
async function namedNextDay(): Promise<number[]> {
  const before = new Set((await keyRecords()).map(({ recordId }) => recordId))
  nextDay()
  await sell()
  await ledger.anchorAll()
  await isAllAnchored()
  const made = (await keyRecords()).filter(({ recordId }) => !before.has(recordId))
  expect(made.length).toBeGreaterThan(0)
  return made.flatMap(({ concerned }) => concerned)
}

test("[SE-14] a key that nothing can be wrapped to is left out and an alarm, and sealing goes on for the others", async () => {
  const broken = await addOrganisation("00".repeat(32))
  await ledger.enterOrganisation(broken)
  expect(await alarmsOf(broken)).toEqual([])
  await ledger.changeSealingKey(broken, new Uint8Array(32).fill(1, 0, 1))
  expect(await namedNextDay()).not.toContain(broken)
  expect(await alarmsOf(broken)).toMatchObject([{ state: "new", evidence: { organisation: broken, isUsable: false } }])
})

test("[SE-14] keys are wrapped to what the organisation set on the chain, never to what was entered here; the difference is an alarm, once", async () => {
  const entered = await deriveSealingKeyPair(gateway.ctx.random.bytes(32))
  const own = await deriveSealingKeyPair(gateway.ctx.random.bytes(32))
  const number = await addOrganisation(toHex(entered.publicKey))
  await ledger.enterOrganisation(number)
  await gateway.ctx.db
    .update(participants)
    .set({ sealingKey: toHex(entered.publicKey) })
    .where(eq(participants.number, number))
  await ledger.changeSealingKey(number, own.publicKey)
  expect(await namedNextDay()).toContain(number)
  expect(await publicKeysOpenedBy(number, own)).toBeGreaterThan(0)
  expect(await publicKeysOpenedBy(number, entered)).toBe(0)
  const [alarm, ...more] = await alarmsOf(number)
  const shown = { enteredSealingKey: toHex(entered.publicKey), registeredSealingKey: toHex(own.publicKey) }
  expect(alarm).toMatchObject({
    siteId: null,
    version: 1,
    evidence: { organisation: number, ...shown, isUsable: true },
  })
  await ledger.decideOrganisation("suspend", number)
  expect([...more, ...(await alarmsOf(number)).map(({ version }) => version)]).toEqual([1])
  await ledger.decideOrganisation("resume", number)
})

test("[SE-17] an organisation that the consortium stopped gets no keys of later days, until it may go on", async () => {
  const number = await addOrganisation("00".repeat(32))
  await ledger.enterOrganisation(number)
  expect(await namedNextDay()).toContain(number)
  await ledger.decideOrganisation("suspend", number)
  expect(await namedNextDay()).not.toContain(number)
  await ledger.decideOrganisation("resume", number)
  expect(await namedNextDay()).toContain(number)
})

test("[request lost] while no node answers keys go to those who were read last", async () => {
  const silent = { find: () => Promise.reject(new Error("no node answers")) }
  await expect(readParticipantRegistry(gateway.ctx, silent)).rejects.toThrow("no node")
  expect(await namedNextDay()).toContain(lastNumber)
})
