// Gas of what happens often, compared with the committed gas-snapshot.json to the unit. After a deliberate change:
// GAS_SNAPSHOT=write bun run check. Not part of the coverage run, which measures instrumented code.

import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { BATCH_BYTES_MAX } from "@suyuan/protocol/ledger/batch"
import { expect } from "chai"
import { type ContractTransactionResponse, getBytes } from "ethers"
import { Chance, payloadOf } from "./batches"
import { baseNumber, gatewayNumber, marketNumber, networkHelpers, openMarket, wholesaleNumber } from "./fixture"

const log = gatewayNumber
const snapshotPath = fileURLToPath(new URL("../gas-snapshot.json", import.meta.url))
const fullBatch = "append, full batch of 400-byte entries"
const calldataRatioMax = 1.25

type Row = { gas: number; entries?: number; calldataBytes?: number; gasPerEntry?: number; overCalldata?: number }

describe("gas", () => {
  const rows: Record<string, Row> = {}

  before(async () => {
    const { participants, terminals, ledger, submitter, market, stranger } =
      await networkHelpers.loadFixture(openMarket)
    const chance = new Chance(112)
    const record = async (name: string, sent: ContractTransactionResponse, entries?: number) => {
      const receipt = await sent.wait()
      if (receipt === null) throw new Error(`${name}: no receipt`)
      rows[name] = rowOf(Number(receipt.gasUsed), getBytes(sent.data), entries)
    }
    const append = async (name: string, entries: readonly Uint8Array[], concerned: number[]) => {
      const { sequence, head } = await ledger.headOf(log)
      const payload = payloadOf({ log, sequence: sequence + 1n, previousHead: head, header: chance.bytes(16), entries })
      await record(name, await ledger.connect(submitter).append(log, sequence + 1n, concerned, payload), entries.length)
    }

    await record(
      "register an organisation",
      await participants.register(30, "新菜市场", 4, stranger, `0x${"5e".repeat(32)}`, []),
    )
    await record("enrol a terminal", await terminals.connect(market).enrol(42, marketNumber, 1, chance.bytes(32)))
    await append("append, first batch of one entry", [chance.bytes(400)], [marketNumber])
    await append("append, one entry", [chance.bytes(400)], [marketNumber])
    await append(
      "append, ten entries",
      Array.from({ length: 10 }, () => chance.bytes(400)),
      [marketNumber],
    )
    const room = BATCH_BYTES_MAX - 55 - 16
    const full = Array.from({ length: Math.floor(room / 402) }, () => chance.bytes(400))
    await append(fullBatch, full, [baseNumber, wholesaleNumber, marketNumber])
  })

  it("stays within 1.25 times the price of the calldata for a full batch", () => {
    expect(rows[fullBatch]?.overCalldata).to.be.lessThan(calldataRatioMax)
  })

  it("is what the snapshot says", () => {
    for (const [name, { gas, gasPerEntry, overCalldata }] of Object.entries(rows)) {
      const entries = gasPerEntry === undefined ? "" : `, ${gasPerEntry} per entry, ${overCalldata} × calldata`
      console.log(`      ${name}: ${gas}${entries}`)
    }
    if (process.env.GAS_SNAPSHOT === "write") writeFileSync(snapshotPath, `${JSON.stringify(rows, undefined, 2)}\n`)
    expect(rows).to.deep.equal(JSON.parse(readFileSync(snapshotPath, "utf8")))
  })
})

/** `overCalldata` is the gas over the least that these bytes cost: 16 for each, 4 for a zero, 21,000 for existing. */
function rowOf(gas: number, calldata: Uint8Array, entries: number | undefined): Row {
  if (entries === undefined) return { gas }
  const calldataGas = calldata.reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000)
  return {
    gas,
    entries,
    calldataBytes: calldata.length,
    gasPerEntry: Math.round(gas / entries),
    overCalldata: Math.round((gas / calldataGas) * 1000) / 1000,
  }
}
