import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { openAudienceKeyRecord } from "@suyuan/sealing/audience-key-record"
import { deriveSealingKeyPair } from "@suyuan/sealing/wrap-audience-key"
import { eq } from "drizzle-orm"
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
async function publicKeysOpenedBy(number: number): Promise<number> {
  const pair = ledger.sealingKeys.get(number)
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

test("[SE-14] a key that nothing can be wrapped to is left out, and sealing goes on for the others", async () => {
  const broken = await addOrganisation("00".repeat(32))
  await ledger.enterOrganisation(broken)
  await gateway.ctx.db
    .update(participants)
    .set({ sealingKey: "00".repeat(32) })
    .where(eq(participants.number, broken))
  const before = (await keyRecords()).length
  gateway.clock.advance(24 * 60 * 60_000)
  await sell()
  await ledger.anchorAll()
  await isAllAnchored()
  const made = await keyRecords()
  expect(made.length).toBeGreaterThan(before)
  expect(made.flatMap(({ concerned }) => concerned)).not.toContain(broken)
})
