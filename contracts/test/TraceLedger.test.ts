import { expect } from "chai"
import { AbiCoder, concat, getBytes, getCreateAddress, keccak256, toBeHex } from "ethers"
import { Chance, type Parts, payloadOf, referenceAppend, zeroHead } from "./batches"
import {
  baseNumber,
  ethers,
  gatewayNumber,
  marketNumber,
  networkHelpers,
  openMarket,
  roles,
  sealingKey,
  wholesaleNumber,
} from "./fixture"

const log = gatewayNumber
const payloadBytesMax = 114_688
const byteBudgetDefault = 16 * payloadBytesMax
const chance = new Chance(1)
const entries = chance.entries(3, 400)
const first = payloadOf({ log, sequence: 1, entries })

const open = () => networkHelpers.loadFixture(openMarket)
type Market = Awaited<ReturnType<typeof openMarket>>
const asSubmitter = ({ ledger, submitter }: Market) => ledger.connect(submitter)

describe("TraceLedger", () => {
  describe("append: who", () => {
    it("[AN-1] takes a batch from a submitter of the log's organisation", async () => {
      const market = await open()
      await asSubmitter(market).append(log, 1, [baseNumber, marketNumber], first)
      expect((await market.ledger.headOf(log)).sequence).to.equal(1n)
    })

    it("[AN-1] refuses the organisation's administrator, the consortium, other organisations and strangers", async () => {
      const { ledger, gateway, consortium, market, stranger } = await open()
      for (const actor of [gateway, consortium, market, stranger]) {
        await expect(ledger.connect(actor).append(log, 1, [], first))
          .to.be.revertedWithCustomError(ledger, "TraceLedgerNotSubmitter")
          .withArgs(log, actor.address)
      }
    })

    it("[AN-1] refuses a submitter in another organisation's log, and one that was removed", async () => {
      const market = await open()
      const { participants, ledger, gateway, submitter, stranger } = market
      await participants.register(8, "另一网关", roles.gateway, stranger, sealingKey, [])
      await expect(asSubmitter(market).append(8, 1, [], payloadOf({ log: 8, sequence: 1, entries })))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerNotSubmitter")
        .withArgs(8, submitter.address)
      await participants.connect(gateway).removeSubmitter(log, submitter)
      await expect(asSubmitter(market).append(log, 1, [], first))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerNotSubmitter")
        .withArgs(log, submitter.address)
    })

    it("[AN-1] refuses while the organisation is suspended", async () => {
      const market = await open()
      await market.participants.suspend(log)
      await expect(asSubmitter(market).append(log, 1, [], first))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerOrganisationNotActive")
        .withArgs(log)
      await market.participants.resume(log)
      await asSubmitter(market).append(log, 1, [], first)
    })

    it("[AN-1] refuses an organisation that is no gateway", async () => {
      const market = await open()
      await market.participants.changeRoles(log, roles.market)
      await expect(asSubmitter(market).append(log, 1, [], first))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerOrganisationNotGateway")
        .withArgs(log, roles.market)
    })

    it("[AN-4] refuses a call through a contract, even one that is a submitter: the bytes would not be the transaction's", async () => {
      const { participants, ledger, gateway, submitter } = await open()
      // Forwards its calldata to the ledger and gives back what the ledger gives.
      const forwarder = await new ethers.ContractFactory(
        [],
        concat([
          "0x6032600c60003960326000f3",
          "0x363d3d373d3d363d3d73",
          await ledger.getAddress(),
          "0x5af13d600060003e602d573d6000fd5b3d6000f3",
        ]),
        submitter,
      ).deploy()
      const through = await forwarder.getAddress()
      await participants.connect(gateway).addSubmitter(log, through)
      const data = ledger.interface.encodeFunctionData("append", [log, 1, [], first])
      await expect(submitter.sendTransaction({ to: through, data }))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerIndirectCall")
        .withArgs(through)
    })

    it("[AN-4] refuses a call from a constructor, when the caller has no code yet", async () => {
      const { participants, ledger, gateway, submitter } = await open()
      const caller = getCreateAddress({ from: submitter.address, nonce: await submitter.getNonce() })
      await participants.connect(gateway).addSubmitter(log, caller)
      const data = ledger.interface.encodeFunctionData("append", [log, 1, [], first])
      const length = toBeHex((data.length - 2) / 2, 2).slice(2)
      // Copies what follows it to memory, calls the ledger with it, and reverts as the ledger does.
      const call = concat([
        `0x61${length}603960003960006000`,
        `0x61${length}6000600073`,
        await ledger.getAddress(),
        "0x5af13d600060003e6037573d6000fd5b00",
        data,
      ])
      await expect(submitter.sendTransaction({ data: call }))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerIndirectCall")
        .withArgs(caller)
    })

    it("[AN-4] refuses an account with delegated code", async () => {
      const market = await open()
      await networkHelpers.setCode(market.submitter.address, `0xef0100${"12".repeat(20)}`)
      await expect(asSubmitter(market).append.staticCall(log, 1, [], first))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerIndirectCall")
        .withArgs(market.submitter.address)
    })
  })

  describe("append: what", () => {
    it("[AN-8] stores root and head, chains the next batch to it, and says so in an event", async () => {
      const market = await open()
      const { ledger } = market
      let previousHead = zeroHead
      for (const [sequence, concerned] of [
        [1, []],
        [2, [baseNumber, wholesaleNumber, marketNumber]],
        [3, [marketNumber]],
      ] as const) {
        const payload = payloadOf({ log, sequence, previousHead, entries: chance.entries(sequence * 2 + 1, 300) })
        const expected = referenceAppend(payload, { log, sequence, previousHead }, concerned)
        await expect(asSubmitter(market).append(log, sequence, [...concerned], payload))
          .to.emit(ledger, "Appended")
          .withArgs(log, sequence, expected?.root, expected?.head, expected?.count, [...concerned])
        expect(await ledger.headOf(log)).to.deep.equal([BigInt(sequence), expected?.head])
        expect(await ledger.rootOf(log, sequence)).to.equal(expected?.root)
        previousHead = expected?.head ?? ""
      }
      expect(await ledger.rootOf(log, 4)).to.equal(zeroHead)
      expect(await ledger.headOf(8)).to.deep.equal([0n, zeroHead])
    })

    it("[AN-1] keeps the logs of two gateways apart", async () => {
      const market = await open()
      const { participants, ledger, stranger } = market
      await participants.register(8, "另一网关", roles.gateway, stranger, sealingKey, [stranger])
      const theirs = payloadOf({ log: 8, sequence: 1, entries: chance.entries(2, 50) })
      await asSubmitter(market).append(log, 1, [], first)
      await ledger.connect(stranger).append(8, 1, [], theirs)
      expect((await ledger.headOf(log)).head).to.equal(
        referenceAppend(first, { log, sequence: 1, previousHead: zeroHead }, [])?.head,
      )
      expect((await ledger.headOf(8)).head).to.equal(
        referenceAppend(theirs, { log: 8, sequence: 1, previousHead: zeroHead }, [])?.head,
      )
    })

    it("[AN-9] leaves no gap and takes no sequence twice", async () => {
      const market = await open()
      const refuses = async (sequence: number | bigint, expected: number) => {
        await expect(asSubmitter(market).append(log, sequence, [], payloadOf({ log, sequence, entries })))
          .to.be.revertedWithCustomError(market.ledger, "TraceLedgerWrongSequence")
          .withArgs(log, expected, sequence)
      }
      await refuses(0, 1)
      await refuses(2, 1)
      await refuses(2n ** 64n - 1n, 1)
      await asSubmitter(market).append(log, 1, [], first)
      await refuses(1, 2)
      await refuses(3, 2)
    })

    it("[AN-6] refuses a prefix that contradicts the arguments or the log", async () => {
      const market = await open()
      const wrong = async (parts: Partial<Parts>, error: string, ...values: unknown[]) => {
        await expect(asSubmitter(market).append(log, 1, [], payloadOf({ log, sequence: 1, entries, ...parts })))
          .to.be.revertedWithCustomError(market.ledger, error)
          .withArgs(...values)
      }
      await wrong({ magic: "0x53594232" }, "TraceLedgerWrongMagic", "0x53594232")
      await wrong({ version: 2 }, "TraceLedgerWrongVersion", 2)
      await wrong({ version: 0 }, "TraceLedgerWrongVersion", 0)
      await wrong({ log: 8 }, "TraceLedgerPrefixMismatch", 8, 1)
      await wrong({ sequence: 2 }, "TraceLedgerPrefixMismatch", log, 2)
      const otherHead = `0x${"00".repeat(31)}01`
      await wrong({ previousHead: otherHead }, "TraceLedgerWrongPreviousHead", zeroHead, otherHead)
      await wrong({ entries: [] }, "TraceLedgerNoEntries")
    })

    it("[AN-9] refuses a second batch that does not name the head of the first", async () => {
      const market = await open()
      await asSubmitter(market).append(log, 1, [], first)
      const { head } = await market.ledger.headOf(log)
      await expect(asSubmitter(market).append(log, 2, [], payloadOf({ log, sequence: 2, entries })))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerWrongPreviousHead")
        .withArgs(head, zeroHead)
    })

    it("[AN-6] refuses a header that is longer than the payload", async () => {
      const market = await open()
      const bytes = (payloadOf({ log, sequence: 1, entries }).length - 2) / 2
      for (const headerLength of [bytes - 54, 0xffff_ffff]) {
        const payload = payloadOf({ log, sequence: 1, entries, headerLength })
        await expect(asSubmitter(market).append(log, 1, [], payload))
          .to.be.revertedWithCustomError(market.ledger, "TraceLedgerHeaderTruncated")
          .withArgs(headerLength)
      }
      const whole = payloadOf({ log, sequence: 1, entries, headerLength: bytes - 55 })
      await expect(asSubmitter(market).append(log, 1, [], whole))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerEntryTruncated")
        .withArgs(0)
    })

    it("[AN-7] takes entries of 1 to 4,096 bytes", async () => {
      const market = await open()
      await asSubmitter(market).append(
        log,
        1,
        [],
        payloadOf({ log, sequence: 1, entries: [chance.bytes(1), chance.bytes(4_096)] }),
      )
      const { head: previousHead } = await market.ledger.headOf(log)
      for (const length of [0, 4_097, 65_535]) {
        const payload = payloadOf({
          log,
          sequence: 2,
          previousHead,
          entries: [chance.bytes(9), chance.bytes(length), chance.bytes(9)],
        })
        await expect(asSubmitter(market).append(log, 2, [], payload))
          .to.be.revertedWithCustomError(market.ledger, "TraceLedgerEntrySize")
          .withArgs(1, length)
      }
    })

    it("[AN-6] refuses a count that is not the number of entries, and an entry cut short", async () => {
      const market = await open()
      const append = (payload: string) => asSubmitter(market).append(log, 1, [], payload)
      for (const count of [4, 65_535]) {
        await expect(append(payloadOf({ log, sequence: 1, entries, count })))
          .to.be.revertedWithCustomError(market.ledger, "TraceLedgerEntryTruncated")
          .withArgs(3)
      }
      await expect(append(payloadOf({ log, sequence: 1, entries, count: 2 })))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerTrailingBytes")
        .withArgs(2 + (entries[2]?.length ?? 0))
      await expect(append(first.slice(0, -2)))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerEntryTruncated")
        .withArgs(2)
    })

    it("[AN-6] refuses bytes after the last entry", async () => {
      const market = await open()
      const payload = payloadOf({ log, sequence: 1, entries, trailing: Uint8Array.of(0) })
      await expect(asSubmitter(market).append(log, 1, [], payload))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerTrailingBytes")
        .withArgs(1)
    })

    it("[AN-7] takes payloads up to 114,688 bytes", async () => {
      const market = await open()
      const header = new Uint8Array(500)
      const filling = [...Array.from({ length: 27 }, () => new Uint8Array(4_096)), new Uint8Array(3_485)]
      const full = payloadOf({ log, sequence: 1, header, entries: filling })
      expect((full.length - 2) / 2).to.equal(payloadBytesMax)
      const over = payloadOf({ log, sequence: 1, header: new Uint8Array(501), entries: filling })
      await expect(asSubmitter(market).append(log, 1, [], over))
        .to.be.revertedWithCustomError(market.ledger, "TraceLedgerPayloadSize")
        .withArgs(payloadBytesMax + 1)
      // A budget of one full batch lets one full batch through.
      await market.ledger.changeByteBudget(log, payloadBytesMax)
      await asSubmitter(market).append(log, 1, [], full)
    })

    it("[AN-6] refuses a payload that is shorter than its prefix", async () => {
      const market = await open()
      for (const length of [0, 4, 54]) {
        await expect(asSubmitter(market).append(log, 1, [], first.slice(0, 2 + 2 * length)))
          .to.be.revertedWithCustomError(market.ledger, "TraceLedgerPayloadSize")
          .withArgs(length)
      }
    })

    it("[AN-10] takes concerned organisations only registered and strictly ascending", async () => {
      const market = await open()
      const { participants, ledger } = market
      const append = (concerned: number[]) => asSubmitter(market).append(log, 1, concerned, first)
      for (const [concerned, index] of [
        [[marketNumber, baseNumber], 1],
        [[baseNumber, marketNumber, marketNumber], 2],
      ] as const) {
        await expect(append([...concerned]))
          .to.be.revertedWithCustomError(ledger, "TraceLedgerConcernedNotAscending")
          .withArgs(index)
      }
      for (const unknown of [0, 10]) {
        await expect(append([unknown, baseNumber]))
          .to.be.revertedWithCustomError(ledger, "TraceLedgerConcernedNotRegistered")
          .withArgs(unknown)
      }
      await expect(append(Array.from({ length: 257 }, (_, i) => i + 1)))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerTooManyConcerned")
        .withArgs(257)
      // A suspended organisation may still be concerned by what was traded.
      await participants.suspend(marketNumber)
      await append([baseNumber, marketNumber])
    })

    it("[AN-4] refuses arguments that are not encoded in the one canonical way", async () => {
      const { ledger, submitter } = await open()
      const coder = AbiCoder.defaultAbiCoder()
      const canonical = ledger.interface.encodeFunctionData("append", [log, 1, [baseNumber], first])
      const selector = canonical.slice(0, 10)
      const head = (concernedAt: number, payloadAt: number) =>
        coder.encode(["uint32", "uint64", "uint256", "uint256"], [log, 1, concernedAt, payloadAt])
      const concernedPart = coder.encode(["uint256", "uint32"], [1, baseNumber])
      const payloadPart = `0x${coder.encode(["bytes"], [first]).slice(66)}`
      const payloadPartBytes = (payloadPart.length - 2) / 2
      const hiding = payloadOf({ log, sequence: 1, entries: [getBytes(concernedPart)] })
      const hidingPrefixBytes = (hiding.length - concernedPart.length) / 2
      expect(concat([selector, head(128, 192), concernedPart, payloadPart])).to.equal(canonical)
      expect(payloadPart).to.match(/00$/)
      for (const data of [
        concat([canonical, new Uint8Array(32)]),
        concat([canonical, "0x00"]),
        concat([selector, head(128 + payloadPartBytes, 128), payloadPart, concernedPart]),
        concat([selector, head(128, 224), concernedPart, new Uint8Array(32), payloadPart]),
        concat([selector, head(160, 224), new Uint8Array(32), concernedPart, payloadPart]),
        // Of canonical size, but the list lies in the payload, or the payload lies one byte further.
        ledger.interface
          .encodeFunctionData("append", [log, 1, [marketNumber], hiding])
          .replace(head(128, 192).slice(2), head(192 + 32 + hidingPrefixBytes, 192).slice(2)),
        concat([selector, head(128, 193), concernedPart, "0x00", payloadPart.slice(0, -2)]),
      ]) {
        await expect(submitter.sendTransaction({ to: ledger, data })).to.be.revertedWithCustomError(
          ledger,
          "TraceLedgerCalldataNotCanonical",
        )
      }
      await submitter.sendTransaction({ to: ledger, data: canonical })
    })
  })

  describe("suspendLog and resumeLog", () => {
    it("stops a log and lets it go on where it was", async () => {
      const market = await open()
      const { ledger, consortium } = market
      await expect(ledger.suspendLog(log)).to.emit(ledger, "LogSuspended").withArgs(log, consortium.address)
      expect((await ledger.statusOf(log)).suspended).to.equal(true)
      await expect(asSubmitter(market).append(log, 1, [], first))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerLogSuspended")
        .withArgs(log)
      await expect(ledger.resumeLog(log)).to.emit(ledger, "LogResumed").withArgs(log, consortium.address)
      await asSubmitter(market).append(log, 1, [], first)
    })

    it("refuses a log that is stopped already, one that is not, and one that no organisation has", async () => {
      const { ledger } = await open()
      await expect(ledger.resumeLog(log))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerLogNotSuspended")
        .withArgs(log)
      await ledger.suspendLog(log)
      await expect(ledger.suspendLog(log))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerLogSuspended")
        .withArgs(log)
      await expect(ledger.suspendLog(99)).to.be.revertedWithCustomError(ledger, "TraceLedgerUnknownLog").withArgs(99)
    })

    it("refuses everyone but a consortium administrator", async () => {
      const { ledger, gateway, submitter, stranger } = await open()
      for (const actor of [gateway, submitter, stranger]) {
        for (const change of [
          () => ledger.connect(actor).suspendLog(log),
          () => ledger.connect(actor).resumeLog(log),
          () => ledger.connect(actor).changeByteBudget(log, payloadBytesMax),
        ]) {
          await expect(change())
            .to.be.revertedWithCustomError(ledger, "TraceLedgerNotConsortiumAdmin")
            .withArgs(actor.address)
        }
      }
    })
  })

  describe("byte budget of a block", () => {
    it("[AN-7] counts the payload bytes of one log in one block, and starts again in the next", async () => {
      const market = await open()
      const { ledger } = market
      await ledger.changeByteBudget(log, payloadBytesMax)
      const large = (sequence: number, previousHead: string) =>
        payloadOf({ log, sequence, previousHead, entries: Array.from({ length: 15 }, () => new Uint8Array(4_096)) })
      const payload = large(1, zeroHead)
      const after = referenceAppend(payload, { log, sequence: 1, previousHead: zeroHead }, [])
      const next = large(2, after?.head ?? "")
      const bytes = (next.length - 2) / 2

      await networkHelpers.setBlockGasLimit(100_000_000)
      await ethers.provider.send("evm_setAutomine", [false])
      try {
        const nonce = await market.submitter.getNonce()
        const gasLimit = 5_000_000
        const sent = await asSubmitter(market).append(log, 1, [], payload, { nonce, gasLimit })
        // In the block that holds the first batch already:
        await expect(asSubmitter(market).append.staticCall(log, 2, [], next, { blockTag: "pending" }))
          .to.be.revertedWithCustomError(ledger, "TraceLedgerByteBudgetExceeded")
          .withArgs(log, 2 * bytes, payloadBytesMax)
        const late = await asSubmitter(market).append(log, 2, [], next, { nonce: nonce + 1, gasLimit })
        await networkHelpers.mine()
        const receipts = await Promise.all([sent, late].map((one) => ethers.provider.getTransactionReceipt(one.hash)))
        expect(receipts.map((receipt) => receipt?.status)).to.deep.equal([1, 0])
        expect(receipts[0]?.blockNumber).to.equal(receipts[1]?.blockNumber)
      } finally {
        await ethers.provider.send("evm_setAutomine", [true])
      }
      await asSubmitter(market).append(log, 2, [], next)
    })

    it("[AN-7] is sixteen full batches unless the consortium changes it", async () => {
      const { ledger } = await open()
      expect((await ledger.statusOf(log)).byteBudget).to.equal(byteBudgetDefault)
      await expect(ledger.changeByteBudget(log, 1_000_000))
        .to.emit(ledger, "ByteBudgetChanged")
        .withArgs(log, byteBudgetDefault, 1_000_000)
      expect(await ledger.statusOf(log)).to.deep.equal([0n, zeroHead, false, 1_000_000n])
    })

    it("[AN-7] is never less than one full batch, and only for a log that exists", async () => {
      const { ledger } = await open()
      for (const budget of [0, payloadBytesMax - 1]) {
        await expect(ledger.changeByteBudget(log, budget))
          .to.be.revertedWithCustomError(ledger, "TraceLedgerByteBudgetTooSmall")
          .withArgs(budget)
      }
      await expect(ledger.changeByteBudget(99, payloadBytesMax))
        .to.be.revertedWithCustomError(ledger, "TraceLedgerUnknownLog")
        .withArgs(99)
    })
  })

  it("[AN-13] keeps a root in the storage slot that its interface names", async () => {
    const market = await open()
    await asSubmitter(market).append(log, 1, [], first)
    const coder = AbiCoder.defaultAbiCoder()
    const logSlot = keccak256(coder.encode(["uint32", "uint256"], [log, 1]))
    const rootSlot = keccak256(coder.encode(["uint64", "bytes32"], [1, logSlot]))
    expect(await ethers.provider.getStorage(market.ledger, rootSlot)).to.equal(await market.ledger.rootOf(log, 1))
  })

  it("refuses to be deployed on an address without code", async () => {
    const { ledger, participants, stranger } = await open()
    await expect(ethers.deployContract("TraceLedger", [stranger]))
      .to.be.revertedWithCustomError(ledger, "TraceLedgerInvalidParticipants")
      .withArgs(stranger.address)
    expect(await ledger.participants()).to.equal(await participants.getAddress())
  })
})
