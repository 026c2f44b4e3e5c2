// A ledger of its own on a development chain: contracts, the organisations that a database knows, a sealer's lease, and
// a reader that shares no code with the gateway.
import { connectChain } from "@suyuan/api/adapters/evm-chain"
import { connectParticipantRegistry } from "@suyuan/api/adapters/evm-participant-registry"
import { connectTerminalRegister } from "@suyuan/api/adapters/evm-terminal-register"
import type { Context } from "@suyuan/api/context"
import { type Lease, takeLease } from "@suyuan/api/leases"
import { type AnchorReport, anchorBatches } from "@suyuan/api/ledger/anchor-batches"
import type { Chain } from "@suyuan/api/ledger/chain"
import { type Disclosure, prove } from "@suyuan/api/ledger/prove"
import { sealBatch } from "@suyuan/api/ledger/seal-batch"
import { readParticipantRegistry } from "@suyuan/api/participants/read-registry"
import { registerTerminals } from "@suyuan/api/terminals/register-terminals"
import type { TerminalRegister } from "@suyuan/api/terminals/terminal-register"
import { deployContracts, type OrganisationEntry } from "@suyuan/contracts/deploy"
import type { Deployment } from "@suyuan/contracts/deployment"
import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { locateProof, verifyProof } from "@suyuan/protocol/ledger/proof"
import type { ProofReport } from "@suyuan/protocol/ledger/proof-report"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { deriveSealingKeyPair, type SealingKeyPair } from "@suyuan/sealing/wrap-audience-key"
import { asc, eq } from "drizzle-orm"
import { Contract, getBytes, JsonRpcProvider, Network, Wallet } from "ethers"

export type TestLedger = {
  readonly chain: Chain
  readonly deployment: Deployment
  readonly reader: ChainReader
  readonly submitterKey: string
  /** Private sealing keys of the organisations, by number. */
  readonly sealingKeys: ReadonlyMap<number, SealingKeyPair>
  readonly lease: () => Promise<Lease>
  /** Enters an organisation, and those terminals of its sites that are not in the registry yet. */
  readonly enterOrganisation: (number: number) => Promise<void>
  readonly enterTerminals: () => Promise<void>
  /** Enters terminals by hand, as their organisation's own tool does. */
  readonly register: TerminalRegister
  /** The consortium stops the log, or lets it go on. */
  readonly decide: (verb: "suspendLog" | "resumeLog") => Promise<void>
  /** The consortium stops an organisation, or lets it go on; the gateway reads of it. */
  readonly decideOrganisation: (verb: "suspend" | "resume", number: number) => Promise<void>
  /** The organisation sets another sealing key; the gateway reads of it. */
  readonly changeSealingKey: (number: number, key: Uint8Array) => Promise<void>
  /** Seals all that is pending, however young. Returns the sizes of the batches. */
  readonly seal: (through?: Chain) => Promise<number[]>
  readonly anchor: (through?: Chain) => Promise<AnchorReport>
  /** Seals and anchors until everything is anchored. */
  readonly anchorAll: (through?: Chain) => Promise<void>
  readonly proof: (recordId: string, disclosure?: Disclosure) => Promise<string>
  /** As a stranger checks it, with what the reader reads from the chain. */
  readonly verify: (proofText: string) => Promise<ProofReport>
  readonly close: () => void
}

const gatewayOrganisation = 1

