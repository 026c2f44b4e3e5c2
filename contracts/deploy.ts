// Puts the three contracts on a chain and enters the first organisations. The development supervisor runs it at each
// start against the embedded chain, which may have kept everything, lost its last blocks, or be empty: so each step is
// looked up before it is sent.

import {
  Contract,
  ContractFactory,
  getCreateAddress,
  Interface,
  JsonRpcProvider,
  type TransactionResponse,
  Wallet,
} from "ethers"
import { participantRegistryAbi, participantRegistryBytecode } from "./abi/participant-registry"
import { terminalRegistryAbi, terminalRegistryBytecode } from "./abi/terminal-registry"
import { traceLedgerAbi, traceLedgerBytecode } from "./abi/trace-ledger"
import type { Deployment } from "./deployment"

/** Bits of an organisation's roles, as in IParticipantRegistry.sol. */
export const organisationRoles = { base: 1, wholesale: 2, market: 4, gateway: 8, regulator: 16 } as const
export type OrganisationRole = keyof typeof organisationRoles

export type OrganisationEntry = {
  /** u32, not zero; also the id of its log. */
  readonly number: number
  /** 1 to 96 bytes in UTF-8. */
  readonly name: string
  readonly roles: readonly OrganisationRole[]
  /** Address that changes the organisation's keys and enters its terminals. */
  readonly admin: string
  /** Addresses that append to its log. */
  readonly submitters: readonly string[]
  /** X25519 public key, 0x and 64 hex digits. */
  readonly sealingKey: string
}

export type DeployOptions = {
  readonly rpcUrl: string
  /** Private key of the consortium administrator, 0x and 64 hex digits. */
  readonly adminKey: string
  /** Registered when missing; one that is there is left as it is. */
  readonly organisations: readonly OrganisationEntry[]
  /** What an earlier deployment returned, when it is known. */
  readonly existing?: Deployment
  /** Default: what the node asks for, which is 0 on a chain without fees. */
  readonly gasPriceWei?: bigint
}

type Step = { readonly what: string; readonly response: TransactionResponse }

// Ample: unused gas costs nothing, and an estimate would have to wait for the transactions before it.
const DEPLOY_GAS = 3_000_000n
const REGISTER_GAS = 400_000n
const SUBMITTER_GAS = 60_000n

const contractCount = 3
const participantsInterface = new Interface(participantRegistryAbi)

/**
 * Deploys what is missing and returns where the contracts stand. Running it again changes nothing: a deployment is
 * recognised by `existing`, or else as the first three transactions of the administrator's account.
 *
 * @throws Error when the node cannot be reached, a transaction reverts, `existing` names another chain, or a registered
 * organisation lacks a submitter that was asked for (only the organisation itself can add one).
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, {
    // Stale cached answers would break the bookkeeping of nonces.
    cacheTimeout: -1,
    staticNetwork: true,
    pollingInterval: 100,
  })
  try {
    const chainId = Number((await provider.getNetwork()).chainId)
    if (options.existing !== undefined && options.existing.chainId !== chainId) {
      throw new Error(`the deployment is on chain ${options.existing.chainId}, the node on chain ${chainId}`)
    }
    const sender = await openSender(provider, options)
    const deployment = (await recognise(provider, options.existing)) ?? (await deploy(provider, sender, chainId))
    await registerMissing(provider, sender, deployment, options.organisations)
    return deployment
  } finally {
    provider.destroy()
  }
}

/** Bitmask of roles for the contract. */
export function roleBits(roles: readonly OrganisationRole[]): number {
  return roles.reduce((bits, role) => bits | organisationRoles[role], 0)
}

type Sender = {
  readonly address: string
  readonly nextNonce: () => number
  readonly send: (what: string, transaction: { to?: string; data: string; gasLimit: bigint }) => Promise<Step>
}

/** Numbers the administrator's transactions itself, so that they need not wait for each other. */
async function openSender(provider: JsonRpcProvider, options: DeployOptions): Promise<Sender> {
  const wallet = new Wallet(options.adminKey, provider)
  const gasPrice = options.gasPriceWei ?? BigInt(await provider.send("eth_gasPrice", []))
  let nonce = await provider.getTransactionCount(wallet.address, "pending")
  return {
    address: wallet.address,
    nextNonce: () => nonce,
    send: async (what, transaction) => {
      const response = await wallet.sendTransaction({ ...transaction, type: 0, gasPrice, nonce })
      nonce += 1
      return { what, response }
    },
  }
}

