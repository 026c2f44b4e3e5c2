import { expect, test } from "bun:test"
import type { GatewayClient } from "@suyuan/client/client"
import { checkOrigin } from "@suyuan/miniprogram/check-origin"
import type { ProofReaders, ProofSetting } from "@suyuan/miniprogram/check-proof"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { locateProof } from "@suyuan/protocol/ledger/proof"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { filled, logContext, networkId, sampleSale } from "../samples/ledger"
import { anchoredAlone } from "../samples/proofs"
import { sampleRecords } from "../samples/records"

type Statement = Extract<LedgerRecord, { kind: "origin-statement" }>

const sale = sampleSale()
const [line] = sale.public.lines
const sample = sampleRecords.find((record): record is Statement => record.kind === "origin-statement")!
const ofThisPile: Statement = { ...sample, public: { ...sample.public, pileAlias: line!.sellerPileAlias } }
const stated = "50505050-5050-5050-5050-505050505050"
const shown = (...lotIds: readonly string[]) => ({
  lines: [{ origin: { sources: lotIds.map((lotId) => ({ lotId, mayGrams: 900 })) as never } }],
})

/** What a phone finds where the gateway answers with this statement. */
async function find(
  statement: Statement,
  options: {
    readonly trace?: ReturnType<typeof shown>
    readonly named?: string
    readonly developmentChain?: boolean
    readonly answer?: GatewayClient["getText"]
    readonly reads?: boolean
    readonly isShare?: boolean
  } = {},
) {
  const { bundle, root } = anchoredAlone(statement)
  const located = locateProof(bundle)
  const recordId = options.named ?? (located.ok ? toHex(located.value.recordId) : "")
  const getText = options.answer ?? (async () => ({ ok: true, status: 200, value: bundle }) as const)
  const { chainId, contract } = logContext
  const { developmentChain = false } = options
  const setting: ProofSetting = { networkId, chainId, contract, developmentChain, verifySignature: verifyNoble }
  const readers: ProofReaders = {
    rootOf: () => (options.reads === false ? Promise.reject(new Error("no network")) : Promise.resolve(root)),
    terminalKeyOf: async () => undefined,
  }
  const trace = { ...(options.trace ?? shown(stated)), originStatements: [recordId] }
  return checkOrigin({ getText }, trace, options.isShare ? undefined : sale, readers, setting)
}
const refused = (code: string, status: number) => async () =>
  ({ ok: false, status, refusal: { code, message: code } }) as const

test("the statement of these goods, proved, names what is shown", async () => {
  expect(await find(ofThisPile)).toEqual({ outcome: "passed", reason: "named" })
  expect(await find(ofThisPile, { developmentChain: true })).toEqual({ outcome: "our-word-only", reason: "our-word" })
})

test("a friend, whom the sale's record is not opened to, cannot check of which goods the statement is", async () => {
  expect(await find(ofThisPile, { isShare: true })).toEqual({ outcome: "our-word-only", reason: "untied" })
})

test("an origin that the statement does not name came in earlier: said, and not called checked", async () => {
  const trace = shown(stated, "60606060-6060-6060-6060-606060606060")
  expect(await find(ofThisPile, { trace })).toEqual({ outcome: "our-word-only", reason: "earlier-stock" })
})

test("a statement of other goods, of another day, or not the one that the trace names, fails", async () => {
  const otherPile: Statement = { ...ofThisPile, public: { ...ofThisPile.public, pileAlias: filled(8, 1) } }
  const { businessDay } = ofThisPile.public
  const otherDay: Statement = { ...ofThisPile, public: { ...ofThisPile.public, businessDay: businessDay + 2 } }
  for (const statement of [otherPile, otherDay]) {
    expect(await find(statement)).toEqual({ outcome: "failed", reason: "another-pile" })
  }
  expect(await find(ofThisPile, { named: "00".repeat(16) })).toEqual({ outcome: "failed", reason: "not-proved" })
  const { bundle } = anchoredAlone(sale)
  const another = async () => ({ ok: true, status: 200, value: bundle }) as const
  expect(await find(ofThisPile, { answer: another })).toEqual({ outcome: "failed", reason: "not-proved" })
})

test("what is not there yet, or could not be read, is not checked; where nothing is shown there is nothing to check", async () => {
  const none = await find(ofThisPile, { answer: refused("ledger/not-anchored", 409) })
  expect(none).toEqual({ outcome: "not-checked", reason: "provisional" })
  for (const options of [{ answer: refused("service/unavailable", 503) }, { reads: false }]) {
    expect(await find(ofThisPile, options)).toEqual({ outcome: "not-checked", reason: "unread" })
  }
  const offline = () => Promise.reject(new Error("no network"))
  expect(await find(ofThisPile, { answer: offline })).toMatchObject({ reason: "unread" })
  expect(await find(ofThisPile, { trace: shown() })).toEqual({ outcome: "not-applicable", reason: "nothing-shown" })
})
