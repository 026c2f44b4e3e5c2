import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { certificateAnswerMessage, certificateDraftDigest } from "@suyuan/protocol/terminal/certificate-answer"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { answerDraft } from "@suyuan/terminal-kiosk/certificates/answer-draft"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const id = "0199d3a0-7c1e-7000-8000-00000000000c"
const words = {
  commodity: 1036,
  grams: 4000,
  origin: "河北张北、山东寿光",
  promiseBasis: "自行检测合格",
  reason: "mixed",
} as const
const parents = [
  { recordId: "0a".repeat(16), mustGrams: 2000, mayGrams: 3000 },
  { recordId: "0b".repeat(16), mustGrams: 1000, mayGrams: 2000 },
]

/** As the gateway says it, through the terminal's own parser. */
function drafted() {
  const text = JSON.stringify({ v: 1, kind: "certificate-drafted", draft: { id, ...words, parents } })
  const heard = parseDownMessage("notice", text)
  if (heard?.topic !== "notice") throw new Error("the notice was not understood")
  return heard.message
}

test("[CT-4] signs the words that its own screen showed, and keeps what became of them", async () => {
  const { terminal, store } = await openStall()
  const gateway = fakeGateway(() => ({ status: 200, json: { state: "issued" } }))
  expect(await answerDraft(terminal, gateway.transport, id, "issue")).toEqual({
    ok: false,
    error: { kind: "draft-unknown" },
  })
  await takeNotice(terminal, drafted())
  expect(await answerDraft(terminal, gateway.transport, id, "issue")).toMatchObject({ ok: true })
  expect(await store.get("drafts", id)).toMatchObject({ state: "issued", grams: 4000 })
  const digest = certificateDraftDigest({
    ...{ draft: id, ...words },
    parents: parents.map(({ recordId, ...grams }) => ({ certificate: fromHex(recordId)!, ...grams })),
  })
  const answer = { terminal: TERMINAL, draftId: id, answer: "issue", digest } as const
  const signature = fromHex(String(gateway.asked[0]?.body.signature)) ?? new Uint8Array()
  const message = certificateAnswerMessage(identity.networkId, answer)
  expect(verifyNoble("ed25519", publicKey, message, signature)).toBe(true)
  expect(gateway.asked[0]?.path).toBe(`/certificate-drafts/${id}/answers`)
})

test("[response lost] stays to be answered, and the same answer again is the same signature", async () => {
  const { terminal, store } = await openStall()
  let tries = 0
  const gateway = fakeGateway(() => {
    tries += 1
    return tries === 1 ? "no-answer" : { status: 200, json: { state: "discarded" } }
  })
  await takeNotice(terminal, drafted())
  expect(await answerDraft(terminal, gateway.transport, id, "discard")).toMatchObject({ error: { kind: "no-answer" } })
  expect(await store.get("drafts", id)).toMatchObject({ state: "draft" })
  await takeNotice(terminal, drafted())
  expect(await answerDraft(terminal, gateway.transport, id, "discard")).toMatchObject({ ok: true })
  expect(gateway.asked[0]?.body).toEqual(gateway.asked[1]?.body ?? {})
  await takeNotice(terminal, drafted())
  expect(await store.get("drafts", id)).toMatchObject({ state: "discarded" })
})
