// proof.verify: how long a phone takes to check the proof of a purchase: a sale of three lines out of a full batch (271
// entries, a path of nine steps), prices opened, seller's signature included. In a realm that has the language of 2020
// and nothing else (no WebCrypto, no Buffer, no TextEncoder), with pure JavaScript cryptography: the logic layer of a
// mini-program. The median of single checks.
//
// Floor: one Ed25519 verification, 0.55 ms in pure JavaScript with a compiler, and about thirty Keccak permutations.
// Beside it the same under `node --jitless`: an interpreter alone, as on phones that compile no JavaScript (iOS outside
// the browser), where big integers are the whole cost.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import vm from "node:vm"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { batchRoot } from "@suyuan/protocol/ledger/batch"
import { buildProof } from "@suyuan/protocol/ledger/proof-bundle"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { discloseSections, sealEntry } from "@suyuan/sealing/seal-entry"
import { realmScripts } from "../tests/protocol/bare-realm"
import {
  audienceKeys,
  logContext,
  networkId,
  personalSalt,
  sampleSale,
  sampleSaleId,
  terminalKey,
} from "../tests/samples/ledger"
import type { Figure, Reading } from "./figure"
import { percentile, rounded } from "./measure/percentile"

const entryCount = 271
const jitlessSamples = 40

/** A realm has only `Date`, so a sample is `repeat` checks between two of its ticks. */
const program = `
  const { verifyProof } = modules["ledger/proof"]
  const { verifyNoble } = modules["terminal/verify-noble"]
  const { networkId, chainId, contract, root, publicKey, bundle, warm, samples, repeat } = vectors
  const trusted = {
    networkId, chainId, contract: fromHex(contract), root: fromHex(root), developmentChain: true,
    terminalKey: { algorithm: "ed25519", publicKey: fromHex(publicKey) }, verifySignature: verifyNoble,
  }
  const check = () => {
    const report = verifyProof(bundle, trusted)
    if (!report.verified) throw new Error(JSON.stringify(report))
  }
  for (let i = 0; i < warm; i++) check()
  const times = []
  for (let i = 0; i < samples; i++) {
    const started = Date.now()
    for (let j = 0; j < repeat; j++) check()
    times.push((Date.now() - started) / repeat)
  }
  return JSON.stringify(times)`

async function anchoredSale() {
  const entries: Uint8Array[] = []
  const seal = (counter: number) => ({
    context: logContext,
    kind: "sale" as const,
    recordId: sampleSaleId(counter),
    sections: encodeRecord(sampleSale({ counter })),
    keys: audienceKeys,
    personalSalt,
  })
  for (let counter = 1; counter <= entryCount; counter += 1) entries.push(await sealEntry(seal(counter)))
  const index = entryCount - 1
  const record = seal(index + 1)
  const { public: open, commercial } = record.sections
  const { chainId, contract, log } = logContext
  const sections = discloseSections(record, { public: open, commercial })
  const bundle = buildProof({ chainId, contract, log, sequence: 3, entries, index, sections })
  return { bundle, root: toHex(batchRoot(entries)) }
}

async function scriptsFor(count: { warm: number; samples: number; repeat: number }): Promise<string[]> {
  const { chainId, contract } = logContext
  const publicKey = toHex(terminalKey("ed25519").publicKey)
  const vectors = { networkId, chainId, contract: toHex(contract), publicKey, ...(await anchoredSale()), ...count }
  return realmScripts({ name: "proof.verify", modules: ["ledger/proof", "terminal/verify-noble"], vectors, program })
}

async function inThisRuntime(samples: number): Promise<number[]> {
  const context = vm.createContext(Object.create(null))
  let times: unknown
  for (const script of await scriptsFor({ warm: 50, samples, repeat: 20 })) times = vm.runInContext(script, context)
  return JSON.parse(String(times)) as number[]
}

/** Undefined where there is no Node. */
async function underNodeWithoutCompiler(samples: number): Promise<number[] | undefined> {
  const node = Bun.which("node")
  if (node === null) return undefined
  const folder = mkdtempSync(join(tmpdir(), "suyuan-bench-"))
  try {
    const scripts = await scriptsFor({ warm: 1, samples, repeat: 1 })
    const file = join(folder, "realm.cjs")
    writeFileSync(
      file,
      `const vm = require("node:vm")
       const context = vm.createContext(Object.create(null))
       let times
       for (const script of ${JSON.stringify(scripts)}) times = vm.runInContext(script, context)
       if (process.versions.bun) throw new Error("this is not Node")
       console.log(times)`,
    )
    const { exitCode, stdout, stderr } = Bun.spawnSync([node, "--jitless", file])
    if (exitCode !== 0) throw new Error(`node --jitless: ${stderr.toString()}`)
    return JSON.parse(stdout.toString()) as number[]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function reading(name: string, times: readonly number[]): Reading {
  return { name, value: rounded(percentile(times, 0.5)), unit: "ms", n: times.length }
}

export const proofVerify: Figure = {
  name: "proof.verify",
  required: { atMost: 15 },
  measure: async (run) => {
    const here = await inThisRuntime(run.quick ? 20 : 100)
    const jitless = await underNodeWithoutCompiler(run.quick ? 5 : jitlessSamples)
    return [reading("proof.verify", here), ...(jitless ? [reading("proof.verify.jitless", jitless)] : [])]
  },
}
