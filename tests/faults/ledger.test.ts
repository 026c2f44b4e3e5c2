// A log between its records and the chain: each call to a node lost, and everything that a sealer can meet.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { takeLease } from "@suyuan/api/leases"
import { anchorBatches } from "@suyuan/api/ledger/anchor-batches"
import { audienceKey, everyMember } from "@suyuan/api/ledger/audiences"
import type { Chain } from "@suyuan/api/ledger/chain"
import { sealBatch } from "@suyuan/api/ledger/seal-batch"
import { addParticipant } from "@suyuan/api/participants/add-participant"
import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { and, eq, inArray, ne } from "drizzle-orm"
import { openThrowawayEngines, type ThrowawayEngines } from "../../scripts/engines/throwaway"
import type { SaleName } from "../../scripts/soak/identities"
import { type TestGateway, testGateway } from "../support/context"
import { allBatches, recordStates, type TestLedger, testLedger } from "../support/ledger"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../support/selling"
import { operator } from "../support/stall"
import { expectIdentities } from "./expect-identities"
import { until } from "./market-at-fault"
import { runRows } from "./run-rows"

setDefaultTimeout(60_000)

// A chain of its own: these tests take blocks away from it.
let engines: ThrowawayEngines
let stopChain: () => Promise<void>
let gateway: TestGateway
let ledger: TestLedger
let stall: SellingTerminal
let counter = 0
/** All in cash: the platforms have nothing of it. */
const allSold: SaleName[] = []
const books = { receiptsFen: 0, refundsFen: 0 }
beforeAll(async () => {
  engines = openThrowawayEngines()
  const engine = await engines.startChain()
  stopChain = engine.stop
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  ledger = await testLedger(gateway.ctx, engine.url, gateway.clock.advance)
  await ledger.enterTerminals()
  await sell(2)
  await ledger.anchorAll()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
  await stopChain?.()
})

/** Whatever was done to it: every record stands in the log once, in batches without a gap, and is proved. */
afterEach(async () => {
  await ledger.anchorAll()
  await expectWholeLog()
  await expectIdentities({ sql: gateway.ctx.sql, books, sales: allSold })
})

async function sell(count: number): Promise<string[]> {
  const envelopes = []
  for (let sold = 0; sold < count; sold += 1) {
    counter += 1
    allSold.push({ terminalId: stall.terminalId, counter })
    envelopes.push(
      await stall.envelope("sale", stall.saleBody(await stall.code(counter, [gramsOf(1, 100 + counter)]), "cash")),
    )
  }
  await stall.deliver(...envelopes)
  const rows = await gateway.ctx.db.select({ id: records.recordId }).from(records).where(eq(records.state, "pending"))
  return rows.map(({ id }) => id)
}

async function expectWholeLog(): Promise<void> {
  const stored = await allBatches(gateway.ctx)
  const sequences = stored.map((_, index) => index + 1)
  expect(stored.map(({ sequence }) => sequence)).toEqual(sequences)
  expect(await ledger.reader.appended(1)).toEqual(sequences)
  expect((await ledger.reader.headOf(1)).head).toBe(stored.at(-1)?.head ?? "")
  const inLog = stored.flatMap(({ payload }) => {
    const batch = parseBatch(payload)
    return batch.ok ? batch.value.entries.map(idOf) : []
  })
  const written = await gateway.ctx.db
    .select({ id: records.recordId })
    .from(records)
    .where(ne(records.state, "pending"))
  expect(inLog.toSorted()).toEqual(written.map(({ id }) => id).toSorted())
}

function idOf(bytes: Uint8Array): string {
  const entry = parseEntry(bytes)
  return entry.ok ? Buffer.from(entry.value.recordId).toString("hex") : "malformed"
}

/** The process dies: nothing in memory matters, so the next call is the restart. */
async function diesAt(work: Promise<unknown>): Promise<void> {
  expect(await work.then(() => "survived", String)).toContain("the connection is gone")
}

type Call = "headAt" | "signAppend" | "send"

