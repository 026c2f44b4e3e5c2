import {
  type Batch,
  batchHead,
  batchRoot,
  encodeBatch,
  FIRST_PREVIOUS_HEAD,
  parseBatch,
} from "@suyuan/protocol/ledger/batch"
import { expect } from "chai"
import { getBytes, hexlify, type Interface, keccak256 } from "ethers"
import { Chance, mutate, payloadOf, referenceAppend, zeroHead } from "./batches"
import { baseNumber, gatewayNumber, marketNumber, networkHelpers, openMarket, wholesaleNumber } from "./fixture"

const log = gatewayNumber
const header = { sealedAtSeconds: 61_000_000, firstRecordDay: 20_000, audienceKeyDay: 20_001 }
const allConcerned = [baseNumber, wholesaleNumber, marketNumber]

const open = () => networkHelpers.loadFixture(openMarket)

describe("TraceLedger against the protocol", () => {
  it("[AN-2] stores the root and head that the protocol computes, for trees of 1 to 70 entries and some larger ones", async () => {
    const { ledger, submitter } = await open()
    const chance = new Chance(20_211_210)
    const sizes = [...Array.from({ length: 70 }, (_, i) => i + 1), 127, 128, 129, 255, 256, 257, 511, 513, 1_000]
    let previousHead = FIRST_PREVIOUS_HEAD
    let sequence = 0
    for (const size of sizes) {
      sequence += 1
      const batch: Batch = { log, sequence, previousHead, header, entries: chance.entries(size, size > 200 ? 60 : 420) }
      const concerned = allConcerned.filter(() => chance.below(2) === 0)
      const payload = encodeBatch(batch)
      await ledger.connect(submitter).append(log, sequence, concerned, payload)
      const head = batchHead(batch, concerned)
      expect(await ledger.rootOf(log, sequence)).to.equal(hexlify(batchRoot(batch.entries)))
      expect(await ledger.headOf(log)).to.deep.equal([BigInt(sequence), hexlify(head)])
      expect(
        referenceAppend(hexlify(payload), { log, sequence, previousHead: hexlify(previousHead) }, concerned)?.head,
      ).to.equal(hexlify(head))
      previousHead = head
    }
  })

  it("[AN-2] takes thousands of one-byte entries", async () => {
    const { ledger, submitter } = await open()
    const entries = Array.from({ length: 8_191 }, (_, i) => Uint8Array.of(i & 255))
    const payload = payloadOf({ log, sequence: 1, entries })
    await ledger.connect(submitter).append(log, 1, [], payload)
    expect(await ledger.rootOf(log, 1)).to.equal(hexlify(batchRoot(entries)))
  })

  it("[AN-6] refuses a mutated payload with a custom error, or appends exactly what it says", async () => {
    const { ledger, submitter } = await open()
    const asSubmitter = ledger.connect(submitter)
    const chance = new Chance(9_162)
    const errors = new Map<string, number>()
    let previousHead = zeroHead
    let sequence = 1
    for (let i = 0; i < 600; i++) {
      const original = getBytes(payloadOf({ log, sequence, previousHead, entries: chance.entries(1 + (i % 9), 90) }))
      const mutated = mutate(original, chance)
      const payload = hexlify(chance.below(3) === 0 ? mutate(mutated, chance) : mutated)
      const expected = referenceAppend(payload, { log, sequence, previousHead }, allConcerned)
      const error = await asSubmitter.append.staticCall(log, sequence, allConcerned, payload).then(
        () => undefined,
        (cause: unknown) => errorName(ledger.interface, cause),
      )
      expect(error === undefined, `case ${i}: ${error} for ${payload}`).to.equal(expected !== undefined)
      if (expected === undefined) {
        errors.set(error ?? "", (errors.get(error ?? "") ?? 0) + 1)
        continue
      }
      await asSubmitter.append(log, sequence, allConcerned, payload)
      expect(await ledger.headOf(log)).to.deep.equal([BigInt(sequence), expected.head])
      expect(await ledger.rootOf(log, sequence)).to.equal(expected.root)
      previousHead = expected.head
      sequence += 1
    }
    expect(sequence, "some mutations are other valid batches").to.be.greaterThan(50)
    // The empty batch and the oversized one have their own tests: one mutation rarely makes them.
    expect([...errors.keys()].sort()).to.include.members([
      "TraceLedgerEntrySize",
      "TraceLedgerEntryTruncated",
      "TraceLedgerHeaderTruncated",
      "TraceLedgerPayloadSize",
      "TraceLedgerPrefixMismatch",
      "TraceLedgerTrailingBytes",
      "TraceLedgerWrongMagic",
      "TraceLedgerWrongPreviousHead",
      "TraceLedgerWrongVersion",
    ])
  })

  it("[AN-6] takes every batch that the protocol parses", async () => {
    const { ledger, submitter } = await open()
    const chance = new Chance(4_096)
    let taken = 0
    for (let i = 0; i < 400; i++) {
      const batch: Batch = {
        log,
        sequence: 1,
        previousHead: FIRST_PREVIOUS_HEAD,
        header,
        entries: chance.entries(1 + chance.below(5), 60),
      }
      const payload = mutate(encodeBatch(batch), chance)
      const parsed = parseBatch(payload)
      if (!parsed.ok || parsed.value.log !== log || parsed.value.sequence !== 1) continue
      if (keccak256(parsed.value.previousHead) !== keccak256(FIRST_PREVIOUS_HEAD)) continue
      await ledger.connect(submitter).append.staticCall(log, 1, [], payload)
      taken += 1
    }
    expect(taken).to.be.greaterThan(50)
  })
})

/** The ledger's own error; anything else (a panic, no reason, out of gas) fails the test. */
function errorName(ledger: Interface, cause: unknown): string {
  const data = cause instanceof Error && "data" in cause && typeof cause.data === "string" ? cause.data : "0x"
  const name = ledger.parseError(data)?.name
  if (name === undefined || !name.startsWith("TraceLedger")) throw cause
  return name
}