async function recognise(provider: JsonRpcProvider, known: Deployment | undefined): Promise<Deployment | undefined> {
  if (known === undefined) return undefined
  const codes = await Promise.all(
    [known.participants, known.terminals, known.ledger].map((address) => provider.getCode(address)),
  )
  if (codes.includes("0x")) return undefined
  for (const [address, abi] of [
    [known.terminals, terminalRegistryAbi],
    [known.ledger, traceLedgerAbi],
  ] as const) {
    const participants: string = await new Contract(address, abi, provider).getFunction("participants")()
    if (participants.toLowerCase() !== known.participants) return undefined
  }
  return known
}

async function deploy(provider: JsonRpcProvider, sender: Sender, chainId: number): Promise<Deployment> {
  const first = deploymentAt(sender.address, 0, chainId)
  const complete = await recognise(provider, first)
  if (complete !== undefined) return complete

  // A start that was killed half-way is finished; an account that did other things first begins at its next nonce.
  const addresses = [first.participants, first.terminals, first.ledger]
  const sent = Math.min(sender.nextNonce(), contractCount)
  const codes = await Promise.all(addresses.slice(0, sent).map((address) => provider.getCode(address)))
  const resumes = sent < contractCount && codes.every((code) => code !== "0x")
  const deployment = resumes ? first : deploymentAt(sender.address, sender.nextNonce(), chainId)

  const creations: { what: string; data: string }[] = []
  for (const [what, abi, bytecode, argument] of [
    ["ParticipantRegistry", participantRegistryAbi, participantRegistryBytecode, sender.address],
    ["TerminalRegistry", terminalRegistryAbi, terminalRegistryBytecode, deployment.participants],
    ["TraceLedger", traceLedgerAbi, traceLedgerBytecode, deployment.participants],
  ] as const) {
    const { data } = await new ContractFactory(abi, bytecode).getDeployTransaction(argument)
    creations.push({ what, data })
  }
  const steps: Step[] = []
  for (const { what, data } of creations.slice(resumes ? sent : 0)) {
    steps.push(await sender.send(`deploying ${what}`, { data, gasLimit: DEPLOY_GAS }))
  }
  await settle(steps)
  return deployment
}

function deploymentAt(from: string, nonce: number, chainId: number): Deployment {
  const address = (offset: number) => getCreateAddress({ from, nonce: nonce + offset }).toLowerCase()
  return { chainId, participants: address(0), terminals: address(1), ledger: address(2) }
}

async function registerMissing(
  provider: JsonRpcProvider,
  sender: Sender,
  deployment: Deployment,
  organisations: readonly OrganisationEntry[],
): Promise<void> {
  const registry = new Contract(deployment.participants, participantRegistryAbi, provider)
  const steps: Step[] = []
  for (const entry of organisations) {
    const [state] = await registry.getFunction("standingOf")(entry.number)
    if (state !== 0n) {
      await requireSubmitters(registry, entry)
      continue
    }
    const { number, name, admin, sealingKey, submitters } = entry
    const data = participantsInterface.encodeFunctionData("register", [
      number,
      name,
      roleBits(entry.roles),
      admin,
      sealingKey,
      submitters,
    ])
    const gasLimit = REGISTER_GAS + SUBMITTER_GAS * BigInt(submitters.length)
    steps.push(await sender.send(`registering organisation ${number}`, { to: deployment.participants, data, gasLimit }))
  }
  await settle(steps)
}

async function requireSubmitters(registry: Contract, entry: OrganisationEntry): Promise<void> {
  for (const submitter of entry.submitters) {
    const [isSubmitter]: [boolean] = [await registry.getFunction("isSubmitter")(entry.number, submitter)]
    if (!isSubmitter) {
      throw new Error(
        `organisation ${entry.number} is registered without the submitter ${submitter}: its administrator has to add it`,
      )
    }
  }
}

async function settle(steps: readonly Step[]): Promise<void> {
  for (const { what, response } of steps) {
    const receipt = await response.wait(1, 60_000).catch((cause: unknown) => {
      throw new Error(`${what} failed (${response.hash})`, { cause })
    })
    if (receipt === null) throw new Error(`${what} was not included in a block (${response.hash})`)
  }
}
