import { terminalRegistryAbi } from "@suyuan/contracts/abi/terminal-registry"
import type { Deployment } from "@suyuan/contracts/deployment"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { ALGORITHM_NUMBERS } from "@suyuan/protocol/terminal/signature"
import { Contract, JsonRpcProvider, Network, Wallet } from "ethers"
import {
  OtherTerminalEntered,
  type RegisteredState,
  type TerminalEntry,
  type TerminalRegister,
} from "../terminals/terminal-register"
import { terminalIn } from "./evm-terminal-registry"

export type EvmTerminalRegisterOptions = {
  readonly rpcUrl: string
  readonly deployment: Deployment
  /** Key of the organisation that runs the sites; development only, so that no second person is needed. */
  readonly siteKey: string
}

/** As `TerminalState` in ITerminalRegistry.sol. */
const stateNumbers = { none: 0, active: 1, suspended: 2, revoked: 3 } as const

const verbs = { active: "resume", suspended: "suspend", revoked: "revoke" } as const satisfies Record<
  RegisteredState,
  string
>

/** Enters terminals in the chain's registry with the organisation's key; transactions go one after another. */
export function connectTerminalRegister(options: EvmTerminalRegisterOptions): TerminalRegister & { close(): void } {
  const network = Network.from(options.deployment.chainId)
  const provider = new JsonRpcProvider(options.rpcUrl, network, {
    staticNetwork: network,
    cacheTimeout: -1,
    batchMaxCount: 1,
    pollingInterval: 250,
  })
  const wallet = new Wallet(options.siteKey, provider)
  const contract = new Contract(options.deployment.terminals, terminalRegistryAbi, wallet)
  let queue: Promise<unknown> = Promise.resolve()

  async function send(method: string, ...args: readonly unknown[]): Promise<string> {
    const block = await provider.getBlock("latest")
    const gas = block?.baseFeePerGas === 0n ? { gasPrice: 0n } : {}
    const nonce = await provider.getTransactionCount(wallet.address, "latest")
    const response = await contract.getFunction(method)(...args, { type: 0, nonce, ...gas })
    const receipt = await response.wait(1, 30_000)
    if (receipt?.status !== 1) throw new Error(`the registry refused to ${method} a terminal`)
    return response.hash
  }

  async function put(entry: TerminalEntry): Promise<{ transaction: string }> {
    // `terminalOf` reverts for a terminal that is not there.
    let state = Number(await contract.getFunction("stateOf")(entry.terminalId))
    let transaction: string | undefined
    const publicKey = `0x${toHex(entry.publicKey)}`
    if (state === stateNumbers.none) {
      const algorithm = ALGORITHM_NUMBERS[entry.algorithm]
      transaction = await send("enrol", entry.terminalId, entry.participantNumber, algorithm, publicKey)
      state = stateNumbers.active
    } else {
      const known = await contract.getFunction("terminalOf")(entry.terminalId)
      const other = terminalIn(known)
      const isSame = `0x${other.publicKey}` === publicKey && other.organisation === entry.participantNumber
      if (!isSame || other.algorithm !== entry.algorithm) throw new OtherTerminalEntered(other)
    }
    if (state !== stateNumbers[entry.state]) {
      const changed = await send(verbs[entry.state], entry.terminalId)
      transaction ??= changed
    }
    return { transaction: transaction ?? (await enrolmentOf(entry.terminalId)) }
  }

  /** The transaction whose answer was lost, or that an earlier process sent. */
  async function enrolmentOf(terminalId: number): Promise<string> {
    const enrolled = await contract.queryFilter(contract.getEvent("TerminalEnrolled")(terminalId))
    const [event] = enrolled
    if (!event) throw new Error("the registry holds a terminal whose entry is in no block")
    return event.transactionHash
  }

  return {
    put(entry) {
      const turn = queue.then(() => put(entry))
      queue = turn.catch(() => {})
      return turn
    },
    close: () => provider.destroy(),
  }
}
