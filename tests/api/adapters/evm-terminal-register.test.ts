import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { randomBytes } from "node:crypto"
import { connectTerminalRegister } from "@suyuan/api/adapters/evm-terminal-register"
import { OtherTerminalEntered, type TerminalEntry } from "@suyuan/api/terminals/terminal-register"
import { terminalRegistryAbi } from "@suyuan/contracts/abi/terminal-registry"
import { deployContracts } from "@suyuan/contracts/deploy"
import { Contract, JsonRpcProvider, Wallet } from "ethers"
import { testChain } from "../../support/engines"
import { newTablet } from "../../support/stall"

const key = () => `0x${randomBytes(32).toString("hex")}`
const market = 4
let register: ReturnType<typeof connectTerminalRegister>
let restarted: ReturnType<typeof connectTerminalRegister>
let provider: JsonRpcProvider
let registry: Contract

beforeAll(async () => {
  const rpcUrl = await testChain()
  const siteKey = key()
  const deployment = await deployContracts({
    rpcUrl,
    adminKey: key(),
    organisations: [
      {
        number: market,
        name: "wet market",
        roles: ["market"],
        sealingKey: `0x${"11".repeat(32)}`,
        admin: new Wallet(siteKey).address,
        submitters: [],
      },
    ],
  })
  register = connectTerminalRegister({ rpcUrl, deployment, siteKey })
  restarted = connectTerminalRegister({ rpcUrl, deployment, siteKey })
  provider = new JsonRpcProvider(rpcUrl)
  registry = new Contract(deployment.terminals, terminalRegistryAbi, provider)
}, 60_000)
afterAll(() => {
  register?.close()
  restarted?.close()
  provider?.destroy()
})

let lastTerminal = 0x01_0000_0000
const newEntry = (): TerminalEntry => ({
  terminalId: ++lastTerminal,
  participantNumber: market,
  algorithm: "ed25519",
  publicKey: newTablet().publicKey,
  state: "active",
})
const stateOf = async (entry: TerminalEntry) => Number(await registry.getFunction("stateOf")(entry.terminalId))

describe("the chain's terminal registry", () => {
  test("takes a terminal's key by a transaction of its organisation", async () => {
    const entry = newEntry()
    const { transaction } = await register.put(entry)
    const receipt = await provider.getTransactionReceipt(transaction)
    expect(receipt?.status).toBe(1)
    const known = await registry.getFunction("terminalOf")(entry.terminalId)
    expect([Number(known.organisation), known.publicKey]).toEqual([
      market,
      `0x${Buffer.from(entry.publicKey).toString("hex")}`,
    ])
  })

  test("[response lost] again, also after a restart, changes nothing and names the same transaction", async () => {
    const entry = newEntry()
    const { transaction } = await register.put(entry)
    expect(await register.put(entry)).toEqual({ transaction })
    expect(await restarted.put(entry)).toEqual({ transaction })
  })

  test("follows suspend, resume and revoke; a state that came before the entry is reached too", async () => {
    const entry = newEntry()
    await register.put({ ...entry, state: "suspended" })
    expect(await stateOf(entry)).toBe(2)
    await register.put({ ...entry, state: "active" })
    expect(await stateOf(entry)).toBe(1)
    await register.put({ ...entry, state: "revoked" })
    expect(await stateOf(entry)).toBe(3)
  })

  test("two at once do not share a nonce", async () => {
    const entries = [newEntry(), newEntry(), newEntry()]
    await Promise.all(entries.map((entry) => register.put(entry)))
    expect(await Promise.all(entries.map(stateOf))).toEqual([1, 1, 1])
  })

  test("refuses another key under the same id", async () => {
    const entry = newEntry()
    await register.put(entry)
    const other = { ...entry, publicKey: newTablet().publicKey }
    await expect(register.put(other)).rejects.toBeInstanceOf(OtherTerminalEntered)
  })

  test("takes another organisation's entry of the same key for no entry of ours", async () => {
    const entry = newEntry()
    await register.put(entry)
    const moved = await register.put({ ...entry, participantNumber: 77 }).catch((error: unknown) => error)
    expect(moved).toBeInstanceOf(OtherTerminalEntered)
    expect(moved).toMatchObject({ other: { organisation: market, state: "active", algorithm: "ed25519" } })
  })

  test("refuses an organisation whose key this is not, and goes on afterwards", async () => {
    await expect(register.put({ ...newEntry(), participantNumber: 77 })).rejects.toThrow()
    const entry = newEntry()
    await register.put(entry)
    expect(await stateOf(entry)).toBe(1)
  })
})
