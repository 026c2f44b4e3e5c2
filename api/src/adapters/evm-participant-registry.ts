import { participantRegistryAbi } from "@suyuan/contracts/abi/participant-registry"
import type { Deployment } from "@suyuan/contracts/deployment"
import { Contract, Network } from "ethers"
import type { ParticipantRegistry, RegistryOrganisation } from "../participants/participant-registry"
import { openProvider } from "./evm-provider"

export type EvmParticipantRegistryOptions = {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
  /** Blocks on top of one before it counts as final. */
  readonly finalDepth: number
}

/** As `OrganisationState` in IParticipantRegistry.sol; 0 is an organisation that is not there. */
const states: Readonly<Record<number, RegistryOrganisation["state"]>> = { 1: "active", 2: "suspended" }

/** Reads organisations from the chain's registry, by JSON-RPC and without any key. */
export function connectParticipantRegistry(
  options: EvmParticipantRegistryOptions,
): ParticipantRegistry & { close(): void } {
  const { provider, close } = openProvider(options.rpcUrls, Network.from(options.deployment.chainId))
  const contract = new Contract(options.deployment.participants, participantRegistryAbi, provider)
  return {
    async find(organisation) {
      const at = { blockTag: Math.max(0, (await provider.getBlockNumber()) - options.finalDepth) }
      // `organisation` reverts for one that is not there.
      const [standing] = await contract.getFunction("standingOf")(organisation, at)
      const state = states[Number(standing)]
      if (!state) return undefined
      const found = await contract.getFunction("organisation")(organisation, at)
      return { state, sealingKey: String(found.sealingKey).slice(2).toLowerCase() }
    },
    close,
  }
}
