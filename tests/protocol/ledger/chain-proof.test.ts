import { describe, expect, test } from "bun:test"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { type SealEngine, sealsNeeded } from "@suyuan/protocol/ledger/chain/seals"
import { type ChainQuestion, type ChainTrust, readChainProof } from "@suyuan/protocol/ledger/chain-proof"
import { verifyProof } from "@suyuan/protocol/ledger/proof"
import type { TerminalId } from "@suyuan/protocol/terminal/identifiers"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { concat, decodeRlp, encodeRlp, id, keccak256, type SigningKey, Wallet } from "ethers"
import vectors from "../../vectors/chain-proof.json"

const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array(0)
const [sold] = vectors.terminals
const terminal = sold!.terminal as TerminalId
const question: ChainQuestion = { log: vectors.log, sequence: vectors.sequence, terminal }
const trust: ChainTrust = {
  validators: { engine: "clique", addresses: vectors.trust.validators.map(bytes) },
  ledger: bytes(vectors.trust.ledger),
  terminals: bytes(vectors.trust.terminals),
}
type Document = { headers: string[]; ledger: string[]; root: string[]; terminal?: { small: string[] } }
const document = (): Document => JSON.parse(sold!.proof)
const read = (text: string, by: Partial<ChainTrust> = {}, about: Partial<ChainQuestion> = {}) =>
  readChainProof(text, { ...trust, ...by }, { ...question, ...about })
/** `sealed`, `unsealed`, or why it is not read. */
function outcome(text: string, by: Partial<ChainTrust> = {}, about: Partial<ChainQuestion> = {}): string {
  const reading = read(text, by, about)
  if (!reading.ok) return reading.error
  return reading.value.isSealed ? "sealed" : "unsealed"
}
const changed = (change: (proof: Document) => void) => {
  const proof = document()
  change(proof)
  return JSON.stringify(proof)
}

describe("a proof that four running validators gave", () => {
  test("[CP-5] [CP-9] shows the batch's root and each terminal's key, sealed", () => {
    for (const { terminal: of, algorithm, publicKey, proof } of vectors.terminals) {
      const reading = read(proof, {}, { terminal: of as TerminalId })
      if (!reading.ok) throw new Error(reading.error)
      const { root, terminalKey, isSealed, block } = reading.value
      expect(toHex(root!)).toBe(vectors.root)
      expect(terminalKey).toEqual({ algorithm: algorithm as "ed25519", publicKey: bytes(publicKey) })
      expect(isSealed).toBe(true)
      expect(block).toEqual({ number: vectors.block.number, seconds: vectors.block.seconds })
    }
  })

  test("[CP-7] is not sealed by fewer than half, whoever else sealed it", () => {
    expect(outcome(changed((proof) => proof.headers.splice(3)))).toBe("sealed")
    expect(outcome(changed((proof) => proof.headers.splice(2)))).toBe("unsealed")
    const [one, two] = trust.validators.addresses
    const strangers = Array.from({ length: 2 }, () => bytes(Wallet.createRandom().address.slice(2).toLowerCase()))
    for (const addresses of [[], strangers, [one!, two!, ...strangers]])
      expect(outcome(sold!.proof, { validators: { engine: "clique", addresses } })).toBe("unsealed")
  })

  test("[CP-8] is refused when its blocks do not follow one another", () => {
    expect(outcome(changed(({ headers }) => headers.splice(1, 1)))).toBe("not-linked")
    expect(outcome(changed(({ headers }) => headers.reverse()))).toBe("not-linked")
    expect(outcome(changed((proof) => proof.headers.push(proof.headers[0]!)))).toBe("not-linked")
    expect(outcome(changed((proof) => proof.headers.splice(0)))).toBe("malformed")
  })

  test("[CP-5] shows nothing else than what was asked, and of no other contract", () => {
    for (const about of [{ sequence: 4 }, { log: 8 }, { terminal: (terminal + 1) as TerminalId }])
      expect(outcome(sold!.proof, {}, about)).toBe("not-this-state")
    expect(outcome(sold!.proof, { ledger: trust.terminals })).toBe("not-this-state")
    expect(outcome(sold!.proof, { terminals: trust.ledger })).toBe("not-this-state")
    expect(outcome(sold!.proof, {}, { terminal: undefined })).toBe("malformed")
  })

  test("[CP-3] has nothing in it that is not checked: no changed bit passes", () => {
    const { proof } = sold!
    const digits = [...proof.matchAll(/[0-9a-f]{16,}/g)].flatMap(({ index, 0: hex }) =>
      Array.from({ length: Math.ceil(hex.length / 29) }, (_, at) => index + at * 29),
    )
    expect(digits.length).toBeGreaterThan(250)
    for (const [turn, at] of digits.entries()) {
      const digit = (Number.parseInt(proof[at]!, 16) ^ (1 << (turn % 4))).toString(16)
      expect(outcome(proof.slice(0, at) + digit + proof.slice(at + 1))).not.toBe("sealed")
    }
    expect(outcome(changed(({ root }) => root.push(root[0]!)))).toBe("not-this-state")
  })

  test("[CP-1] [CP-2] has one text, and no other is read", () => {
    expect(outcome(`${sold!.proof} `)).toBe("not-canonical")
    expect(outcome(JSON.stringify({ ...document(), more: 1 }))).toBe("not-canonical")
    expect(outcome(changed((proof) => Object.assign(proof, { format: "suyuan-chain-proof-2" })))).toBe("malformed")
    expect(outcome(changed((proof) => Object.assign(proof, { headers: ["f9"] })))).toBe("malformed")
    expect(outcome(`"${"a".repeat(140_000)}"`)).toBe("too-long")
    for (const text of ["", "[]", "null", "{}", "\u0000", "[".repeat(50_000)])
      expect(["not-json", "malformed"]).toContain(outcome(text))
  })
})

