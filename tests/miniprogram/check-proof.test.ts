import { expect, test } from "bun:test"
import { checkProof, FalseReading, type ProofReaders, type ProofSetting } from "@suyuan/miniprogram/check-proof"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { terminal, terminalKey } from "../samples/ledger"
import vectors from "../vectors/proof.json"

const { trust, bundles } = vectors
const sale = bundles[0]!.bundle
const setting: ProofSetting = {
  networkId: trust.networkId,
  chainId: trust.chainId,
  contract: fromHex(trust.contract)!,
  developmentChain: true,
  verifySignature: verifyNoble,
}
const readers: ProofReaders = {
  rootOf: async () => fromHex(trust.root)!,
  terminalKeyOf: async (id) => (id === terminal ? terminalKey("ed25519") : undefined),
}

test("reads root and key by itself, and says each step in words", async () => {
  const { report, sentences } = await checkProof(sale, readers, setting, "zh")
  expect(report.verified).toBe(true)
  expect(report.ourWordOnly).toBe(true)
  expect(sentences).toEqual([
    "证明完整：通过 ✓ 证明文件完整，写法正确",
    "卖家终端的签名：通过 ✓ 由摊位终端亲自签名，别人改不了",
    "内容与封存的一致：通过 ✓ 看到的内容就是当时封存的内容",
    "在这一批存证里：通过 ✓ 这笔记录就在这一批里",
    "这一批已存证上链：只有我们自己的话作证 ◔ 开发链：只有我们自己的话作证",
  ])
})

test("asks for the root and the key that the proof's place names", async () => {
  const asked: unknown[] = []
  await checkProof(
    sale,
    {
      rootOf: async (log, sequence) => void asked.push([log, sequence]) as undefined,
      terminalKeyOf: async (id) => void asked.push(id) as undefined,
    },
    setting,
    "en",
  )
  expect(asked).toEqual([[expect.any(Number), expect.any(Number)], terminal])
})

test("what could not be read fails its own step, in words", async () => {
  const offline: ProofReaders = {
    rootOf: () => Promise.reject(new Error("no network")),
    terminalKeyOf: () => Promise.reject(new Error("no network")),
  }
  const { report, sentences, isUnfinished } = await checkProof(sale, offline, setting, "en")
  expect(report.verified).toBe(false)
  expect(isUnfinished).toBe(true)
  expect(report.steps.map(({ outcome }) => outcome)).toEqual(["passed", "failed", "passed", "passed", "failed"])
  expect(sentences.at(-1)).toBe(
    "The batch is on the chain: Failed ✕ The batch could not be read from the chain; go online and check again",
  )
})

test("what was read and is wrong, or is not there, is no unfinished check", async () => {
  const half: ProofReaders = { ...readers, terminalKeyOf: () => Promise.reject(new Error("no network")) }
  const nowhere: ProofReaders = { ...readers, rootOf: async () => undefined }
  const other: ProofReaders = { ...half, rootOf: async () => new Uint8Array(32).fill(7) }
  const state = (error: Error): ProofReaders => ({ ...readers, sealedState: () => Promise.reject(error) })
  const isUnfinished = async (given: ProofReaders) => (await checkProof(sale, given, setting, "zh")).isUnfinished
  expect(await isUnfinished(readers)).toBe(false)
  expect(await isUnfinished(half)).toBe(true)
  expect(await isUnfinished(nowhere)).toBe(false)
  expect(await isUnfinished(other)).toBe(false)
  expect(await isUnfinished(state(new Error("no network")))).toBe(true)
  expect(await isUnfinished(state(new FalseReading("seals")))).toBe(false)
})

test("no text at all breaks nothing", async () => {
  for (const text of ["", "{}", "<html>", "\u0000"]) {
    expect((await checkProof(text, readers, setting, "zh")).report.verified).toBe(false)
  }
})
