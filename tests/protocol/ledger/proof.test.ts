import { describe, expect, test } from "bun:test"
import { concatBytes, copyBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { locateProof, type ProofTrust, verifyProof } from "@suyuan/protocol/ledger/proof"
import { recordedSale } from "@suyuan/protocol/ledger/proof-asked"
import {
  buildProof,
  type OpenedBundleSections,
  type ProofBundle,
  parseProofBundle,
  serialiseProofBundle,
} from "@suyuan/protocol/ledger/proof-bundle"
import type { ProofReport, ProofStepName } from "@suyuan/protocol/ledger/proof-report"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import type { Sections } from "@suyuan/protocol/ledger/record-kind"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { splitSnapshot } from "@suyuan/protocol/ledger/snapshot-parts"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { filled, sampleSale, sampleSaleId, terminalKey } from "../../samples/ledger"
import { anchoredAlone } from "../../samples/proofs"
import { sampleRecordId, sampleSnapshot } from "../../samples/records"
import vectors from "../../vectors/proof.json"

const { trust: fixed, bundles } = vectors
const trust: ProofTrust = {
  networkId: fixed.networkId,
  chainId: fixed.chainId,
  contract: fromHex(fixed.contract)!,
  developmentChain: false,
  root: fromHex(fixed.root)!,
  terminalKey: terminalKey("ed25519"),
  verifySignature: verifyNoble,
}

const retailSale = bundles[0]!.bundle
const sampleGrams = [500, 750, 1_000]
const bundleOf = (kind: string): string => bundles.find((vector) => vector.kind === kind)!.bundle

function algorithmOf(text: string): SignatureAlgorithm {
  const report = verifyProof(text, trust)
  const signature = report.steps.find(({ step }) => step === "seller-signature")
  return signature?.reason === "wrong-algorithm" ? "p256" : "ed25519"
}

function trustFor(text: string): ProofTrust {
  return { ...trust, terminalKey: terminalKey(algorithmOf(text)) }
}

type OpenedBundle = ProofBundle & { readonly sections: OpenedBundleSections }

function parse(text: string): OpenedBundle {
  const bundle = parseProofBundle(text)
  if (!bundle.ok) throw new Error(bundle.error)
  const { sections } = bundle.value
  if (sections === undefined) throw new Error("nothing is opened")
  return { ...bundle.value, sections }
}

function changed(text: string, change: (bundle: OpenedBundle) => Partial<ProofBundle>): string {
  const bundle = parse(text)
  return serialiseProofBundle({ ...bundle, ...change(bundle) })
}

function flipped(bytes: Uint8Array, at = 0): Uint8Array {
  const copy = copyBytes(bytes)
  copy[at]! ^= 1
  return copy
}

/** The named step failed with the reason, every other one passed or does not apply. */
function expectOnly(report: ProofReport, step: ProofStepName, reason: string): void {
  expect(report.verified).toBe(false)
  expect(report.record).toBeUndefined()
  const failed = report.steps.filter(({ outcome }) => outcome !== "passed" && outcome !== "not-applicable")
  expect(failed).toEqual([{ step, outcome: "failed", reason } as (typeof failed)[number]])
}

describe("a proof that holds", () => {
  test("[PB-5] is verified for a record of every kind", () => {
    for (const { kind, bundle } of bundles) {
      const report = verifyProof(bundle, trustFor(bundle))
      expect({ kind, ...report }).toMatchObject({ kind, verified: true, ourWordOnly: false })
      expect(report.record?.kind).toBe(kind as "sale")
      expect(report.steps.map(({ step }) => step)).toEqual([
        "shape",
        "seller-signature",
        "commitment",
        "path",
        "anchor",
      ])
      const signed = kind === "sale" || kind === "snapshot"
      expect(report.steps[1]).toMatchObject(
        signed
          ? { outcome: "passed", reason: "signed-by-terminal" }
          : { outcome: "not-applicable", reason: "kind-not-signed" },
      )
    }
  })

  test("[PB-5] holds with the public section alone", () => {
    const publicOnly = changed(retailSale, ({ sections }) => ({ sections: { public: sections.public } }))
    const report = verifyProof(publicOnly, trust)
    expect(report.verified).toBe(true)
    expect(report.record).toMatchObject({ kind: "sale", public: { settlement: "platform" } })
  })

  test("[PB-13] on a development chain is our word only", () => {
    const report = verifyProof(retailSale, { ...trust, developmentChain: true })
    expect(report).toMatchObject({ verified: true, ourWordOnly: true })
    expect(report.steps[4]).toEqual({ step: "anchor", outcome: "our-word-only", reason: "development-chain" })
  })

  test("[PB-6] says where to read the root and whose key to look up", () => {
    const located = locateProof(retailSale)
    if (!located.ok) throw new Error(located.error)
    expect(located.value).toMatchObject({
      log: fixed.log,
      sequence: fixed.sequence,
      kind: "sale",
      terminal: fixed.terminal,
    })
    const harvest = locateProof(bundleOf("harvest"))
    expect(harvest.ok && harvest.value.terminal).toBeUndefined()
    const snapshot = locateProof(bundleOf("snapshot"))
    expect(snapshot.ok && snapshot.value.terminal).toBe(fixed.terminal)
    expect(locateProof("{}")).toEqual({ ok: false, error: "malformed" })
  })

  test("[PB-1] is written one way", () => {
    for (const { bundle } of bundles) expect(serialiseProofBundle(parse(bundle))).toBe(bundle)
  })
})

describe("each step fails alone", () => {
  test("[PB-2] shape: white space, order, unknown, missing and repeated keys, capital digits", () => {
    const refusals: readonly (readonly [string, string])[] = [
      ["not-canonical", retailSale.replace(":", ": ")],
      ["not-canonical", `${retailSale}\n`],
      ["not-canonical", retailSale.replace("{", '{"note":"seen",')],
      ["not-canonical", retailSale.replace('"log":7,', "").replace("{", '{"log":7,')],
      ["not-canonical", retailSale.replace('"log":7', '"log":7,"log":7')],
      ["not-canonical", retailSale.replace('"log":7', '"log":7.0')],
      ["not-canonical", retailSale.replace('"salt":', '"extra":1,"salt":')],
      ["malformed", retailSale.replace('"log":7', '"log":-7')],
      ["malformed", retailSale.replace('"log":7,', "")],
      ["malformed", retailSale.replace("suyuan-proof-1", "suyuan-proof-2")],
      ["malformed", retailSale.replace("c0c0", "C0c0")],
      ["malformed", retailSale.replace('["right","', '["below","')],
      ["malformed", "null"],
      ["malformed", "[]"],
      ["not-json", retailSale.slice(0, -1)],
      ["not-json", ""],
      ["too-long", retailSale.padEnd(24_577)],
    ]
    for (const [reason, text] of refusals) {
      const report = verifyProof(text, trust)
      expect(report.steps[0]).toEqual({ step: "shape", outcome: "failed", reason: reason as "not-json" })
      expect(report.steps.slice(1).every(({ outcome }) => outcome === "not-checked")).toBe(true)
      expect(report.verified).toBe(false)
    }
  })

  test("[PB-3] shape: an entry or a section that no parser takes, an id that is not the record's", () => {
    const shapeOf = (text: string) => verifyProof(text, trust).steps[0]?.reason
    expect(shapeOf(changed(retailSale, ({ entry }) => ({ entry: flipped(entry) })))).toBe("entry-malformed")
    const { sections } = parse(retailSale)
    const longer = { ...sections.public, bytes: concatBytes(sections.public.bytes, filled(1, 0)) }
    expect(shapeOf(changed(retailSale, () => ({ sections: { ...sections, public: longer } })))).toBe("record-malformed")
    expect(shapeOf(changed(retailSale, ({ entry }) => ({ entry: flipped(entry, 9) })))).toBe("record-id-mismatch")
    const harvest = parse(bundleOf("harvest"))
    expect(shapeOf(changed(retailSale, () => ({ entry: harvest.entry })))).toBe("record-malformed")
  })

  test("[PB-8] seller-signature: another key, none, another algorithm, another network", () => {
    const other = {
      algorithm: "ed25519",
      publicKey: fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")!,
    } as const
    for (const kind of ["sale", "snapshot"]) {
      const text = bundleOf(kind)
      expectOnly(verifyProof(text, { ...trust, terminalKey: other }), "seller-signature", "bad-signature")
      expectOnly(verifyProof(text, { ...trust, terminalKey: undefined }), "seller-signature", "terminal-unknown")
      expectOnly(verifyProof(text, { ...trust, networkId: 1 }), "seller-signature", "bad-signature")
    }
    const p256 = { ...trust, terminalKey: terminalKey("p256") }
    expectOnly(verifyProof(retailSale, p256), "seller-signature", "wrong-algorithm")
  })

  test("[PB-12] commitment: another salt", () => {
    for (const name of ["public", "commercial"] as const) {
      const text = changed(retailSale, ({ sections }) => {
        const section = sections[name]!
        return { sections: { ...sections, [name]: { ...section, salt: flipped(section.salt) } } }
      })
      expectOnly(verifyProof(text, trust), "commitment", "section-mismatch")
    }
  })

  test("[PB-12] commitment: a personal section under another salt", () => {
    const personal = { salt: filled(16, 1), bytes: encodeRecord(sampleSale()).personal! }
    const text = changed(retailSale, ({ sections }) => ({ sections: { ...sections, personal } }))
    expectOnly(verifyProof(text, trust), "commitment", "section-mismatch")
  })

  test("[PB-14] path: another sibling, side, or a step less", () => {
    const paths = [
      changed(retailSale, ({ path }) => ({
        path: path.map((s, i) => (i === 1 ? { ...s, sibling: flipped(s.sibling) } : s)),
      })),
      changed(retailSale, ({ path }) => ({
        path: path.map((s, i) => (i === 0 ? { ...s, side: "left" as const } : s)),
      })),
      changed(retailSale, ({ path }) => ({ path: path.slice(1) })),
    ]
    for (const text of paths) expectOnly(verifyProof(text, trust), "path", "entry-not-in-batch")
  })

  test("[PB-17] asked: a genuine proof of another record, amount or weights than were shown", () => {
    const own = { recordId: sampleSaleId(), amountFen: 898, grams: sampleGrams }
    const check = (asked: Partial<typeof own>) => verifyProof(retailSale, { ...trust, asked: { ...own, ...asked } })
    const { verified, steps } = check({})
    expect([verified, steps[5]]).toEqual([true, { step: "asked", outcome: "passed", reason: "as-shown" }])
    expectOnly(check({ recordId: filled(16, 1) }), "asked", "another-record")
    expectOnly(check({ amountFen: 899 }), "asked", "another-amount")
    expectOnly(check({ grams: own.grams.map((grams) => grams + 1) }), "asked", "other-goods")
    expectOnly(check({ grams: own.grams.slice(1) }), "asked", "other-goods")
    expect(verifyProof(retailSale, { ...trust, asked: { recordId: sampleSaleId() } }).verified).toBe(true)
    expect(verifyProof("{}", { ...trust, asked: own }).steps.at(-1)).toMatchObject({ outcome: "not-checked" })
  })

  test("[PB-19] a closed bundle proves that a record is there, and nothing of what it says", () => {
    const closed = serialiseProofBundle({ ...parse(retailSale), sections: undefined })
    expect(closed).not.toContain(toHex(parse(retailSale).sections.public.bytes))
    const report = verifyProof(closed, { ...trust, asked: { recordId: sampleSaleId() } })
    expect(report).toMatchObject({ verified: true, record: undefined })
    expect(report.steps.map(({ outcome }) => outcome)).toEqual([
      ...["passed", "not-applicable", "not-applicable", "passed", "passed", "passed"],
    ] as (typeof report.steps)[number]["outcome"][])
    expectOnly(verifyProof(closed, { ...trust, asked: { recordId: filled(16, 1) } }), "asked", "another-record")
    const shown = { recordId: sampleSaleId(), grams: sampleGrams }
    expectOnly(verifyProof(closed, { ...trust, asked: shown }), "asked", "not-opened")
    const { entry } = parse(retailSale)
    const moved = serialiseProofBundle({ ...parse(retailSale), sections: undefined, entry: flipped(entry, 30) })
    expect(verifyProof(moved, trust).verified).toBe(false)
    for (const text of [closed.replace("closed-", ""), retailSale.replace("proof-1", "closed-proof-1")]) {
      expect(verifyProof(text, trust).steps[0]?.outcome).toBe("failed")
    }
  })

  test("[PB-17] of nine lines and more, weights are those that the record lists", () => {
    const sale = sampleSale({ lineCount: 12 })
    const { bundle, root } = anchoredAlone(sale)
    const shown = recordedSale(sale)?.lines.map(({ quantity }) => quantityGrams(quantity) ?? null) ?? []
    expect(shown).toHaveLength(12)
    const check = (grams: readonly (number | null)[]) =>
      verifyProof(bundle, { ...trust, root, asked: { recordId: sampleRecordId(sale), grams } })
    expect(check(shown).verified).toBe(true)
    expectOnly(check(shown.map((grams, line) => (line === 11 ? 1 : grams))), "asked", "other-goods")
  })

  test("[PB-13] anchor: another chain, contract or root, and none that could be read", () => {
    expectOnly(verifyProof(retailSale, { ...trust, chainId: 1 }), "anchor", "wrong-chain")
    expectOnly(verifyProof(retailSale, { ...trust, contract: filled(20, 1) }), "anchor", "wrong-contract")
    expectOnly(verifyProof(retailSale, { ...trust, root: undefined }), "anchor", "root-unread")
    expectOnly(verifyProof(retailSale, { ...trust, root: filled(32, 0) }), "anchor", "root-unread")
    expectOnly(verifyProof(retailSale, { ...trust, root: filled(32, 1) }), "anchor", "other-root-on-chain")
    const development = { ...trust, developmentChain: true, root: filled(32, 1) }
    expectOnly(verifyProof(retailSale, development), "anchor", "other-root-on-chain")
  })
})

describe("what a dishonest gateway could commit to", () => {
  /** The gateway seals and anchors whatever it likes: all but the seller's signature holds. */
  const judge = (record: LedgerRecord, forgedSections: Partial<Sections> = {}, recordId?: Uint8Array): ProofReport => {
    const { bundle, root } = anchoredAlone(record, forgedSections, recordId)
    return verifyProof(bundle, { ...trust, root })
  }
  const sale = sampleSale()
  const long = sampleSale({ lineCount: 12 })

  test("[PB-8] goods that the terminal did not sign", () => {
    const goodsPart = flipped(sale.public.goodsPart, sale.public.goodsPart.length - 1)
    expectOnly(judge({ ...sale, public: { ...sale.public, goodsPart } }), "seller-signature", "bad-signature")
  })

  test("[PB-9] of more than 8 lines, other goods than those whose digest was signed", () => {
    expect(judge(long)).toMatchObject({ verified: true })
    const lineGoods = flipped(long.public.lineGoods!, 5)
    expectOnly(judge({ ...long, public: { ...long.public, lineGoods } }), "seller-signature", "lines-not-signed")
    const unitPricesHash = flipped(long.public.unitPricesHash!)
    expectOnly(judge({ ...long, public: { ...long.public, unitPricesHash } }), "seller-signature", "lines-not-signed")
  })

  test("[PB-9] lines that the record itself says the code contradicts rest on our word", () => {
    const flags = SALE_FLAGS.linesContradictCode
    const lineGoods = flipped(long.public.lineGoods!, 5)
    const report = judge({ ...long, public: { ...long.public, lineGoods, flags } })
    expect(report).toMatchObject({ verified: true, ourWordOnly: true })
    expect(report.steps[1]).toMatchObject({ outcome: "our-word-only", reason: "lines-contradict-code" })
  })

  test("[PB-10] prices or a salt that the terminal did not sign", () => {
    const { commercial } = sale
    const pricePart = flipped(commercial.pricePart, 12)
    expectOnly(judge({ ...sale, commercial: { ...commercial, pricePart } }), "seller-signature", "prices-not-signed")
    const priceSalt = flipped(commercial.priceSalt)
    expectOnly(judge({ ...sale, commercial: { ...commercial, priceSalt } }), "seller-signature", "prices-not-signed")
    const unitPrices = flipped(long.commercial.unitPrices!)
    const repriced = { ...long, commercial: { ...long.commercial, unitPrices } }
    expectOnly(judge(repriced), "seller-signature", "prices-not-signed")
  })

  test("[PB-10] an amount above its lines, which even a terminal may not sign", () => {
    expectOnly(judge(sampleSale({ amountFen: 99_999 })), "seller-signature", "amount-above-lines")
  })

  test("[PB-3] one sale under a second name", () => {
    const report = judge(sale, {}, sampleSaleId(2_002))
    expect(report.steps[0]).toEqual({ step: "shape", outcome: "failed", reason: "record-id-mismatch" })
  })

  test("[PB-3] a sale without its commercial section", () => {
    const report = judge(sale, { commercial: undefined })
    expect(report.steps[0]).toEqual({ step: "shape", outcome: "failed", reason: "record-malformed" })
  })

  test("[PB-11] cabbage turned into pork: a snapshot other than the signed one", () => {
    const [snapshot] = splitSnapshot(sampleSnapshot(4))
    const forged = { ...snapshot!, bytes: splitSnapshot(sampleSnapshot(5))[0]!.bytes }
    expectOnly(judge({ kind: "snapshot", public: forged }), "seller-signature", "snapshot-not-signed")
    const elsewhere = { ...snapshot!, terminal: snapshot!.terminal + 1 }
    expectOnly(judge({ kind: "snapshot", public: elsewhere }), "seller-signature", "snapshot-not-signed")
  })

  test("[PB-11] a part of a snapshot rests on our word until all parts are there", () => {
    const [part] = splitSnapshot(sampleSnapshot(200))
    const report = judge({ kind: "snapshot", public: part! })
    expect(report).toMatchObject({ verified: true, ourWordOnly: true })
    expect(report.steps[1]).toMatchObject({ outcome: "our-word-only", reason: "part-of-snapshot" })
  })

  test("[PB-12] sections that its own entry does not commit to", () => {
    const other = parse(bundles[12]!.bundle).sections.public
    const swapped = changed(retailSale, ({ sections }) => ({ sections: { ...sections, public: other } }))
    expect(verifyProof(swapped, trust).verified).toBe(false)
  })
})

test("[PB-15] a bundle is built only of sections that its entry commits to", () => {
  const { entry, sections, chainId, contract, log, sequence } = parse(retailSale)
  const parts = { chainId, contract, log, sequence, entries: [entry], index: 0, sections }
  expect(parse(buildProof(parts)).path).toEqual([])
  const wrong = { ...sections, public: { ...sections.public, salt: flipped(sections.public.salt) } }
  expect(() => buildProof({ ...parts, sections: wrong })).toThrow("commits to another public section")
  expect(() => buildProof({ ...parts, index: 1 })).toThrow(RangeError)
})

test("[PB-4] any single changed bit of a bundle is refused", () => {
  // The reader of roots knows one batch; signatures are remembered, because most flips leave them alone.
  const seen = new Map<string, boolean>()
  const remembered: ProofTrust["verifySignature"] = (algorithm, publicKey, message, signature) => {
    const key = toHex(concatBytes(message, signature))
    const known = seen.get(key)
    if (known !== undefined) return known
    const valid = verifyNoble(algorithm, publicKey, message, signature)
    seen.set(key, valid)
    return valid
  }
  const judge = (text: string): boolean => {
    const located = locateProof(text)
    if (!located.ok) return false
    const { log, sequence, terminal } = located.value
    return verifyProof(text, {
      ...trust,
      verifySignature: remembered,
      root: log === fixed.log && sequence === fixed.sequence ? trust.root : undefined,
      terminalKey: terminal === fixed.terminal ? trust.terminalKey : undefined,
    }).verified
  }
  expect(judge(retailSale)).toBe(true)
  const accepted: number[] = []
  for (let at = 0; at < retailSale.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const character = String.fromCharCode(retailSale.charCodeAt(at) ^ (1 << bit))
      if (judge(retailSale.slice(0, at) + character + retailSale.slice(at + 1))) accepted.push(8 * at + bit)
    }
  }
  expect(accepted).toEqual([])
}, 60_000)
