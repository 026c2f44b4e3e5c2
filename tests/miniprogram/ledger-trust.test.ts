// What a program trusts of the ledger: built in, with members to ask, or the gateway's word and called so.
import { expect, test } from "bun:test"
import { type GatewayClient, gatewayClient } from "@suyuan/client/client"
import { parseBuiltInLedger } from "@suyuan/miniprogram/built-in-ledger"
import { checkProof } from "@suyuan/miniprogram/check-proof"
import { openLedgerTrust } from "@suyuan/miniprogram/ledger-trust"
import { proofFacts, proofFileName } from "@suyuan/miniprogram/proof-facts"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { terminalKey } from "../samples/ledger"
import run from "../vectors/chain-proof.json"
import vectors from "../vectors/proof.json"

const { trust, bundles } = vectors
const sale = bundles[0]!.bundle
const setting = { networkId: trust.networkId, chainId: trust.chainId, contract: trust.contract }
const key = { algorithm: "ed25519", publicKey: toHex(terminalKey("ed25519").publicKey) }

/** A gateway that says so; `undefined`: none answers. */
function gatewayWith(root: string | null | undefined): GatewayClient {
  return gatewayClient(async ({ path }) => {
    if (root === undefined) throw new Error("away")
    const body = path.startsWith("/ledger/roots/") ? { ...setting, root } : path.includes("terminals") ? key : setting
    return { status: 200, headers: {}, body: JSON.stringify(body) }
  })
}

/** @param witnesses roots of the members; `null`: it has none, undefined: it does not answer */
async function checkBy(own: string | null, witnesses: readonly (string | null | undefined)[], isBuiltIn = true) {
  const origins = witnesses.map((_, index) => `https://member-${index}.example`)
  const built = isBuiltIn ? { ...setting, witnesses: origins } : undefined
  const at = (origin: string) => gatewayWith(witnesses[origins.indexOf(origin)])
  const { setting: trusted, readers } = await openLedgerTrust(gatewayWith(own), verifyNoble, built, at)
  return checkProof(sale, readers, trusted, "zh")
}

async function anchorBy(...given: Parameters<typeof checkBy>) {
  const { report } = await checkBy(...given)
  const anchor = report.steps.find(({ step }) => step === "anchor")
  return `${anchor?.outcome}/${anchor?.reason}`
}

const other = "ab".repeat(32)

test("without a ledger built in, the anchor is our word only", async () => {
  expect(await anchorBy(trust.root, [], false)).toBe("our-word-only/development-chain")
  expect(await anchorBy(trust.root, [])).toBe("our-word-only/development-chain")
})

test("when every member has the same root, it is no longer our word alone", async () => {
  expect(await anchorBy(trust.root, [trust.root, trust.root])).toBe("passed/root-on-chain")
})

test("one member that does not answer leaves it our word; one that has another root is believed before us", async () => {
  expect(await anchorBy(trust.root, [trust.root, undefined])).toBe("our-word-only/development-chain")
  expect(await anchorBy(trust.root, [trust.root, other])).toBe("failed/other-root-on-chain")
  expect(await anchorBy(other, [trust.root])).toBe("passed/root-on-chain")
})

test("a member that has no such batch yet leaves the check unfinished; another root is believed whoever lags", async () => {
  expect(await anchorBy(trust.root, [null])).toBe("failed/root-unread")
  expect((await checkBy(trust.root, [trust.root, null])).isUnfinished).toBe(true)
  expect((await checkBy(trust.root, [null, other])).isUnfinished).toBe(false)
  expect(await anchorBy(trust.root, [null, other])).toBe("failed/other-root-on-chain")
  // Where we have none either, nobody claims that it is on the chain.
  expect((await checkBy(null, [null])).isUnfinished).toBe(false)
})

