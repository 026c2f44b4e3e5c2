import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import type { Deployment } from "@suyuan/contracts/deployment"
import { Contract, FallbackProvider, getBytes, Interface, JsonRpcProvider, keccak256, Network, Wallet } from "ethers"
import type { Chain, LogHead } from "../ledger/chain"

export type EvmChainOptions = {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
  /** secp256k1 private key that may append to this gateway's log. */
  readonly submitterKey: string
}

const gasPerZeroByte = 4n
const gasPerByte = 16n
const transactionGas = 21_000n
/** Root, head and storage on top of the calldata, with room: what is not used costs nothing. */
const gasMargin = 500_000n

/** JSON-RPC through ethers, with our own nonces and no cached answers: both break bookkeeping under load. */
export function connectChain(options: EvmChainOptions): Chain & { close(): void } {
  const { chainId, ledger } = options.deployment
  const network = Network.from(chainId)
  const providers = options.rpcUrls.map(
    (url) => new JsonRpcProvider(url, network, { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1 }),
  )
  const [first] = providers
  if (!first) throw new Error("no chain node is named")
  const provider = providers.length === 1 ? first : new FallbackProvider(providers, network, { quorum: 1 })
  const abi = new Interface(traceLedgerAbi)
  const contract = new Contract(ledger, abi, provider)
  const wallet = new Wallet(options.submitterKey)
  let gasPrice: Promise<bigint> | undefined
  return {
    chainId,
    contract: ledger.slice(2).toLowerCase(),
    async headAt(log, depth): Promise<LogHead> {
      const newest = await provider.getBlockNumber()
      const block = await provider.getBlock(Math.max(0, newest - depth))
      if (!block?.hash) throw new Error("the node does not have its own block")
      const [sequence, head] = await contract.getFunction("headOf")(log, { blockTag: block.number })
      return { sequence: Number(sequence), head: hex(head), blockNumber: block.number, blockHash: hex(block.hash) }
    },
    async rootOf(log, sequence) {
      const root = hex(await contract.getFunction("rootOf")(log, sequence))
      return /^0+$/.test(root) ? undefined : root
    },
    nextNonce: () => provider.getTransactionCount(wallet.address, "latest"),
    async signAppend({ log, sequence, concerned, payload, nonce }) {
      gasPrice ??= askGasPrice(provider).catch((error) => {
        gasPrice = undefined
        throw error
      })
      const data = abi.encodeFunctionData("append", [log, sequence, concerned, payload])
      const raw = await wallet.signTransaction({
        type: 0,
        chainId,
        to: ledger,
        nonce,
        data,
        gasPrice: await gasPrice,
        gasLimit: gasLimitOf(getBytes(data)),
      })
      return { raw: getBytes(raw), hash: hex(keccak256(raw)) }
    },
    async send(raw) {
      try {
        await first.send("eth_sendRawTransaction", [`0x${Buffer.from(raw).toString("hex")}`])
      } catch (error) {
        // Known, or mined already: what sending was for. Which of the two, the log's head tells.
        if (!/already (known|imported)|nonce too low|already exists/i.test(String(error))) throw error
      }
    },
    close() {
      for (const one of providers) one.destroy()
    },
  }
}

function hex(text: string): string {
  return text.replace(/^0x/, "").toLowerCase()
}

function gasLimitOf(data: Uint8Array): bigint {
  let zeros = 0n
  for (const byte of data) if (byte === 0) zeros += 1n
  const calldata = zeros * gasPerZeroByte + (BigInt(data.length) - zeros) * gasPerByte
  return transactionGas + calldata * 2n + gasMargin
}

/** A development chain whose base fee is 0 asks for nothing; elsewhere the node says. */
async function askGasPrice(provider: JsonRpcProvider | FallbackProvider): Promise<bigint> {
  const block = await provider.getBlock("latest")
  if (block?.baseFeePerGas === 0n) return 0n
  return (await provider.getFeeData()).gasPrice ?? 0n
}
