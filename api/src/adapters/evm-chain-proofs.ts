import type { Deployment } from "@suyuan/contracts/deployment"
import { equalBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseBlockHeader } from "@suyuan/protocol/ledger/chain/block-header"
import { encodeRlp } from "@suyuan/protocol/ledger/chain/rlp"
import { blockHash } from "@suyuan/protocol/ledger/chain/seals"
import { enrolmentSlots, rootSlot } from "@suyuan/protocol/ledger/chain/slots"
import { HEADERS_MAX, serialiseChainProof } from "@suyuan/protocol/ledger/chain-proof"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import type { ChainProofs } from "../ledger/chain-proofs"
import { answerMsMax } from "./evm-provider"

export type EvmChainProofsOptions = {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
  /** Blocks on top of one before it counts as final. */
  readonly finalDepth: number
}

/** In the order in which a header is hashed; what a chain does not have is left out. */
const bytesFields = ["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"]
const numberFields = ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"]
const sealedFields = ["extraData", "mixHash", "nonce"]
const laterFields = [
  ...(["baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"] as const),
  ...(["parentBeaconBlockRoot", "requestsHash"] as const),
]
const laterNumbers: ReadonlySet<string> = new Set(["baseFeePerGas", "blobGasUsed", "excessBlobGas"])

type Json = Readonly<Record<string, unknown>>
type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>
type AccountProof = { readonly account: readonly Uint8Array[]; readonly slots: readonly (readonly Uint8Array[])[] }

/** By plain JSON-RPC. Each proof is read from one node, so that its parts are of one chain. */
export function connectChainProofs({ rpcUrls, deployment, finalDepth }: EvmChainProofsOptions): ChainProofs {
  return {
    async read(log, sequence, terminal) {
      let trouble: unknown
      for (const url of rpcUrls) {
        try {
          return await readFrom(asker(url), log, sequence, terminal)
        } catch (error) {
          trouble = error
        }
      }
      throw trouble
    },
  }

  async function readFrom(ask: Ask, log: number, sequence: number, terminal: number | undefined): Promise<string> {
    const newest = Number(await ask("eth_blockNumber", []))
    const first = Math.max(0, newest - finalDepth)
    const numbers = Array.from({ length: Math.min(newest - first + 1, HEADERS_MAX) }, (_, above) => first + above)
    const of = (address: string, slots: readonly Uint8Array[]) => readProof(ask, address, slots, first)
    const [headers, ledger, registry] = await Promise.all([
      Promise.all(numbers.map((number) => readHeader(ask, number))),
      of(deployment.ledger, [rootSlot(log, sequence)]),
      terminal === undefined ? undefined : of(deployment.terminals, enrolmentSlots(terminal)),
    ])
    requireOneState(headers, ledger, registry)
    const [root = []] = ledger.slots
    const [small = [], key = []] = registry?.slots ?? []
    return serialiseChainProof({
      ...{ headers, ledger: ledger.account, root },
      ...(registry && { terminal: { registry: registry.account, small, key } }),
    })
  }
}

/** A chain may take another way while it is asked; then it is asked again. */
function requireOneState(headers: readonly Uint8Array[], ...proofs: readonly (AccountProof | undefined)[]): void {
  const [first] = headers
  const stateRoot = first && parseBlockHeader(first)?.stateRoot
  for (const proof of proofs) {
    const [top] = proof?.account ?? []
    if (proof !== undefined && (!stateRoot || !top || !equalBytes(keccak256(top), stateRoot)))
      throw new Error("a node's proof is not of the block that was asked for")
  }
}

async function readHeader(ask: Ask, number: number): Promise<Uint8Array> {
  const block = (await ask("eth_getBlockByNumber", [`0x${number.toString(16)}`, false])) as Json | null
  if (block === null) throw new Error(`a node does not have its block ${number}`)
  const later = laterFields.filter((name) => block[name] !== undefined && block[name] !== null)
  const encoded = encodeRlp([
    ...bytesFields.map((name) => bytesOf(block[name])),
    ...numberFields.map((name) => numberOf(block[name])),
    ...sealedFields.map((name) => bytesOf(block[name])),
    ...later.map((name) => (laterNumbers.has(name) ? numberOf(block[name]) : bytesOf(block[name]))),
  ])
  const header = parseBlockHeader(encoded)
  const named = bytesOf(block.hash)
  const isIt = (["clique", "qbft"] as const).some((engine) => {
    const hash = header && blockHash(header, engine)
    return hash !== undefined && equalBytes(hash, named)
  })
  if (!isIt) throw new Error(`a node's block ${number} has fields that are not known here`)
  return encoded
}

async function readProof(
  ask: Ask,
  address: string,
  slots: readonly Uint8Array[],
  number: number,
): Promise<AccountProof> {
  const keys = slots.map((slot) => `0x${toHex(slot)}`)
  const proof = (await ask("eth_getProof", [address, keys, `0x${number.toString(16)}`])) as {
    readonly accountProof: readonly unknown[]
    readonly storageProof: readonly { readonly proof: readonly unknown[] }[]
  }
  if (proof.storageProof.length !== slots.length) throw new Error("a node leaves a part of a proof out")
  return {
    account: proof.accountProof.map(bytesOf),
    // Some nodes write the node that an empty storage does not have.
    slots: proof.storageProof.map(({ proof: nodes }) => nodes.filter((node) => node !== "0x80").map(bytesOf)),
  }
}

function asker(url: string): Ask {
  return async (method, params) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: AbortSignal.timeout(answerMsMax),
    })
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: unknown } }
    if (result === undefined) throw new Error(`a node refuses ${method}: ${error?.message ?? response.status}`)
    return result
  }
}

function bytesOf(value: unknown): Uint8Array {
  const bytes = typeof value === "string" ? fromHex(value.replace(/^0x/, "").toLowerCase()) : undefined
  if (bytes === undefined) throw new Error("a node answers with what are no bytes")
  return bytes
}

/** A number has no leading zeros, and 0 no bytes at all. */
function numberOf(value: unknown): Uint8Array {
  const digits = String(value).replace(/^0x0*/, "")
  return bytesOf(digits.length % 2 === 0 ? digits : `0${digits}`)
}