/** What a phone says that trusts four validators, when the gateway hands on this of the chain. */
async function stepsOf(chainProof: string | undefined, validators = run.trust.validators) {
  const { networkId, chainId, engine, ledger: contract, terminals } = run.trust
  const asked: string[] = []
  const carrier = gatewayClient(async ({ path }) => {
    asked.push(path)
    return { status: chainProof === undefined ? 503 : 200, headers: {}, body: chainProof ?? "{}" }
  })
  const seals = { engine: engine as "clique", validators, terminals }
  const built = parseBuiltInLedger(JSON.stringify({ networkId, chainId, contract, witnesses: [], seals }))
  const {
    setting: trusted,
    readers,
    by,
  } = await openLedgerTrust(carrier, verifyNoble, built, () => {
    throw new Error("nobody else is to be asked")
  })
  const { report, sentences } = await checkProof(run.bundle, readers, trusted, "zh")
  return { report, sentences, by, asked, failed: report.steps.filter(({ outcome }) => outcome === "failed") }
}
const [sealedSale] = run.terminals

test("[CP-10] with validators built in, the phone checks their seals, and no step is anybody's word", async () => {
  const { report, sentences, by, asked } = await stepsOf(sealedSale?.proof)
  expect([by, report.verified, report.ourWordOnly]).toEqual(["validators", true, false])
  expect(sentences.at(-1)).toBe("各家验证人盖的章：通过 ✓ 多数验证人为这一刻的账本盖了章，章是在您手机上验的")
  expect(asked).toEqual(["/ledger/chain-proofs/7/3?terminal=010000002a"])
})

test("[CP-10] what others sealed, or a gateway that carries nothing of use, fails where it is found", async () => {
  const strangers = run.trust.validators.map((_, index) => `${index}`.repeat(40))
  const reasons = async (...given: Parameters<typeof stepsOf>) =>
    (await stepsOf(...given)).failed.map(({ step, reason }) => `${step}/${reason}`)
  expect(await reasons(sealedSale?.proof, strangers)).toEqual(["validators/too-few-seals"])
  const unread = ["seller-signature/terminal-unknown", "anchor/root-unread", "validators/state-unread"]
  for (const carried of [undefined, "{}", run.terminals[1]?.proof]) expect(await reasons(carried)).toEqual(unread)
})

test("a chain or contract that is built in is not the gateway's to change", async () => {
  const built = { ...setting, chainId: setting.chainId + 1, witnesses: [] }
  const { setting: trusted, readers } = await openLedgerTrust(gatewayWith(trust.root), verifyNoble, built, () => {
    throw new Error("nobody is to be asked")
  })
  const { report } = await checkProof(sale, readers, trusted, "en")
  expect(report.verified).toBe(false)
})

test("a build that names its ledger wrongly is not built", () => {
  const good = { ...setting, witnesses: ["https://chain.member.example", "http://127.0.0.1:8081"] }
  expect(parseBuiltInLedger(JSON.stringify(good))).toEqual(good)
  const seals = { engine: "qbft", validators: ["ab".repeat(20)], terminals: "cd".repeat(20) }
  expect(parseBuiltInLedger(JSON.stringify({ ...good, seals })).seals).toEqual(seals as never)
  for (const wrong of [
    { ...good, seals: {} },
    { ...good, seals: { ...seals, engine: "ibft" } },
    { ...good, seals: { ...seals, validators: [] } },
    { ...good, seals: { ...seals, validators: [...seals.validators, ...seals.validators] } },
    { ...good, seals: { ...seals, terminals: "0x" } },
    { ...good, chainId: "1" },
    { ...good, networkId: 0 },
    { ...good, contract: `0x${setting.contract}` },
    { ...good, witnesses: ["http://chain.member.example"] },
    { ...good, witnesses: ["https://a.example/path"] },
    { ...good, witnesses: undefined },
  ]) {
    expect(() => parseBuiltInLedger(JSON.stringify(wrong))).toThrow()
  }
})

test("an expert reads of the proof what it names, and saves it under the record's number; of rubbish nothing is read", () => {
  const facts = Object.fromEntries(proofFacts(sale).map(({ name, value }) => [name, value]))
  expect(facts.chain).toBe(String(trust.chainId))
  expect(facts.contract).toBe(`0x${trust.contract}`)
  expect(facts.root).toBe(trust.root)
  expect(proofFileName(sale)).toMatch(/^suyuan-proof-[0-9a-f]{12}\.json$/)
  expect(proofFacts("{}")).toEqual([])
  expect(proofFileName("{}")).toBe("suyuan-proof-unread.json")
})
