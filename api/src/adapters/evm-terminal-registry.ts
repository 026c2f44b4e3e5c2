import { terminalRegistryAbi } from "@suyuan/contracts/abi/terminal-registry"
import type { Deployment } from "@suyuan/contracts/deployment"
import { ALGORITHM_NUMBERS } from "@suyuan/protocol/terminal/signature"
import { Contract, Network } from "ethers"
import type { RegisteredState } from "../terminals/terminal-register"
import type { RegistryTerminal, TerminalRegistry } from "../terminals/terminal-registry"
import { openProvider } from "./evm-provider"

export type EvmTerminalRegistryOptions = {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
  /** Blocks on top of one before it counts as final. */
  readonly finalDepth: number
}

/** As `TerminalState` in ITerminalRegistry.sol; 0 is a terminal that is not there. */
const states: Readonly<Record<number, RegisteredState>> = { 1: "active", 2: "suspended", 3: "revoked" }

/** What `terminalOf` says of a terminal that is there. */
export function terminalIn(
  found: Readonly<Record<"state" | "organisation" | "algorithm" | "publicKey", unknown>>,
): RegistryTerminal {
  const state = states[Number(found.state)]
  if (!state) throw new Error("the registry has no such terminal")
  return {
    state,
    organisation: Number(found.organisation),
    algorithm: Number(found.algorithm) === ALGORITHM_NUMBERS.ed25519 ? "ed25519" : "p256",
    publicKey: String(found.publicKey).slice(2).toLowerCase(),
  }
}

/** Reads terminals from the chain's registry, by JSON-RPC and without any key. */
export function connectTerminalRegistry(options: EvmTerminalRegistryOptions): TerminalRegistry & { close(): void } {
  const { provider, close } = openProvider(options.rpcUrls, Network.from(options.deployment.chainId))
  const contract = new Contract(options.deployment.terminals, terminalRegistryAbi, provider)
  const finalBlock = async () => Math.max(0, (await provider.getBlockNumber()) - options.finalDepth)
  return {
    async find(terminalId) {
      const at = { blockTag: await finalBlock() }
      // `terminalOf` reverts for a terminal that is not there.
      if (!states[Number(await contract.getFunction("stateOf")(terminalId, at))]) return undefined
      return terminalIn(await contract.getFunction("terminalOf")(terminalId, at))
    },
    async enrolmentOf(terminalId) {
      const [event] = await contract.queryFilter(
        contract.getEvent("TerminalEnrolled")(terminalId),
        0,
        await finalBlock(),
      )
      return event?.transactionHash
    },
    close,
  }
}
