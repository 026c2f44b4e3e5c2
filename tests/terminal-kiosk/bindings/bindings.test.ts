import { expect, test } from "bun:test"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { bindAnswerMessage, parseBindCodeDigits, verifyBindCode } from "@suyuan/protocol/terminal/bind-code"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { answerBinding } from "@suyuan/terminal-kiosk/bindings/answer-binding"
import { showBindCode } from "@suyuan/terminal-kiosk/bindings/show-bind-code"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const key = { algorithm: "ed25519", publicKey } as const
const bindingId = "0199d3a0-7c1e-7000-8000-00000000000b"

test("shows a code of its own key, on another path than payment", async () => {
  const { terminal, clock } = await openStall()
  const shown = await showBindCode(terminal)
  const code = parseBindCodeDigits(shown.url.split("/b/")[1] ?? "")
  if (!code.ok) throw new Error(code.error)
  expect(verifyBindCode(identity.networkId, code.value, key, verifyNoble)).toBe(true)
  expect(toHex(code.value.nonce)).toBe(shown.nonce)
  expect(shown.validUntilMs - clock.nowMs()).toBe(90_000)
})

test("answers a wallet with the digits that its own screen shows", async () => {
  const { terminal, store } = await openStall()
  const gateway = fakeGateway(() => ({ status: 200, json: { state: "active" } }))
  expect(await answerBinding(terminal, gateway.transport, bindingId, "confirm")).toEqual({
    ok: false,
    error: { kind: "binding-unknown" },
  })
  await takeNotice(terminal, { v: 1, kind: "binding-claimed", bindingId, nonce: "ab".repeat(8), digits: "47" })
  expect(await answerBinding(terminal, gateway.transport, bindingId, "confirm")).toMatchObject({ ok: true })
  expect(await store.get("bindings", bindingId)).toMatchObject({ state: "active", digits: "47" })
  const asked = gateway.asked[0]
  expect(asked).toMatchObject({ path: `/bindings/${bindingId}/answers`, body: { answer: "confirm", digits: "47" } })
  const message = bindAnswerMessage(identity.networkId, {
    ...{ terminal: TERMINAL, bindingId, answer: "confirm", digits: "47" },
  } as const)
  const signature = fromHex(String(asked?.body.signature)) ?? new Uint8Array()
  expect(verifyNoble("ed25519", publicKey, message, signature)).toBe(true)
})

test("a refused or ended wallet is ended here too", async () => {
  const { terminal, store } = await openStall()
  await takeNotice(terminal, { v: 1, kind: "binding-claimed", bindingId, nonce: "ab".repeat(8), digits: "47" })
  await takeNotice(terminal, { v: 1, kind: "binding-ended", bindingId })
  expect(await store.get("bindings", bindingId)).toMatchObject({ state: "ended" })
  // The claim told again does not bring it back.
  await takeNotice(terminal, { v: 1, kind: "binding-claimed", bindingId, nonce: "ab".repeat(8), digits: "47" })
  expect(await store.get("bindings", bindingId)).toMatchObject({ state: "ended" })
})
