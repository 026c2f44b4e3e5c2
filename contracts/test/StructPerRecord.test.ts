import { expect } from "chai"
import { getBytes, hexlify } from "ethers"
import type { StructPerRecord } from "../types/ethers-contracts/index"
import { Chance } from "./batches"
import { ethers } from "./fixture"

describe("StructPerRecord, the contract that bench/ compares with", () => {
  it("keeps every byte of an entry", async () => {
    const contract = (await ethers.deployContract("StructPerRecord")) as unknown as StructPerRecord
    const chance = new Chance(5)
    const hex = (length: number) => hexlify(chance.bytes(length))
    const record = [1, 1, hex(32), hex(32), hex(32), hex(200), hex(90)] as const
    const [version, kind, publicCommitment, commercialCommitment, personalCommitment, open, commercial] = record
    await contract.store(`0x${"07".repeat(16)}`, {
      version,
      kind,
      publicCommitment,
      commercialCommitment,
      personalCommitment,
      publicCiphertext: open,
      commercialCiphertext: commercial,
    })
    expect([...(await contract.recordOf(`0x${"07".repeat(16)}`))]).to.deep.equal([1n, 1n, ...record.slice(2)])
    expect(getBytes((await contract.recordOf(`0x${"08".repeat(16)}`)).publicCiphertext).length).to.equal(0)
  })
})