/** The first call of the method fails: before it reached the node (request lost) or after (response lost). */
function faulty(chain: Chain, method: Call, lost: "request" | "response"): Chain {
  let calls = 0
  return new Proxy(chain, {
    get(target, name) {
      const real = Reflect.get(target, name)
      if (name !== method || typeof real !== "function") return real
      return async (...args: unknown[]) => {
        calls += 1
        if (calls > 1) return real.apply(target, args)
        if (lost === "response") await real.apply(target, args)
        throw new Error("the connection is gone")
      }
    },
  })
}

const verifies = async (ids: readonly string[]) => {
  for (const id of ids) expect((await ledger.verify(await ledger.proof(id))).verified).toBe(true)
}

async function diesAtCall(method: Call, lost: "request" | "response"): Promise<void> {
  const ids = await sell(3)
  await ledger.seal()
  const before = await allBatches(gateway.ctx)
  await diesAt(ledger.anchor(faulty(ledger.chain, method, lost)))
  await ledger.anchorAll()
  expect((await allBatches(gateway.ctx)).map(({ payload }) => payload)).toEqual(before.map((one) => one.payload))
  await verifies(ids)
}

/** The account does something else: an append that the contract refuses. */
async function useUpNonce(batch: typeof batches.$inferSelect): Promise<void> {
  const { nextNonce } = await ledger.chain.headAt(1, 0)
  const other = await ledger.chain.signAppend({ ...batch, sequence: batch.sequence + 7, nonce: nextNonce })
  await ledger.chain.send(other.raw)
}

async function loseLease(name: string): Promise<void> {
  await gateway.ctx.sql`UPDATE leases SET until = now() - interval '1 second' WHERE name = ${name}`
}