/** The same state in a block that QBFT's validators sealed, written by another library after Besu's rules. */
function qbft(keys: readonly SigningKey[], round = "0x", sealedRound = round) {
  const proof = document()
  const fields = decodeRlp(`0x${proof.headers[0]}`) as string[]
  const header = (extra: readonly unknown[]) => encodeRlp(fields.with(12, encodeRlp(extra as string[])))
  const agreed = [`0x${"00".repeat(32)}`, validators.map(({ address }) => address), []]
  const hash = keccak256(header([...agreed, sealedRound, []]))
  const seals = keys.map((key) => {
    const { r, s, yParity } = key.sign(hash)
    return concat([r, s, yParity === 0 ? "0x00" : "0x01"])
  })
  return JSON.stringify({ ...proof, headers: [header([...agreed, round, seals]).slice(2)] })
}
const validators = Array.from({ length: 4 }, (_, index) => new Wallet(id(`validator ${index}`)))
const keys = validators.map(({ signingKey }) => signingKey)
const byQbft = {
  validators: {
    engine: "qbft" as const,
    addresses: validators.map(({ address }) => bytes(address.slice(2).toLowerCase())),
  },
}

describe("a block of QBFT", () => {
  test("[CP-6] is sealed by two thirds of the trusted validators, each counted once", () => {
    expect(outcome(qbft(keys), byQbft)).toBe("sealed")
    expect(outcome(qbft(keys.slice(1)), byQbft)).toBe("sealed")
    expect(outcome(qbft(keys.slice(2)), byQbft)).toBe("unsealed")
    expect(outcome(qbft([keys[0]!, keys[0]!, keys[1]!]), byQbft)).toBe("unsealed")
    const strangers = [Wallet.createRandom(), Wallet.createRandom()].map(({ signingKey }) => signingKey)
    expect(outcome(qbft([keys[0]!, keys[1]!, ...strangers]), byQbft)).toBe("unsealed")
  })

  test("[CP-6] is sealed for the round in which it was agreed, and no other", () => {
    expect(outcome(qbft(keys, "0x02"), byQbft)).toBe("sealed")
    expect(outcome(qbft(keys, "0x02", "0x01"), byQbft)).toBe("unsealed")
  })

  test("[CP-6] is not what Clique's validators seal, nor the other way round", () => {
    expect(outcome(sold!.proof, byQbft)).not.toBe("sealed")
    expect(outcome(qbft(keys), { validators: { ...byQbft.validators, engine: "clique" } })).not.toBe("sealed")
  })
})

test("[CP-6] [CP-7] how many validators it takes", () => {
  const needed = (engine: SealEngine, count: number) =>
    sealsNeeded({ engine, addresses: Array.from({ length: count }, () => new Uint8Array(20)) })
  expect([1, 3, 4, 5, 6, 7].map((count) => needed("qbft", count))).toEqual([1, 2, 3, 4, 4, 5])
  expect([1, 3, 4, 5, 6, 7].map((count) => needed("clique", count))).toEqual([1, 2, 3, 3, 4, 4])
})

describe("a proof bundle beside it", () => {
  const reading = read(sold!.proof)
  const sealed = {
    ...{ networkId: vectors.trust.networkId, chainId: vectors.trust.chainId, contract: trust.ledger },
    ...{ developmentChain: false, verifySignature: verifyNoble },
    root: reading.ok ? reading.value.root : undefined,
    terminalKey: reading.ok ? reading.value.terminalKey : undefined,
  }

  test("[PB-16] has a step more, and rests on nobody's word", () => {
    const report = verifyProof(vectors.bundle, { ...sealed, seals: "majority" })
    expect(report.steps.map(({ step, outcome: said }) => `${step} ${said}`)).toEqual([
      ...["shape passed", "seller-signature passed", "commitment passed", "path passed", "anchor passed"],
      "validators passed",
    ])
    expect([report.verified, report.ourWordOnly]).toEqual([true, false])
  })

  test("[PB-16] fails in that step alone when too few sealed it, and in all that was read when nothing was", () => {
    const failed = (report: ReturnType<typeof verifyProof>) =>
      report.steps.filter((step) => step.outcome === "failed").map(({ step, reason }) => `${step}/${reason}`)
    expect(failed(verifyProof(vectors.bundle, { ...sealed, seals: "too-few" }))).toEqual(["validators/too-few-seals"])
    const unread = { ...sealed, root: undefined, terminalKey: undefined, seals: "unread" } as const
    expect(failed(verifyProof(vectors.bundle, unread))).toEqual([
      ...["seller-signature/terminal-unknown", "anchor/root-unread", "validators/state-unread"],
    ])
    const report = verifyProof(`${vectors.bundle} `, { ...sealed, seals: "majority" })
    expect(report.steps.at(-1)).toEqual({ step: "validators", outcome: "not-checked", reason: "shape-refused" })
  })
})
