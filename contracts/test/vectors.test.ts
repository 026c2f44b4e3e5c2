// The vectors of batches that every consumer passes, here through the contract. (Those of trees begin with an empty
// leaf, which no batch holds; the fuzz test compares trees of all shapes.)

import { readFileSync } from "node:fs"
import { expect } from "chai"
import { networkHelpers, openMarket, roles, sealingKey } from "./fixture"

type BatchVector = {
  readonly log: number
  readonly sequence: number
  readonly payload: string
  readonly root: string
  readonly concerned: readonly number[]
  readonly head: string
}

const vectorsPath = new URL("../../tests/vectors/batch.json", import.meta.url)
const { batches } = JSON.parse(readFileSync(vectorsPath, "utf8")) as { readonly batches: readonly BatchVector[] }

const open = () => networkHelpers.loadFixture(openMarket)

describe("TraceLedger against the vectors", () => {
  it("[AN-5, AN-8] appends the batches of batch.json with their roots and heads", async () => {
    const { participants, ledger, submitter, stranger } = await open()
    for (const number of new Set(batches.flatMap(({ concerned }) => concerned))) {
      const [state] = await participants.standingOf(number)
      if (state === 0n) await participants.register(number, "x", roles.market, stranger, sealingKey, [])
    }
    for (const { log, sequence, payload, root, concerned, head } of batches) {
      await ledger.connect(submitter).append(log, sequence, [...concerned], `0x${payload}`)
      expect(await ledger.rootOf(log, sequence)).to.equal(`0x${root}`)
      expect(await ledger.headOf(log)).to.deep.equal([BigInt(sequence), `0x${head}`])
    }
  })
})