runRows("ledger", {
  sealedOnly: async () => {
    const ids = await sell(2)
    await ledger.seal()
    expect(await recordStates(gateway.ctx)).toMatchObject({ sealed: ids.length })
    await ledger.anchorAll()
    await verifies(ids)
  },
  whileSealing: async () => {
    const ids = await sell(2)
    const lease = await ledger.lease()
    const broken = { ...gateway.ctx, keys: { ...gateway.ctx.keys, audienceKey: () => new Uint8Array(31) } }
    gateway.clock.advance(gateway.ctx.config.LEDGER_BATCH_AGE_MS)
    const before = (await allBatches(gateway.ctx)).length
    expect(await sealBatch(broken, ledger.chain, lease).then(String, () => "died")).toBe("died")
    expect(await allBatches(gateway.ctx)).toHaveLength(before)
    await ledger.anchorAll()
    await verifies(ids)
  },
  lostLease: async () => {
    await sell(2)
    gateway.clock.advance(gateway.ctx.config.LEDGER_BATCH_AGE_MS)
    const lost = await ledger.lease()
    await loseLease(lost.name)
    const other = await takeLease(gateway.ctx, lost.name, "other sealer", 3600)
    expect(other?.fence).toBe(lost.fence + 1)
    expect(await sealBatch(gateway.ctx, ledger.chain, lost)).toBe(0)
    if (!other) throw new Error("the lease was not given")
    expect(await sealBatch(gateway.ctx, ledger.chain, other)).toBe(2)
    expect(await anchorBatches(gateway.ctx, ledger.chain, lost)).toMatchObject({ sent: 0, anchored: 0 })
    await loseLease(lost.name)
  },
  sealersAtOnce: async () => {
    await sell(4)
    gateway.clock.advance(gateway.ctx.config.LEDGER_BATCH_AGE_MS)
    const lease = await ledger.lease()
    const sealers = [1, 2, 3].map(() => sealBatch(gateway.ctx, ledger.chain, lease).catch(() => 0))
    const sizes = await Promise.all(sealers)
    expect(sizes.toSorted()).toEqual([0, 0, 4])
  },
  unknownOrganisation: async () => {
    const number = 9001
    const id = gateway.ctx.random.uuid()
    const names = { name: "新机构", nameEn: "New organisation" }
    await addParticipant(gateway.ctx, operator, { id, number, role: "market", ...names })
    const [held = "", free = ""] = await sell(2)
    await gateway.ctx.db
      .update(records)
      .set({ concerned: [number] })
      .where(eq(records.recordId, held))
    await ledger.anchorAll()
    const states = await gateway.ctx.db
      .select()
      .from(records)
      .where(inArray(records.recordId, [held, free]))
    expect(new Map(states.map(({ recordId, state }) => [recordId, state]))).toEqual(
      new Map([
        [held, "pending"],
        [free, "anchored"],
      ]),
    )
    await ledger.enterOrganisation(number)
    await ledger.anchorAll()
    await verifies([held])
  },
  keysFirst: async () => {
    gateway.clock.advance(86_400_000)
    const day = Math.floor(gateway.clock.nowMs() / 86_400_000)
    expect(audienceKey(gateway.ctx, everyMember, day)).not.toEqual(audienceKey(gateway.ctx, everyMember, day - 1))
    const [one = ""] = await sell(1)
    const [sample] = await gateway.ctx.db.select().from(records).where(eq(records.recordId, one))
    if (!sample) throw new Error("nothing was sold")
    // Of no sale: what is sold has its one record already.
    const kind = RECORD_KINDS.waste
    const template = { ...sample, kind, commercialBytes: null, personalBytes: null, personalSalt: null }
    // Only their number matters here, and that they are older than any key record made now.
    const prefix = one.slice(0, 4)
    const many = Array.from({ length: 650 }, (_, index) => ({
      ...template,
      recordId: prefix + index.toString(16).padStart(28, "0"),
      createdAt: new Date(sample.createdAt.getTime() - 1000),
    }))
    for (let from = 0; from < many.length; from += 325)
      await gateway.ctx.db.insert(records).values(many.slice(from, from + 325))
    const before = (await allBatches(gateway.ctx)).length
    await ledger.seal()
    const fresh = (await allBatches(gateway.ctx)).slice(before)
    const keyBatches = fresh.map(({ payload }) => {
      const batch = parseBatch(payload)
      const kinds = batch.ok ? batch.value.entries.map((entry) => parseEntry(entry)) : []
      return kinds.every((entry) => entry.ok && entry.value.kind === "audience-key")
    })
    expect(keyBatches[0]).toBe(true)
    expect(keyBatches.slice(1)).not.toContain(true)
    const keys = await gateway.ctx.db
      .select()
      .from(records)
      .where(and(eq(records.kind, RECORD_KINDS["audience-key"]), eq(records.state, "pending")))
    expect(keys).toHaveLength(0)
    expect(fresh.every(({ payload }) => payload.length <= 114_688)).toBe(true)
  },
  manyConcerned: async () => {
    const numbers = Array.from({ length: 300 }, (_, index) => 10_000 + index)
    const ids = await sell(3)
    const known = await gateway.ctx.db.select({ number: participants.number }).from(participants)
    const free = new Proxy(ledger.chain, {
      get: (target, name) => (name === "unregistered" ? async () => [] : Reflect.get(target, name)),
    })
    expect(known.length).toBeLessThan(20)
    const [own] = await gateway.ctx.db.select().from(records).where(inArray(records.recordId, ids))
    for (const [index, id] of ids.entries()) {
      const concerned = numbers.slice(index * 100, index * 100 + 100)
      await gateway.ctx.db.update(records).set({ concerned }).where(eq(records.recordId, id))
    }
    const before = (await allBatches(gateway.ctx)).length
    expect((await ledger.seal(free)).reduce((sum, size) => sum + size, 0)).toBe(3)
    const sealed = (await allBatches(gateway.ctx)).slice(before)
    expect(sealed.map(({ concerned }) => concerned.length)).toEqual([200, 100])
    // The chain does not know them: take the batches out again.
    await gateway.ctx.db.delete(batches).where(
      inArray(
        batches.sequence,
        sealed.map(({ sequence }) => sequence),
      ),
    )
    const pending = { state: "pending" as const, entry: null, log: null, sequence: null, leaf: null }
    await gateway.ctx.db
      .update(records)
      .set({ ...pending, concerned: own?.concerned ?? [] })
      .where(inArray(records.recordId, ids))
  },
  headAtLostRequest: () => diesAtCall("headAt", "request"),
  headAtLostResponse: () => diesAtCall("headAt", "response"),
  signAppendLostRequest: () => diesAtCall("signAppend", "request"),
  signAppendLostResponse: () => diesAtCall("signAppend", "response"),
  sendLostRequest: () => diesAtCall("send", "request"),
  sendLostResponse: () => diesAtCall("send", "response"),
  signedOnly: async () => {
    const ids = await sell(1)
    await ledger.seal()
    await diesAt(ledger.anchor(faulty(ledger.chain, "send", "request")))
    const [stored] = (await allBatches(gateway.ctx)).slice(-1)
    expect(stored).toMatchObject({ state: "sealed" })
    await ledger.anchor()
    const [sent] = (await allBatches(gateway.ctx)).slice(-1)
    expect(sent).toMatchObject({ state: "submitted", transactionHash: stored?.transactionHash ?? "" })
    await ledger.anchorAll()
    await verifies(ids)
  },
  noNode: async () => {
    const ids = await sell(1)
    const away = new Proxy(ledger.chain, {
      get: (target, name) =>
        typeof Reflect.get(target, name) === "function"
          ? async () => Promise.reject(new Error("the connection is gone"))
          : Reflect.get(target, name),
    })
    await ledger.seal()
    await diesAt(ledger.anchor(away))
    expect(await recordStates(gateway.ctx)).toMatchObject({ sealed: ids.length })
  },
  anchorsAtOnce: async () => {
    const ids = await sell(3)
    await ledger.seal()
    await Promise.allSettled([ledger.anchor(), ledger.anchor(), ledger.anchor()])
    await ledger.anchorAll()
    await verifies(ids)
  },
  sentAgain: async () => {
    await sell(1)
    await ledger.anchorAll()
    const [batch] = (await allBatches(gateway.ctx)).slice(-1)
    if (!batch?.rawTransaction) throw new Error("nothing was sent")
    const before = await ledger.chain.headAt(1, 0)
    await ledger.chain.send(batch.rawTransaction)
    expect(await ledger.chain.refusalOf(batch)).toMatch(/^TraceLedgerWrongSequence\(1, \d+, \d+\)$/)
    const again = await ledger.chain.signAppend({ ...batch, nonce: before.nextNonce })
    await ledger.chain.send(again.raw)
    const after = await ledger.chain.headAt(1, 0)
    expect(after).toMatchObject({ sequence: before.sequence, head: before.head, nextNonce: before.nextNonce + 1 })
  },
  nonceUsedUp: async () => {
    const ids = await sell(1)
    await ledger.seal()
    await diesAt(ledger.anchor(faulty(ledger.chain, "send", "request")))
    const [signed] = (await allBatches(gateway.ctx)).slice(-1)
    if (!signed) throw new Error("nothing was sealed")
    await useUpNonce(signed)
    await ledger.anchorAll()
    const [anchored] = (await allBatches(gateway.ctx)).slice(-1)
    expect(anchored).toMatchObject({ payload: signed.payload, nonce: (signed.nonce ?? 0) + 1, state: "anchored" })
    await verifies(ids)
  },
  contractRefuses: async () => {
    const ids = await sell(1)
    await ledger.seal()
    await ledger.decide("suspendLog")
    await ledger.anchor()
    const refused = (await allBatches(gateway.ctx)).at(-1)
    expect(await ledger.chain.headAt(1, 0)).toMatchObject({ nextNonce: (refused?.nonce ?? 0) + 1 })
    expect(await ledger.anchor()).toMatchObject({ sent: 0 })
    gateway.clock.advance(5000)
    expect(await ledger.anchor().then(String, (error: Error) => error.message)).toContain("TraceLedgerLogSuspended(1)")
    expect(await ledger.anchor()).toMatchObject({ sent: 0 })
    await ledger.decide("resumeLog")
    gateway.clock.advance(5000)
    await ledger.anchorAll()
    await verifies(ids)
  },
  lostOnTheWay: async () => {
    const snapshot = await ledger.reader.rpc("evm_snapshot")
    const ids = await sell(1)
    await ledger.seal()
    await ledger.anchor()
    await ledger.reader.rpc("evm_revert", [snapshot])
    // Where the block was not made yet, it waits still.
    await ledger.reader.rpc("anvil_dropAllTransactions", [])
    // Handed to the node a moment ago: only after a while does silence mean that it is lost.
    expect(await ledger.anchor()).toMatchObject({ sent: 0 })
    gateway.clock.advance(5000)
    expect(await ledger.anchor()).toMatchObject({ sent: 1 })
    await ledger.anchorAll()
    await verifies(ids)
  },
  minedOnly: async () => {
    const ids = await sell(1)
    await ledger.seal()
    await ledger.anchor()
    expect(await recordStates(gateway.ctx)).toMatchObject({ sealed: 1 })
    await diesAt(ledger.anchor(faulty(ledger.chain, "headAt", "response")))
    await ledger.anchorAll()
    await verifies(ids)
  },
  blocksLost: async () => {
    const snapshot = await ledger.reader.rpc("evm_snapshot")
    const first = await sell(2)
    await ledger.anchorAll()
    const second = await sell(1)
    await ledger.anchorAll()
    const before = await allBatches(gateway.ctx)
    const proofs = await Promise.all(first.map((id) => ledger.proof(id)))

    await ledger.reader.rpc("evm_revert", [snapshot])
    const report = await ledger.anchor()
    expect(report.lost).toBe(2)
    expect(await recordStates(gateway.ctx)).toMatchObject({ sealed: 3 })
    const registered = await gateway.ctx.db.select({ state: terminals.registeredState }).from(terminals)
    expect(registered).toEqual(registered.map(() => ({ state: null })))
    await ledger.anchorAll()
    const after = await allBatches(gateway.ctx)
    expect(after.map(({ payload, root, head }) => ({ payload, root, head }))).toEqual(
      before.map(({ payload, root, head }) => ({ payload, root, head })),
    )
    expect(await Promise.all(first.map((id) => ledger.proof(id)))).toEqual(proofs)
    await ledger.enterTerminals()
    await verifies([...first, ...second])
  },
  noProofMeanwhile: async () => {
    const snapshot = await ledger.reader.rpc("evm_snapshot")
    const [id = ""] = await sell(1)
    await ledger.anchorAll()
    await ledger.reader.rpc("evm_revert", [snapshot])
    await ledger.anchor()
    expect(
      await ledger.proof(id).then(
        () => "given",
        (error: Error) => error.message,
      ),
    ).toBe("ledger/not-anchored")
  },
  finalDepth: async () => {
    const [id = ""] = await sell(1)
    const deep = { ...gateway.ctx, config: { ...gateway.ctx.config, CHAIN_FINAL_DEPTH: 2 } }
    await ledger.seal()
    const work = async () => anchorBatches(deep, ledger.chain, await ledger.lease())
    expect(await work()).toMatchObject({ sent: 1, anchored: 0 })
    await ledger.reader.rpc("evm_mine")
    expect(await work()).toMatchObject({ sent: 0, anchored: 0 })
    await ledger.reader.rpc("evm_mine")
    expect(await work()).toMatchObject({ sent: 0, anchored: 1 })
    await verifies([id])
  },
  foreignBytes: async () => {
    await sell(1)
    await ledger.seal()
    const snapshot = await ledger.reader.rpc("evm_snapshot")
    const [last] = (await allBatches(gateway.ctx)).slice(-1)
    if (!last) throw new Error("nothing was sealed")
    const foreign = Uint8Array.from(last.payload)
    foreign[foreign.length - 1] = (foreign.at(-1) ?? 0) ^ 1
    const { nextNonce } = await ledger.chain.headAt(1, 0)
    await ledger.chain.send((await ledger.chain.signAppend({ ...last, payload: foreign, nonce: nextNonce })).raw)
    await until("it stands on the chain", async () => (await ledger.chain.headAt(1, 0)).sequence === last.sequence)
    expect(await ledger.anchor().then(String, (error: Error) => error.message)).toContain("is not ours")
    expect((await allBatches(gateway.ctx)).at(-1)).toMatchObject({ state: "sealed", nonce: null })
    await ledger.reader.rpc("evm_revert", [snapshot])
  },
})
