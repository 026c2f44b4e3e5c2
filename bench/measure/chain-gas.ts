// One full batch on the ledger, and the same entries one by one in a contract that keeps a struct of each: the same
// bytes, on the same chain, in the same run. Entries are real ones: sales of three lines, sealed as the gateway seals.
import { structPerRecordAbi, structPerRecordBytecode } from "@suyuan/contracts/abi/struct-per-record"
import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import { deployContracts } from "@suyuan/contracts/deploy"
import {
  BATCH_BYTES_MAX,
  batchBytes,
  encodeBatch,
  FIRST_PREVIOUS_HEAD,
  FIRST_SEQUENCE,
} from "@suyuan/protocol/ledger/batch"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { sealEntry } from "@suyuan/sealing/seal-entry"
import { Contract, ContractFactory, getBytes, type InterfaceAbi, JsonRpcProvider, Wallet } from "ethers"
import { openThrowawayEngines } from "../../scripts/engines/throwaway"
import { audienceKeys, logContext, personalSalt, saleDay, sampleSale, sampleSaleId } from "../../tests/samples/ledger"

const log = 7
/** Organisations that a batch of a city concerns: the sellers' and the regulator. */
const organisations = [11, 12, 13, 20]
const headerBytesMax = 16
const structsStored = 40
const gasLimit = 40_000_000n

export type ChainGas = {
  readonly entries: number
  readonly entryBytes: number
  readonly batchGas: number
  /** 16 for a byte, 4 for a zero, 21,000 for being a transaction: nobody stores these bytes for less. */
  readonly calldataGas: number
  readonly structGas: number
  readonly structs: number
}

let measured: Promise<ChainGas> | undefined

/** Both figures come from one run. */
export function measureChainGas(): Promise<ChainGas> {
  measured ??= measure()
  return measured
}

async function measure(): Promise<ChainGas> {
  const chain = await openThrowawayEngines().startChain()
  const provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, pollingInterval: 50 })
  try {
    const admin = Wallet.createRandom().connect(provider)
    const submitter = Wallet.createRandom().connect(provider)
    const sealingKey = `0x${"5e".repeat(32)}`
    const deployment = await deployContracts({
      rpcUrl: chain.url,
      adminKey: admin.privateKey,
      organisations: [
        {
          number: log,
          name: "Gateway",
          roles: ["gateway"],
          admin: admin.address,
          submitters: [submitter.address],
          sealingKey,
        },
        ...organisations.map((number) => ({
          ...{ number, name: `Organisation ${number}`, roles: ["market"] as const },
          ...{ admin: admin.address, submitters: [], sealingKey },
        })),
      ],
    })
    const entries = await fullBatch()
    const ledger = new Contract(deployment.ledger, traceLedgerAbi as unknown as InterfaceAbi, submitter)
    // The first append of a log also opens its storage: what is measured is the one after it.
    const [first = new Uint8Array()] = entries
    await append(ledger, FIRST_SEQUENCE, FIRST_PREVIOUS_HEAD, [first])
    const [, head] = await ledger.getFunction("headOf")(log)
    const batch = await append(ledger, FIRST_SEQUENCE + 1, getBytes(head), entries)
    const structs = await storeStructs(admin, entries.slice(0, structsStored))
    return {
      entries: entries.length,
      entryBytes: entries.reduce((sum, entry) => sum + entry.length, 0) / entries.length,
      ...batch,
      structGas: structs.reduce((sum, gas) => sum + gas, 0) / structs.length,
      structs: structs.length,
    }
  } finally {
    provider.destroy()
    await chain.stop()
  }
}

async function fullBatch(): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = []
  for (let counter = 1; ; counter += 1) {
    const entry = await sealEntry({
      context: { ...logContext, log },
      kind: "sale",
      recordId: sampleSaleId(counter),
      sections: encodeRecord(sampleSale({ counter })),
      keys: audienceKeys,
      personalSalt,
    })
    const lengths = [...entries, entry].map(({ length }) => length)
    if (batchBytes(headerBytesMax, lengths) > BATCH_BYTES_MAX) return entries
    entries.push(entry)
  }
}

async function append(ledger: Contract, sequence: number, previousHead: Uint8Array, entries: readonly Uint8Array[]) {
  const header = { sealedAtSeconds: 61_000_000, firstRecordDay: saleDay, audienceKeyDay: saleDay }
  const payload = encodeBatch({ log, sequence, previousHead, header, entries: [...entries] })
  const sent = await ledger.getFunction("append")(log, sequence, organisations, payload, { ...free, gasLimit })
  const batchGas = await gasOf(sent)
  const calldataGas = getBytes(sent.data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000)
  return { batchGas, calldataGas }
}

const free = { type: 0, gasPrice: 0n } as const

async function storeStructs(by: ContractFactory["runner"], entries: readonly Uint8Array[]): Promise<number[]> {
  const factory = new ContractFactory(structPerRecordAbi as unknown as InterfaceAbi, structPerRecordBytecode, by)
  const contract = await factory.deploy({ ...free, gasLimit })
  await contract.waitForDeployment()
  const gas: number[] = []
  for (const bytes of entries) {
    const entry = parseEntry(bytes)
    if (!entry.ok) throw new Error(entry.error)
    const { recordId, commitments, publicCiphertext, commercialCiphertext } = entry.value
    const { public: open, commercial, personal } = commitments
    const record = [1, 1, open, commercial, personal, publicCiphertext, commercialCiphertext]
    gas.push(await gasOf(await contract.getFunction("store")(recordId, record, { ...free, gasLimit })))
  }
  return gas
}

async function gasOf(sent: { wait(): Promise<{ gasUsed: bigint; status: number | null } | null> }): Promise<number> {
  const receipt = await sent.wait()
  if (receipt?.status !== 1) throw new Error("a transaction of the measurement failed")
  return Number(receipt.gasUsed)
}
