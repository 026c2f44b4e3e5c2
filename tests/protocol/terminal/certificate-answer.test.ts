import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import {
  type CertificateDraft,
  certificateAnswerMessage,
  certificateDraftDigest,
} from "@suyuan/protocol/terminal/certificate-answer"
import { filled, networkId } from "../../samples/ledger"

const draft: CertificateDraft = {
  ...{ draft: "0193a5f0-7c1e-7000-8000-00000000002a", commodity: 101, grams: 4000, origin: "河北、山东" },
  ...{ promiseBasis: "自行检测合格", reason: "mixed" },
  parents: [
    { certificate: filled(16, 0xce), mustGrams: 2000, mayGrams: 3000 },
    { certificate: filled(16, 0xcf), mustGrams: 1000, mayGrams: 2000 },
  ],
}

describe("what an owner signs for a certificate", () => {
  test("[CT-4] is 62 bytes that name network, terminal, draft, answer and the draft's words", () => {
    const digest = certificateDraftDigest(draft)
    const message = certificateAnswerMessage(networkId, {
      ...{ terminal: 0x0d_0000_002a, draftId: draft.draft, answer: "issue", digest },
    })
    expect(message).toHaveLength(62)
    expect(toHex(message).slice(0, 8)).toBe("53594731")
    expect(toHex(message).slice(16, 26)).toBe("0d0000002a")
    expect(toHex(message)).toEndWith(`0193a5f07c1e7000800000000000002a01${toHex(digest)}`)
  })

  test("[CT-4] changes with every word of the draft", () => {
    const [one, other] = draft.parents
    const changed: CertificateDraft[] = [
      { ...draft, grams: 4001 },
      { ...draft, origin: "河北" },
      { ...draft, promiseBasis: "委托检测" },
      { ...draft, reason: "repacked" },
      { ...draft, commodity: 102 },
      { ...draft, draft: "0193a5f0-7c1e-7000-8000-00000000002b" },
      { ...draft, parents: [one!] },
      { ...draft, parents: [{ ...one!, mustGrams: 1999 }, other!] },
    ]
    const digests = new Set([draft, ...changed].map((one) => toHex(certificateDraftDigest(one))))
    expect(digests.size).toBe(changed.length + 1)
    expect(() => certificateDraftDigest({ ...draft, parents: [] })).toThrow(RangeError)
  })
})
