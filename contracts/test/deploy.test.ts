import { expect } from "chai"
import { Contract, ContractFactory, JsonRpcProvider, Wallet } from "ethers"
import { network } from "hardhat"
import { participantRegistryAbi, participantRegistryBytecode } from "../abi/participant-registry"
import { traceLedgerAbi } from "../abi/trace-ledger"
import { type DeployOptions, deployContracts, type OrganisationEntry, roleBits } from "../deploy"
import { type Deployment, formatDeployment, parseDeployment } from "../deployment"

// The first development account of every simulated chain.
const adminKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
const submitter = "0x00000000000000000000000000000000000000aa"

const organisation = (number: number): OrganisationEntry => ({
  number,
  name: "市场",
  roles: ["market", "gateway"],
  admin: new Wallet(adminKey).address,
  submitters: [submitter],
  sealingKey: `0x${"22".repeat(32)}`,
})

/** Runs `body` against a fresh chain behind HTTP. */
async function withChain(body: (options: DeployOptions, provider: JsonRpcProvider) => Promise<void>): Promise<void> {
  const server = await network.createServer(undefined, "127.0.0.1", 0)
  const { port } = await server.listen()
  const rpcUrl = `http://127.0.0.1:${port}`
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 20 })
  try {
    await body({ rpcUrl, adminKey, organisations: [organisation(1), organisation(2)] }, provider)
  } finally {
    provider.destroy()
    await server.close()
  }
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing was refused",
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  )
}

const sentBy = (provider: JsonRpcProvider) => provider.getTransactionCount(new Wallet(adminKey).address)

describe("deployContracts", () => {
  it("deploys, registers, and changes nothing when it is run again", async () => {
    await withChain(async (options, provider) => {
      const deployment = await deployContracts(options)
      expect(parseDeployment(formatDeployment(deployment))).to.deep.equal(deployment)
      const registry = new Contract(deployment.participants, participantRegistryAbi, provider)
      expect(await registry.getFunction("submitterStanding")(2, submitter)).to.deep.equal([1n, 12n, true])
      const ledger = new Contract(deployment.ledger, traceLedgerAbi, provider)
      expect((await ledger.getFunction("participants")()).toLowerCase()).to.equal(deployment.participants)

      const sent = await sentBy(provider)
      expect(sent).to.equal(5)
      expect(await deployContracts(options)).to.deep.equal(deployment)
      expect(await deployContracts({ ...options, existing: deployment })).to.deep.equal(deployment)
      expect(await sentBy(provider)).to.equal(sent)
    })
  })

  it("registers an organisation that was added later", async () => {
    await withChain(async (options, provider) => {
      const deployment = await deployContracts(options)
      await deployContracts({ ...options, organisations: [...options.organisations, organisation(3)] })
      const registry = new Contract(deployment.participants, participantRegistryAbi, provider)
      expect(await registry.getFunction("standingOf")(3)).to.deep.equal([1n, 12n])
      expect(await sentBy(provider)).to.equal(6)
    })
  })

  it("finishes a deployment that was cut off after its first contract", async () => {
    await withChain(async (options, provider) => {
      const wallet = new Wallet(adminKey, provider)
      const registry = await new ContractFactory(participantRegistryAbi, participantRegistryBytecode, wallet).deploy(
        wallet.address,
      )
      await registry.waitForDeployment()
      const deployment = await deployContracts(options)
      expect(deployment.participants).to.equal((await registry.getAddress()).toLowerCase())
      expect(await sentBy(provider)).to.equal(5)
      expect(await deployContracts(options)).to.deep.equal(deployment)
    })
  })

  it("deploys from an account that did other things first, and finds it again by what it returned", async () => {
    await withChain(async (options, provider) => {
      const wallet = new Wallet(adminKey, provider)
      await (await wallet.sendTransaction({ to: submitter, value: 1n })).wait()
      const deployment = await deployContracts(options)
      expect(await deployContracts({ ...options, existing: deployment })).to.deep.equal(deployment)
      expect(await sentBy(provider)).to.equal(6)
    })
  })

  it("deploys again at the same addresses on a chain that lost everything", async () => {
    let earlier: Deployment | undefined
    await withChain(async (options) => {
      earlier = await deployContracts(options)
    })
    await withChain(async (options) => {
      const again = await deployContracts(earlier === undefined ? options : { ...options, existing: earlier })
      expect(again).to.deep.equal(earlier)
    })
  })

  it("says what is wrong: another chain, a missing submitter, a refused registration, no node", async () => {
    await withChain(async (options) => {
      const deployment = await deployContracts(options)
      expect(await rejection(deployContracts({ ...options, existing: { ...deployment, chainId: 5 } }))).to.equal(
        `the deployment is on chain 5, the node on chain ${deployment.chainId}`,
      )
      const missing = "0x00000000000000000000000000000000000000bb"
      const differing = { ...organisation(1), submitters: [missing] }
      expect(await rejection(deployContracts({ ...options, organisations: [differing] }))).to.equal(
        `organisation 1 is registered without the submitter ${missing}: its administrator has to add it`,
      )
      const nameless = { ...organisation(4), name: "" }
      expect(await rejection(deployContracts({ ...options, organisations: [nameless] }))).to.match(
        /^registering organisation 4: /,
      )
    })
    expect(await rejection(deployContracts({ rpcUrl: "http://127.0.0.1:1", adminKey, organisations: [] }))).to.match(
      /^asking the node for its chain id: /,
    )
  })

  it("numbers roles as the contract does", () => {
    expect(roleBits(["base", "wholesale", "market", "gateway", "regulator"])).to.equal(31)
    expect(roleBits(["gateway"])).to.equal(8)
  })
})

describe("deployment file", () => {
  const good = {
    chainId: 31_337,
    participants: `0x${"a1".repeat(20)}`,
    terminals: `0x${"b2".repeat(20)}`,
    ledger: `0x${"c3".repeat(20)}`,
  }

  it("is read as it was written, addresses in lower case", () => {
    expect(parseDeployment(formatDeployment(good))).to.deep.equal(good)
    expect(parseDeployment(JSON.stringify({ ...good, ledger: `0x${"C3".repeat(20)}` }))).to.deep.equal(good)
  })

  it("is refused with a sentence that names what is wrong", () => {
    for (const [text, sentence] of [
      ["{", "not JSON"],
      ["null", "not an object"],
      ["[]", "not an object"],
      [JSON.stringify({ ...good, admin: "x" }), 'unknown field "admin"'],
      [JSON.stringify({ ...good, chainId: 0 }), "chainId is not a positive integer"],
      [JSON.stringify({ ...good, chainId: "1" }), "chainId is not a positive integer"],
      [JSON.stringify({ ...good, ledger: undefined }), "ledger is not an address"],
      [JSON.stringify({ ...good, terminals: "0x12" }), "terminals is not an address"],
      [JSON.stringify({ ...good, participants: `0x${"00".repeat(20)}` }), "participants is not an address"],
    ] as const) {
      expect(() => parseDeployment(text)).to.throw(`deployment file: ${sentence}`)
    }
  })
})
