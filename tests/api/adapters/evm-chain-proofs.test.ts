// What a running node proves of the contracts' storage, read by the rules that a phone has, beside what they say of it.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { connectChainProofs } from "@suyuan/api/adapters/evm-chain-proofs"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { readChainProof } from "@suyuan/protocol/ledger/chain-proof"
import type { TerminalId } from "@suyuan/protocol/terminal/identifiers"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { type TestLedger, testLedger } from "../../support/ledger"
import { type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

const nobody = "http://127.0.0.1:9"
let gateway: TestGateway
let ledger: TestLedger
let stall: SellingTerminal
let rpcUrl: string
/** Of this ledger's first batch. */
let beforeFirst: number
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  rpcUrl = await testChain()
  ledger = await testLedger(gateway.ctx, rpcUrl, gateway.clock.advance)
  await ledger.enterTerminals()
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  beforeFirst = await newestBlock()
  await ledger.anchorAll()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

const address = (text: string) => fromHex(text.slice(2)) ?? new Uint8Array(0)
function reading(text: string, sequence: number, terminal?: TerminalId) {
  const { ledger: contract, terminals } = ledger.deployment
  const validators = { engine: "clique", addresses: [address(`0x${"11".repeat(20)}`)] } as const
  const trust = { validators, ledger: address(contract), terminals: address(terminals) }
  const read = readChainProof(text, trust, { log: 1, sequence, terminal })
  if (!read.ok) throw new Error(read.error)
  return read.value
}
const newestBlock = async () => Number(await ledger.reader.rpc("eth_blockNumber"))
/** As of that block: the chain is other tests' too, which add to it meanwhile. */
async function readingOf(number: number) {
  for (;;) {
    const found = reading(await proofs((await newestBlock()) - number).read(1, 1, undefined), 1)
    if (found.block.number === number) return found
  }
}
const proofs = (finalDepth = 0, rpcUrls: readonly string[] = [rpcUrl]) =>
  connectChainProofs({ rpcUrls, deployment: ledger.deployment, finalDepth })

test("[CP-9] root and key are what the contracts say, and nobody sealed them on a development chain", async () => {
  const text = await proofs().read(1, 1, stall.terminalId)
  const { root, terminalKey, isSealed } = reading(text, 1, stall.terminalId)
  expect(root && toHex(root)).toBe(toHex(await ledger.reader.rootOf(1, 1)))
  expect(terminalKey).toEqual(await ledger.reader.terminalKey(stall.terminalId))
  expect(isSealed).toBe(false)
})

test("[CP-5] that there is no such batch, and no such terminal, is proved too", async () => {
  const stranger = (stall.terminalId + 1) as TerminalId
  const { root, terminalKey } = reading(await proofs().read(1, 900_000, stranger), 900_000, stranger)
  expect([root, terminalKey]).toEqual([undefined, undefined])
})

test("[CP-8] is of a block that is final here, with those above it; before its first batch a ledger has no root", async () => {
  expect((await readingOf(beforeFirst)).root).toBeUndefined()
  await ledger.reader.rpc("anvil_mine", ["0x3"])
  const newestBefore = await newestBlock()
  const text = await proofs(2).read(1, 1, undefined)
  const newestAfter = await newestBlock()
  expect(JSON.parse(text).headers).toHaveLength(3)
  const { root, block } = reading(text, 1)
  expect(root).toHaveLength(32)
  expect(block.number).toBeGreaterThanOrEqual(newestBefore - 2)
  expect(block.number).toBeLessThanOrEqual(newestAfter - 2)
})

test("another node is asked when one does not answer; when none does, it is not there for now", async () => {
  expect(reading(await proofs(0, [nobody, rpcUrl]).read(1, 1, undefined), 1).root).toBeDefined()
  const path = `/ledger/chain-proofs/1/1?terminal=${terminalToHex(stall.terminalId)}`
  const answer = await testApp(gateway.ctx, { chainProofs: proofs() }).request(path)
  expect(reading(await answer.text(), 1, stall.terminalId).root).toBeDefined()
  const away = await testApp(gateway.ctx, { chainProofs: proofs(0, [nobody]) }).request(path)
  expect([away.status, ((await away.json()) as { code: string }).code]).toEqual([503, "service/unavailable"])
})
