// A reader of the chain that asks nobody but the chain: batches from the calldata of their transactions, roots and
// terminal keys from the contracts.
import { terminalRegistryAbi } from "@suyuan/contracts/abi/terminal-registry"
import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import { type Deployment, parseDeployment } from "@suyuan/contracts/deployment"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import type { RecordKind } from "@suyuan/protocol/ledger/record-kind"
import { algorithmOf, type TerminalKey } from "@suyuan/protocol/terminal/signature"
import { Contract, type EventLog, getBytes, Interface, JsonRpcProvider, Network } from "ethers"

export type ChainTally = {
  readonly batches: number
  readonly records: number
  readonly payloadBytes: number
  readonly gas: bigint
}

export type ChainReader = {
  readonly deployment: Deployment
  /** Reads the blocks that came since the last call. */
  readOn(): Promise<void>
  /** Kind of an anchored record; by its id in hex. */
  readonly records: ReadonlyMap<string, RecordKind>
  readonly tally: () => ChainTally
  rootOf(log: number, sequence: number): Promise<Uint8Array | undefined>
  terminalKeyOf(terminal: number): Promise<TerminalKey | undefined>
  close(): void
}

export function openChainReader(rpcUrl: string, deploymentText: string): ChainReader {
  const deployment = parseDeployment(deploymentText)
  const network = Network.from(deployment.chainId)
  const provider = new JsonRpcProvider(rpcUrl, network, { staticNetwork: network, cacheTimeout: -1 })
  const ledgerAbi = new Interface(traceLedgerAbi)
  const ledger = new Contract(deployment.ledger, ledgerAbi, provider)
  const registry = new Contract(deployment.terminals, terminalRegistryAbi, provider)
  const records = new Map<string, RecordKind>()
  const keys = new Map<number, Promise<TerminalKey | undefined>>()
  const roots = new Map<string, Promise<Uint8Array | undefined>>()
  let nextBlock = 0
  let [batches, payloadBytes, gas] = [0, 0, 0n]

  async function readBatch({ transactionHash }: EventLog): Promise<void> {
    const [transaction, receipt] = await Promise.all([
      provider.getTransaction(transactionHash),
      provider.getTransactionReceipt(transactionHash),
    ])
    if (transaction === null || receipt === null) throw new Error("the node lost a transaction of its own block")
    const [, , , payload] = ledgerAbi.decodeFunctionData("append", transaction.data)
    const bytes = getBytes(payload as string)
    const batch = parseBatch(bytes)
    if (!batch.ok) throw new Error(`a batch on the chain is malformed: ${batch.error}`)
    for (const encoded of batch.value.entries) {
      const entry = parseEntry(encoded)
      if (!entry.ok) throw new Error(`an entry on the chain is malformed: ${entry.error}`)
      const id = toHex(entry.value.recordId)
      if (records.has(id)) throw new Error(`record ${id} is anchored twice`)
      records.set(id, entry.value.kind)
    }
    batches += 1
    payloadBytes += bytes.length
    gas += receipt.gasUsed
  }

  async function readKey(terminal: number): Promise<TerminalKey | undefined> {
    const state = Number(await registry.getFunction("stateOf")(terminal))
    if (state === 0) return undefined
    const entry = await registry.getFunction("terminalOf")(terminal)
    const algorithm = algorithmOf(Number(entry.algorithm))
    return algorithm && { algorithm, publicKey: getBytes(entry.publicKey as string) }
  }

  async function readRoot(log: number, sequence: number): Promise<Uint8Array | undefined> {
    const root = String(await ledger.getFunction("rootOf")(log, sequence))
    return fromHex(root.slice(2).toLowerCase())
  }

  return {
    deployment,
    records,
    tally: () => ({ batches, records: records.size, payloadBytes, gas }),
    async readOn() {
      const newest = await provider.getBlockNumber()
      if (newest < nextBlock) return
      const events = await ledger.queryFilter(ledger.getEvent("Appended")(), nextBlock, newest)
      for (const event of events) await readBatch(event as EventLog)
      nextBlock = newest + 1
    },
    rootOf(log, sequence) {
      const name = `${log}/${sequence}`
      const root = roots.get(name) ?? readRoot(log, sequence)
      roots.set(name, root)
      return root
    },
    terminalKeyOf(terminal) {
      const key = keys.get(terminal) ?? readKey(terminal)
      keys.set(terminal, key)
      return key
    },
    close: () => provider.destroy(),
  }
}
