// A day of trade, read back from the ledger alone: by a member that has its own sealing key and the chain, and none of
// the gateway's tables. The pile events that it makes of the records say of every bag what the gateway's traces say.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { hasRecordId } from "@suyuan/protocol/ledger/record-identity"
import type { OpenedRecord } from "@suyuan/protocol/ledger/record-types"
import { parseGoodsPart } from "@suyuan/protocol/terminal/pay-code"
import { type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { type Inflow, outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { openAudienceKeyRecord } from "@suyuan/sealing/audience-key-record"
import type { LogContext } from "@suyuan/sealing/log-context"
import { openPublic } from "@suyuan/sealing/seal-entry"
import { Contract, type EventLog, getBytes, Interface, JsonRpcProvider } from "ethers"
import { type TestGateway, testGateway } from "../support/context"
import { testChain } from "../support/engines"
import { arrivalBody, nextMoment, openTrade, rangesOf, refusalsOf, secondsOf, type Trade } from "../support/goods"
import { type TestLedger, testLedger } from "../support/ledger"
import { cabbage } from "../support/selling"
import { skipToAfternoon, tradingAt } from "../support/trading"

setDefaultTimeout(120_000)

/** As the product reckons with it (RG-2). */
const clockErrorMs = 1000

let gateway: TestGateway
let ledger: TestLedger
let trade: Trade
let rpcUrl: string
beforeAll(async () => {
  gateway = await testGateway()
  skipToAfternoon(gateway)
  trade = await openTrade(gateway.ctx)
  rpcUrl = await testChain()
  ledger = await testLedger(gateway.ctx, rpcUrl, gateway.clock.advance)
  await ledger.enterTerminals()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

const { sell, harvest, enterOutside } = tradingAt(() => gateway)

async function throwAway(at: Trade["stall"], weightGrams: number): Promise<void> {
  nextMoment(gateway.clock)
  const body = { commodity: cabbage, lot: undefined, weightGrams, reason: "spoiled", sentBackOf: undefined } as const
  const wastedAtSeconds = secondsOf(gateway.ctx)
  expect(refusalsOf(await at.deliver(await at.envelope("waste", { ...body, wastedAtSeconds })))).toEqual(["stored"])
}

async function count(at: Trade["stall"], countedGrams: number): Promise<void> {
  nextMoment(gateway.clock)
  const body = { commodity: cabbage, countedGrams, countedAtSeconds: secondsOf(gateway.ctx) }
  expect(refusalsOf(await at.deliver(await at.envelope("stock-take", body)))).toEqual(["stored"])
}

async function accept(at: Trade["stall"], saleRecordId: string, grams: number): Promise<void> {
  nextMoment(gateway.clock)
  const body = arrivalBody(gateway.ctx, saleRecordId, "accepted", grams)
  expect(refusalsOf(await at.deliver(await at.envelope("arrival", body)))).toEqual(["stored"])
}

/** Returns the record ids of everything that was sold. */
async function playDay(): Promise<string[]> {
  const { baseA, baseB, wholesaler, stall, wholesalerWallet, stallWallet, consumer } = trade
  await harvest(baseA, 10_000)
  await harvest(baseB, 10_000)
  const sold = [await sell(baseA, 6000, wholesalerWallet), await sell(baseB, 4000, wholesalerWallet)]
  await enterOutside(wholesaler, 700)
  const cart = await sell(wholesaler, 7000, stallWallet)
  await accept(stall, cart.recordId, 6800)
  sold.push(cart, await sell(stall, 1500, consumer))
  await throwAway(stall, 300)
  await count(stall, 4000)
  sold.push(await sell(stall, 900, consumer))
  await harvest(baseA, 2000)
  sold.push(await sell(baseA, 1800, stallWallet), await sell(stall, 4500, consumer))
  // More than the books have.
  sold.push(await sell(stall, 2000, consumer))
  return sold.map(({ recordId }) => recordId)
}

/** Every entry of every batch, out of the calldata of the transactions that appended them. */
async function readEntries(): Promise<Uint8Array[]> {
  const provider = new JsonRpcProvider(rpcUrl, ledger.deployment.chainId, { staticNetwork: true })
  try {
    const abi = new Interface(traceLedgerAbi)
    const contract = new Contract(ledger.deployment.ledger, abi, provider)
    const entries: Uint8Array[] = []
    for (const event of await contract.queryFilter(contract.getEvent("Appended")(), 0, "latest")) {
      const transaction = await provider.getTransaction((event as EventLog).transactionHash)
      const [, , , payload] = abi.decodeFunctionData("append", transaction?.data ?? "0x")
      const batch = parseBatch(getBytes(payload as string))
      if (!batch.ok) throw new Error(batch.error)
      entries.push(...batch.value.entries)
    }
    return entries
  } finally {
    provider.destroy()
  }
}

type Read = { readonly id: string; readonly record: OpenedRecord }

/** What a member reads: keys first, from the records that wrap them to it, then every public section. */
async function readRecords(member: number): Promise<Read[]> {
  const pair = ledger.sealingKeys.get(member)
  if (!pair) throw new Error("no such member")
  const context: LogContext = {
    ...{ networkId: gateway.ctx.config.NETWORK_ID, chainId: ledger.deployment.chainId, log: 1 },
    contract: fromHex(ledger.deployment.ledger.slice(2)) ?? new Uint8Array(),
  }
  const entries = await readEntries()
  const keys: Uint8Array[] = []
  for (const entry of entries) {
    const clear = await openPublic(entry, context, undefined)
    if (!clear.ok) continue
    const key = await openAudienceKeyRecord(clear.value.bytes, context, member, pair.privateKey)
    if (key.ok && key.value.audience.section === "public") keys.push(key.value.audienceKey)
  }
  const read: Read[] = []
  for (const bytes of entries) {
    const entry = parseEntry(bytes)
    if (!entry.ok) throw new Error(entry.error)
    if (entry.value.kind === "audience-key") continue
    const tried = await Promise.all(keys.map((key) => openPublic(bytes, context, key)))
    const opened = tried.find((one) => one.ok)
    if (!opened?.ok) throw new Error(`${entry.value.kind} does not open`)
    const record = decodeRecord(entry.value.kind, { public: opened.value.bytes })
    if (!record.ok) throw new Error(record.error.code)
    expect(hasRecordId(record.value, entry.value.recordId)).toBe(true)
    read.push({ id: toHex(entry.value.recordId), record: record.value })
  }
  return read
}

/** Records as events of piles, which are known by their aliases. A purchase arrives as its buyer's answer says. */
function historiesOf(read: readonly Read[]): { histories: PileHistory[]; lotGrams: Map<string, number> } {
  const events = new Map<string, PileEvent[]>()
  const lotGrams = new Map<string, number>()
  const purchases = new Map<string, { readonly pileId: string; readonly event: Inflow }>()
  const add = (pileId: string, event: PileEvent) => events.set(pileId, [...(events.get(pileId) ?? []), event])
  for (const { id: recordId, record } of read) {
    if (record.kind === "harvest") {
      const { lot, grams, pileAlias, effectiveAtSeconds } = record.public
      const effectiveAtMs = seconds2024ToMs(effectiveAtSeconds)
      const sources = [{ sourceId: lot, lowGrams: grams, highGrams: grams }]
      lotGrams.set(lot, grams)
      add(toHex(pileAlias), { kind: "in", recordId, effectiveAtMs, grams, sources })
    }
    if (record.kind === "outside-goods" || record.kind === "waste" || record.kind === "stock-take") {
      const { grams, pileAlias, effectiveAtSeconds } = record.public
      const kind = ({ "outside-goods": "in", waste: "out", "stock-take": "count" } as const)[record.kind]
      add(toHex(pileAlias), { kind, recordId, effectiveAtMs: seconds2024ToMs(effectiveAtSeconds), grams })
    }
    if (record.kind === "sale") {
      const { goodsPart, lines, buyerPileAliases, effectiveAtSeconds } = record.public
      const goods = parseGoodsPart(goodsPart)
      if (!goods.ok || goods.value.lines.kind !== "inline") throw new Error("not a short sale")
      for (const [line, { quantity }] of goods.value.lines.items.entries()) {
        const [seller, buyer] = [lines[line]?.sellerPileAlias, buyerPileAliases?.[line]]
        const grams = quantityGrams(quantity)
        if (seller === undefined || grams === undefined) throw new Error("not by weight")
        const [pileId, at] = [toHex(seller), { recordId, line, effectiveAtMs: seconds2024ToMs(effectiveAtSeconds) }]
        add(pileId, { kind: "out", ...at, grams })
        if (buyer === undefined) continue
        const event: Inflow = { kind: "in", ...at, grams, upstream: { pileId, recordId, line } }
        purchases.set(outflowKey(event), { pileId: toHex(buyer), event })
      }
    }
  }
  for (const { record } of read) {
    if (record.kind !== "arrival") continue
    const { saleRecordId, lineIndex, acceptedGrams, effectiveAtSeconds } = record.public
    const key = outflowKey({ recordId: toHex(saleRecordId), line: lineIndex })
    const known = purchases.get(key)
    if (!known) throw new Error("an arrival of nothing")
    const effectiveAtMs = seconds2024ToMs(effectiveAtSeconds)
    purchases.set(key, { ...known, event: { ...known.event, grams: acceptedGrams, effectiveAtMs } })
  }
  for (const { pileId, event } of purchases.values()) add(pileId, event)
  return { histories: [...events].map(([pileId, own]) => ({ pileId, events: own })), lotGrams }
}

/** By record, in the form of `rangesOf`. */
function rebuilt(read: readonly Read[]): Map<string, Record<string, [number, number]>> {
  const { histories, lotGrams } = historiesOf(read)
  const origins = resolveOrigins(histories, { clockErrorMs, lotGrams })
  if (!origins.ok) throw new Error(origins.error.kind)
  const bags = new Map<string, Record<string, [number, number]>>()
  for (const { outflows } of origins.value.piles.values()) {
    for (const [key, { sources }] of outflows) {
      const ranges = sources.map((one) => [one.sourceId, [one.mustGrams, one.mayGrams]] as [string, [number, number]])
      bags.set(key.split("#")[0] ?? "", Object.fromEntries(ranges.filter(([, [, mayGrams]]) => mayGrams > 0)))
    }
  }
  return bags
}

test("a member rebuilds every bag's range from the chain, and it is the one that the gateway shows", async () => {
  const sold = await playDay()
  await ledger.anchorAll()
  const member = [...ledger.sealingKeys.keys()].at(-1) ?? 0
  const bags = rebuilt(await readRecords(member))
  for (const recordId of sold) {
    const shown = await rangesOf(gateway.ctx, recordId)
    expect<unknown>({ recordId, ranges: bags.get(recordId) }).toEqual({ recordId, ranges: shown })
  }
  // The last bag is of several sources, none of which is certain, and of goods that nobody bought.
  expect(Object.keys(bags.get(sold.at(-1) ?? "") ?? {}).length).toBeGreaterThan(1)
  expect(sold).toHaveLength(8)
})
