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
  /** Default: nothing on a chain whose base fee is 0, else what the node asks for. */
  readonly gasPriceWei?: bigint
}

type Step = { readonly what: string; readonly response: TransactionResponse }

// Ample: unused gas costs nothing, and an estimate would have to wait for the transactions before it.
const DEPLOY_GAS = 3_000_000n
const REGISTER_GAS = 400_000n
const SUBMITTER_GAS = 60_000n

const ANSWER_TIMEOUT_MS = 5_000
const RECEIPT_TIMEOUT_MS = 60_000

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
  const chainId = await askChainId(options.rpcUrl)
  if (options.existing !== undefined && options.existing.chainId !== chainId) {
    throw new Error(`the deployment is on chain ${options.existing.chainId}, the node on chain ${chainId}`)
  }
  const provider = new JsonRpcProvider(options.rpcUrl, chainId, {
    // Stale cached answers would break the bookkeeping of nonces.
    cacheTimeout: -1,
    staticNetwork: true,
    pollingInterval: 100,
  })
  try {
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
  const gasPrice = options.gasPriceWei ?? (await askGasPrice(provider))
  let nonce = await provider.getTransactionCount(wallet.address, "pending")
  return {
    address: wallet.address,
    nextNonce: () => nonce,
    send: async (what, transaction) => {
      const response = await wallet
        .sendTransaction({ ...transaction, type: 0, gasPrice, nonce })
        .catch((cause: unknown) => fail(what, cause))
      nonce += 1
      return { what, response }
    },
  }
}

/** Asked without ethers, which would try for ever when nobody answers. */
async function askChainId(rpcUrl: string): Promise<number> {
  const answer = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  })
    .then((response) => response.json() as Promise<{ readonly result?: unknown }>)
    .catch((cause: unknown) => fail(`asking the node for its chain id`, cause))
  const chainId = Number(answer.result)
  if (!Number.isSafeInteger(chainId) || chainId < 1) throw new Error("the node gives no chain id")
  return chainId
}

/** anvil asks for 1 gwei even where it charges nothing, and the development accounts hold nothing. */
async function askGasPrice(provider: JsonRpcProvider): Promise<bigint> {
  const latest = await provider.getBlock("latest")
  return latest?.baseFeePerGas === 0n ? 0n : BigInt(await provider.send("eth_gasPrice", []))
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
    if (participants.toLowerCase() !== known.participants.toLowerCase()) return undefined
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
    const receipt = await response.wait(1, RECEIPT_TIMEOUT_MS).catch((cause: unknown) => fail(what, cause))
    if (receipt === null) throw new Error(`${what}: not included in a block (${response.hash})`)
  }
}

/** ethers repeats the whole transaction in its messages and causes, here the bytecode: only the sentence is kept. */
function fail(what: string, cause: unknown): never {
  throw new Error(`${what}: ${shortMessageOf(cause)}`)
}

function shortMessageOf(cause: unknown): string {
  if (cause instanceof Error) return "shortMessage" in cause ? String(cause.shortMessage) : cause.message
  return String(cause)
}