/** Deploys, enters the gateway's organisation and every participant that the database has by now. */
export async function testLedger(ctx: Context, rpcUrl: string, advance: (ms: number) => void): Promise<TestLedger> {
  const admin = Wallet.createRandom()
  const submitter = Wallet.createRandom()
  const sealingKeys = new Map<number, SealingKeyPair>()
  const entry = async (number: number, roles: OrganisationEntry["roles"], submitters: string[]) => {
    const pair = await deriveSealingKeyPair(ctx.random.bytes(32))
    sealingKeys.set(number, pair)
    const sealingKey = `0x${toHex(pair.publicKey)}`
    return { number, name: `Organisation ${number}`, roles, admin: admin.address, submitters, sealingKey }
  }
  const deployment = await deployContracts({
    rpcUrl,
    adminKey: admin.privateKey,
    organisations: [await entry(gatewayOrganisation, ["gateway"], [submitter.address])],
  })
  const chain = connectChain({ rpcUrls: [rpcUrl], deployment, submitterKey: submitter.privateKey })
  const register = connectTerminalRegister({ rpcUrl, deployment, siteKey: admin.privateKey })
  const organisationsOnChain = connectParticipantRegistry({ rpcUrls: [rpcUrl], deployment, finalDepth: 0 })
  const reader = readChain(rpcUrl, deployment)

  async function enterOrganisation(number: number): Promise<void> {
    const organisations = [await entry(number, ["base", "wholesale", "market"], [])]
    await deployContracts({ rpcUrl, adminKey: admin.privateKey, existing: deployment, organisations })
    const sealingKey = toHex(sealingKeys.get(number)?.publicKey ?? new Uint8Array())
    await ctx.db.update(participants).set({ sealingKey }).where(eq(participants.number, number))
    await readOrganisations()
  }
  async function readOrganisations(): Promise<void> {
    await ctx.db.update(participants).set({ registryReadAt: null })
    await readParticipantRegistry(ctx, organisationsOnChain)
  }
  for (const { number } of await ctx.db.select().from(participants).orderBy(asc(participants.number))) {
    await enterOrganisation(number)
  }

  const lease = async () => {
    const taken = await takeLease(ctx, `sealer-${ctx.config.LEDGER_LOG}`, "sealer", 3600)
    if (!taken) throw new Error("somebody else seals")
    return taken
  }
  async function seal(through: Chain = chain): Promise<number[]> {
    advance(ctx.config.LEDGER_BATCH_AGE_MS)
    const sizes: number[] = []
    for (;;) {
      const size = await sealBatch(ctx, through, await lease())
      if (size === 0) return sizes
      sizes.push(size)
    }
  }
  const anchor = async (through: Chain = chain) => anchorBatches(ctx, through, await lease())
  async function anchorAll(through: Chain = chain): Promise<void> {
    await seal(through)
    for (let round = 0; round < 100; round += 1) {
      await anchor(through)
      const open = await ctx.db.select({ state: batches.state }).from(batches)
      if (open.every(({ state }) => state === "anchored")) return
    }
    throw new Error("not everything was anchored in 100 rounds")
  }

  async function tell(contract: string, signature: string, args: readonly unknown[]): Promise<void> {
    const provider = new JsonRpcProvider(rpcUrl, deployment.chainId, { staticNetwork: true, cacheTimeout: -1 })
    const told = new Contract(contract, [`function ${signature}`], new Wallet(admin.privateKey, provider))
    const sent = await told.getFunction(signature.slice(0, signature.indexOf("(")))(...args, { type: 0, gasPrice: 0n })
    await sent.wait()
    provider.destroy()
  }
  const decide: TestLedger["decide"] = (verb) => tell(deployment.ledger, `${verb}(uint32 log)`, [gatewayOrganisation])
  const decideOrganisation: TestLedger["decideOrganisation"] = async (verb, number) => {
    await tell(deployment.participants, `${verb}(uint32 number)`, [number])
    await readOrganisations()
  }
  const changeSealingKey: TestLedger["changeSealingKey"] = async (number, key) => {
    await tell(deployment.participants, "changeSealingKey(uint32 number, bytes32 key)", [number, key])
    await readOrganisations()
  }

  return {
    chain,
    decide,
    decideOrganisation,
    changeSealingKey,
    deployment,
    reader,
    submitterKey: submitter.privateKey,
    sealingKeys,
    lease,
    enterOrganisation,
    register,
    enterTerminals: async () => void (await registerTerminals(ctx, register)),
    seal,
    anchor,
    anchorAll,
    proof: (recordId, disclosure = "public-and-commercial") => prove(ctx, ctx.db, chain, recordId, disclosure),
    verify: (text) => verifyAsStranger(ctx, deployment, reader, text),
    close: () => {
      chain.close()
      organisationsOnChain.close()
      register.close()
      reader.close()
    },
  }
}

export type ChainReader = ReturnType<typeof readChain>

/** Reads the contracts by their published signatures alone. */
function readChain(rpcUrl: string, deployment: Deployment) {
  const network = Network.from(deployment.chainId)
  const provider = new JsonRpcProvider(rpcUrl, network, { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1 })
  const ledger = new Contract(
    deployment.ledger,
    [
      "function rootOf(uint32 log, uint64 sequence) view returns (bytes32)",
      "function headOf(uint32 log) view returns (uint64 sequence, bytes32 head)",
      "event Appended(uint32 indexed log, uint64 indexed sequence, bytes32 root, bytes32 head, uint16 count, uint32[] concerned)",
    ],
    provider,
  )
  const terminals = new Contract(
    deployment.terminals,
    [
      "function terminalOf(uint40 terminal) view returns (tuple(uint8 state, uint8 algorithm, uint32 organisation, uint64 registeredAt, uint64 stateChangedAt, bytes publicKey))",
    ],
    provider,
  )
  return {
    rpc: (method: string, params: readonly unknown[] = []): Promise<unknown> => provider.send(method, [...params]),
    rootOf: async (log: number, sequence: number) => getBytes(await ledger.getFunction("rootOf")(log, sequence)),
    headOf: async (log: number) => {
      const [sequence, head] = await ledger.getFunction("headOf")(log)
      return { sequence: Number(sequence), head: String(head).slice(2) }
    },
    /** Sequence numbers of every append that the log ever saw, in the order of the chain. */
    appended: async (log: number) => {
      const events = await ledger.queryFilter(ledger.filters.Appended?.(log) ?? "Appended", 0, "latest")
      return events.map((event) => Number("args" in event ? event.args.sequence : Number.NaN))
    },
    terminalKey: async (terminal: number) => {
      const found = await terminals.getFunction("terminalOf")(terminal)
      const algorithm = Number(found.algorithm) === 1 ? ("ed25519" as const) : ("p256" as const)
      return { algorithm, publicKey: getBytes(found.publicKey) }
    },
    close: () => provider.destroy(),
  }
}

async function verifyAsStranger(
  ctx: Context,
  { chainId, ledger }: Deployment,
  reader: ChainReader,
  text: string,
): Promise<ProofReport> {
  const located = locateProof(text)
  if (!located.ok) throw new Error(`no proof: ${located.error}`)
  const { log, sequence, terminal } = located.value
  return verifyProof(text, {
    networkId: ctx.config.NETWORK_ID,
    chainId,
    contract: fromHex(ledger.slice(2)) ?? new Uint8Array(),
    developmentChain: true,
    root: await reader.rootOf(log, sequence),
    terminalKey: terminal === undefined ? undefined : await reader.terminalKey(terminal),
    verifySignature: verifyNoble,
  })
}

export async function recordStates(ctx: Context): Promise<Record<string, number>> {
  const rows = await ctx.db.select({ state: records.state }).from(records)
  const counts: Record<string, number> = {}
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

export const allBatches = (ctx: Context) => ctx.db.select().from(batches).orderBy(asc(batches.sequence))
