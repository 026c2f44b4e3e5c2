// The compiled programs in a phone's host, from a receipt over the trace and the check of its proof to what somebody
// else is shown of it. What stands between phone and gateway changes answers on their way.
import { describe, expect, test } from "bun:test"
import { originReasonWords, proofReasonWords } from "@suyuan/look/proof-words"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { type PhoneTarget, targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

/** Bought, sent by the stall, anchored, and its trace is open. */
async function traced(target: PhoneTarget) {
  const phone = take(target)
  const code = await world().newCode()
  await phone.buy(code)
  await world().uploadAndAnchor(code)
  phone.host.tap("trace")
  await phone.host.until("存证编号")
  const [, record = ""] = /存证编号\s+([0-9a-f]{32})/.exec(phone.host.shown()) ?? []
  return { ...phone, record }
}

type Proof = {
  chainId: number
  root: string
  path: [string, string][]
  sections: Record<"public" | "commercial", { salt: string; bytes: string }>
}
type Change = (path: string, text: string) => string
const flippedAt = (hex: string, at: number) => `${hex.slice(0, at)}${hex[at] === "0" ? "1" : "0"}${hex.slice(at + 1)}`
const flipped = (hex: string) => flippedAt(hex, 20)
const inAnswer =
  (where: string, change: (text: string) => string): Change =>
  (path, text) =>
    path.startsWith(where) ? change(text) : text
const inProof = (change: (proof: Proof) => void): Change =>
  inAnswer("/proofs/", (text) => {
    const proof = JSON.parse(text) as Proof
    change(proof)
    return JSON.stringify(proof)
  })

function signatureIn(publicSection: string): string {
  const record = decodeRecord("sale", { public: fromHex(publicSection) ?? new Uint8Array() })
  if (!record.ok || record.value.kind !== "sale") throw new Error("no sale in this proof")
  return toHex(record.value.public.signature)
}

/** The proof of the sale that came before this one: genuine, and of something else. */
let before = ""

/** What somebody on the way can do, and the steps that find it. */
const tampered: readonly (readonly [string, Change, ...(keyof typeof proofReasonWords)[]])[] = [
  ["the proof is cut short", inAnswer("/proofs/", (text) => text.slice(0, -1)), "shape/not-json"],
  [
    "another key stands in the register",
    inAnswer("/ledger/terminals/", (text) => text.replace(/(?<="publicKey":")\w+/, flipped)),
    "seller-signature/bad-signature",
  ],
  [
    "the seller's signature is another one",
    inProof(({ sections }) => {
      sections.public.bytes = sections.public.bytes.replace(signatureIn(sections.public.bytes), flipped)
    }),
    "seller-signature/bad-signature",
    "commitment/section-mismatch",
  ],
  [
    "the content is sealed with another salt",
    inProof(({ sections }) => {
      sections.commercial.salt = flipped(sections.commercial.salt)
    }),
    "commitment/section-mismatch",
  ],
  ["the path leads elsewhere", inProof(({ path }) => path.push(["left", "00".repeat(32)])), "path/entry-not-in-batch"],
  [
    "another root is on the chain",
    inAnswer("/ledger/roots/", (text) => text.replace(/(?<="root":")\w+/, flipped)),
    "anchor/other-root-on-chain",
  ],
  ["no root is on the chain", inAnswer("/ledger/roots/", () => '{"root":null}'), "anchor/root-unread"],
  [
    "the proof is of another chain",
    inProof((proof) => {
      proof.chainId += 1
    }),
    "anchor/wrong-chain",
  ],
  ["the proof is of another sale", inAnswer("/proofs/purchases/", () => before), "asked/another-record"],
  [
    "another amount is shown",
    inAnswer("/traces/", (text) => text.replace(/(?<="amountFen":)\d+/, "1")),
    "asked/another-amount",
  ],
  [
    "another weight is shown",
    inAnswer("/traces/", (text) => text.replace(/(?<="grams":)\d+/, "7")),
    "asked/other-goods",
  ],
]

for (const target of targets) {
  describe(target, () => {
    test("the way from the field, and a proof of which each step passes on the phone", async () => {
      const { host } = await traced(target)
      for (const words of ["全部来自北京", "从田间到我", "快检合格"]) expect(host.shown()).toContain(words)
      expect(host.idOf(/^photo-[0-9a-f]{32}$/)).not.toBe("none")
      // Field, wholesaler, market and me: each with its time, and where something was tested.
      expect(host.shown().match(/\d{4}-\d\d-\d\d \d\d:\d\d/g)?.length).toBeGreaterThanOrEqual(4)
      expect(host.shown()).toContain("快检 × 1")
      expect(host.shown()).toMatch(/承诺达标合格证 × \d+ · 本批货中 [\d%–]+ 有合格证/)
      host.tap("verify")
      await host.until("没有发现问题")
      for (const word of [
        "shape/well-formed",
        "seller-signature/signed-by-terminal",
        "commitment/sections-match",
        "path/entry-in-batch",
        "anchor/development-chain",
      ] as const) {
        expect(host.shown()).toContain(proofReasonWords[word].zh)
      }
      expect(host.shown()).not.toContain("不通过")
      // What is in the bag and on the receipt, out of the record itself.
      expect(host.shown()).toMatch(/记录里写的.*大白菜.*斤.*¥ 2\.00/)
      expect(host.shown()).toContain(originReasonWords.provisional.zh)
      expect(host.troubles).toEqual([])
    })

    test("whatever is changed on its way, the step that finds it fails, and no other", async () => {
      const another = await traced(target)
      another.onTheWay.change = (path, text) => {
        if (path.startsWith("/proofs/")) before = text
        return text
      }
      another.host.tap("verify")
      await another.host.until("没有发现问题")
      const { host, record, onTheWay } = await traced(target)
      for (const [what, change, ...words] of tampered) {
        onTheWay.change = change
        await host.open(`/pages/verify/index?record=${record}`)
        await host.until("有一步不通过")
        const failed = words.map((word) => proofReasonWords[word].zh)
        expect([what, ...failed.filter((sentence) => host.shown().includes(sentence))]).toEqual([what, ...failed])
        expect([what, host.shown().split("不通过 ✕").length - 1]).toEqual([what, words.length])
      }
      onTheWay.change = (_, text) => text
      await host.open(`/pages/verify/index?record=${record}`)
      await host.until("没有发现问题")
    })

    test("a check without a network says so, and is done when it is back", async () => {
      const { host, record, seen } = await traced(target)
      seen.hasNetwork = false
      await host.open(`/pages/verify/index?record=${record}`)
      await host.until("再试一次")
      seen.hasNetwork = true
      host.tap("again")
      await host.until("没有发现问题")
    })

    test("a share opens for a friend who logs in nowhere: neither price, weight nor time, and the same proof", async () => {
      const mine = await traced(target)
      mine.host.tap("share")
      const path = await mine.host.shared()
      expect(path).not.toContain(mine.record)
      const friend = take(target)
      friend.host.launch({ path: path.split("?")[0], query: {} })
      await friend.host.open(path)
      await friend.host.until("从田间到买家")
      expect(friend.host.shown()).toContain("全部来自北京")
      // Weights are said in jin; the owner's page has one.
      expect(mine.host.shown()).toMatch(/\d 斤/)
      expect(friend.host.shown()).not.toMatch(/¥|斤|克|公斤|kg|\d:\d\d/)
      friend.host.tap("verify")
      await friend.host.until("没有发现问题")
      for (const word of ["commitment/record-closed", "path/entry-in-batch", "asked/same-record"] as const) {
        expect(friend.host.shown()).toContain(proofReasonWords[word].zh)
      }
      expect(friend.host.shown()).not.toMatch(/¥|斤|公斤|kg|\d:\d\d/)
      friend.host.tap("details")
      await friend.host.until("suyuan-closed-proof-1")
      expect(friend.seen.logins).toBe(0)
      expect(friend.host.troubles).toEqual([])
    })
  })
}
