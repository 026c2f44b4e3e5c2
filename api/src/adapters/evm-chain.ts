import { participantRegistryAbi } from "@suyuan/contracts/abi/participant-registry"
import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import type { Deployment } from "@suyuan/contracts/deployment"
import {
  Contract,
  type FallbackProvider,
  getBytes,
  Interface,
  isCallException,
  type JsonRpcProvider,
  Network,
  Wallet,
} from "ethers"
import type { Chain, LogHead } from "../ledger/chain"
import { encodeAppend, signLegacy } from "./evm-append"
import { answerMsMax, openProvider } from "./evm-provider"

export type EvmChainOptions = {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
  /** secp256k1 private key that may append to this gateway's log. */
  readonly submitterKey: string
}

/** `0x` and the four bytes that name a custom error. */
const selectorCharacters = 10
const gasPerZeroByte = 4
const gasPerByte = 16
/** Chains with EIP-7623 ask for up to two and a half times the calldata's gas before they look at a transaction. */
const calldataFactor = 3n
const transactionGas = 21_000n
/** Root, head and storage on top of the calldata, with room: what is not used costs nothing. */
const gasMargin = 500_000n
/** Reading one organisation's standing, at most. */
const gasPerConcerned = 6_000n

/** JSON-RPC through ethers, with our own nonces and no cached answers: both break bookkeeping under load. */
export function connectChain(options: EvmChainOptions): Chain & { close(): void } {
  const { chainId, ledger, participants } = options.deployment
  const network = Network.from(chainId)
  const { provider, close } = openProvider(options.rpcUrls, network)
  const abi = new Interface(traceLedgerAbi)
  const contract = new Contract(ledger, abi, provider)
  const registry = new Contract(participants, participantRegistryAbi, provider)
  /** An organisation that was entered stays there. */
  const registered = new Set<number>()
  const wallet = new Wallet(options.submitterKey)
  let gasPrice: Promise<bigint> | undefined
  return {
    chainId,
    contract: ledger.slice(2).toLowerCase(),
    async headAt(log, depth): Promise<LogHead> {
      const newest = await provider.getBlockNumber()
      const block = await provider.getBlock(Math.max(0, newest - depth))
      if (!block?.hash) throw new Error("the node does not have its own block")
      const blockTag = block.number
      const [[sequence, head], nextNonce] = await Promise.all([
        contract.getFunction("headOf")(log, { blockTag }),
        provider.getTransactionCount(wallet.address, blockTag),
      ])
      const at = { blockNumber: block.number, blockHash: hex(block.hash), nextNonce }
      return { sequence: Number(sequence), head: hex(head), ...at }
    },
    async unregistered(organisations) {
      const asked = organisations.filter((organisation) => !registered.has(organisation))
      const states = await Promise.all(asked.map((organisation) => registry.getFunction("standingOf")(organisation)))
      for (const [index, organisation] of asked.entries()) {
        if (states[index]?.[0] !== 0n) registered.add(organisation)
      }
      return asked.filter((organisation) => !registered.has(organisation))
    },
    async rootOf(log, sequence) {
      const root = hex(await contract.getFunction("rootOf")(log, sequence))
      return /^0+$/.test(root) ? undefined : root
    },
    async signAppend({ nonce, ...append }) {
      gasPrice ??= askGasPrice(provider).catch((error) => {
        gasPrice = undefined
        throw error
      })
      const data = encodeAppend(abi, append)
      const gasLimit = gasLimitOf(data, append.concerned.length)
      const to = getBytes(ledger)
      return signLegacy(wallet.signingKey, {
        nonce,
        gasPrice: await gasPrice,
        gasLimit,
        to,
        data,
        chainId,
      })
    },
    async refusalOf(append) {
      const data = encodeAppend(abi, append)
      const gasLimit = gasLimitOf(data, append.concerned.length)
      try {
        await provider.call({ from: wallet.address, to: ledger, data: prefixed(data), gasLimit })
        return undefined
      } catch (error) {
        if (!isCallException(error)) throw error
        const reason = error.data && error.data.length >= selectorCharacters ? abi.parseError(error.data) : null
        return reason ? `${reason.name}(${reason.args.join(", ")})` : (error.reason ?? "reverted without a reason")
      }
    },
    async send(raw) {
      const sent = options.rpcUrls.map((url) => sendRaw(url, raw))
      await Promise.any(sent).catch((all: AggregateError) => {
        throw all.errors[0]
      })
    },
    close,
  }
}

/** By itself: a batch that passes through a library's own request is turned into text, and back, several times over. */
async function sendRaw(url: string, raw: Uint8Array): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["${prefixed(raw)}"]}`,
    signal: AbortSignal.timeout(answerMsMax),
  })
  const answer = await response.text()
  const message = refusalIn(answer)
  // Known, or mined already: what sending was for. Which of the two, the log's head tells.
  if (message !== undefined && /already (known|imported)|nonce too low|already exists/i.test(message)) return
  if (message !== undefined || !response.ok)
    throw new Error(`a node refuses a transaction: ${message ?? response.status}`)
}

/** Why a JSON-RPC answer is no result; undefined when it is one. */
function refusalIn(answer: string): string | undefined {
  try {
    const { result, error } = JSON.parse(answer) as { result?: unknown; error?: { message?: unknown } }
    return typeof result === "string" ? undefined : String(error?.message ?? "no result")
  } catch {
    return "no JSON"
  }
}

function prefixed(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`
}

function hex(text: string): string {
  return text.replace(/^0x/, "").toLowerCase()
}

function gasLimitOf(data: Uint8Array, concerned: number): bigint {
  let zeros = 0
  for (const byte of data) if (byte === 0) zeros += 1
  const calldata = BigInt(zeros * gasPerZeroByte + (data.length - zeros) * gasPerByte)
  return transactionGas + calldata * calldataFactor + BigInt(concerned) * gasPerConcerned + gasMargin
}

/** A development chain whose base fee is 0 asks for nothing; elsewhere the node says. */
async function askGasPrice(provider: JsonRpcProvider | FallbackProvider): Promise<bigint> {
  const block = await provider.getBlock("latest")
  if (block?.baseFeePerGas === 0n) return 0n
  return (await provider.getFeeData()).gasPrice ?? 0n
}
