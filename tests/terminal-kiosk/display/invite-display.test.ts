import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { displayCodeHash, displayEndMessage, displayInvitationMessage } from "@suyuan/protocol/terminal/display-request"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { endDisplay, endUnanswered, inviteDisplay } from "@suyuan/terminal-kiosk/display/invite-display"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const invited = { status: 200, json: { displayId: "-", codeExpiresAt: "2026-03-01T01:05:00.000Z" } }
const bytesOf = (hex: unknown) => fromHex(String(hex)) ?? new Uint8Array()

async function paired() {
  const stall = await openStall()
  const gateway = fakeGateway(() => invited)
  const invitation = await inviteDisplay(stall.terminal, gateway.transport)
  if (!invitation.ok) throw new Error("not invited")
  const { displayId } = invitation.value
  await takeNotice(stall.terminal, { v: 1, kind: "display-paired", displayId })
  return { ...stall, displayId }
}

test("[DS-1] [DS-2] the code's hash is what is signed and sent; its text goes nowhere", async () => {
  const { terminal, store } = await openStall()
  const gateway = fakeGateway(() => invited)
  const invitation = await inviteDisplay(terminal, gateway.transport)
  if (!invitation.ok) throw new Error("not invited")
  const { displayId, code } = invitation.value
  const asked = gateway.asked[0]
  const codeHash = displayCodeHash(identity.networkId, code)!
  expect(bytesOf(asked?.body.codeHash)).toEqual(codeHash)
  const message = displayInvitationMessage(identity.networkId, {
    terminal: TERMINAL,
    displayId,
    codeHash,
  })
  expect(verifyNoble("ed25519", publicKey, message, bytesOf(asked?.body.signature))).toBe(true)
  const sentAndKept = JSON.stringify([gateway.asked, await store.list("displays")])
  expect(sentAndKept).not.toContain(code)
  expect(sentAndKept).not.toContain(code.replace("-", ""))
  expect(await store.get("displays", displayId)).toMatchObject({ state: "invited" })
})

test("[request lost] without an answer there is no display, and the next invitation is another", async () => {
  const { terminal, store } = await openStall()
  const { transport } = fakeGateway(() => "no-answer")
  expect(await inviteDisplay(terminal, transport)).toEqual({ ok: false, error: { kind: "no-answer" } })
  expect(await store.list("displays")).toEqual([])
})

test("[DS-6] an ended display is ended here before anybody is asked, and asked for again until it is answered", async () => {
  const { terminal, store, displayId } = await paired()
  expect(await store.get("displays", displayId)).toMatchObject({ state: "paired" })
  await endDisplay(terminal, fakeGateway(() => "no-answer").transport, displayId)
  expect(await store.get("displays", displayId)).toMatchObject({ state: "ending" })
  // The notice that comes late does not bring it back.
  await takeNotice(terminal, { v: 1, kind: "display-paired", displayId })
  const gateway = fakeGateway(() => ({ status: 200, json: { displayId } }))
  await endUnanswered(terminal, gateway.transport)
  expect(await store.list("displays")).toEqual([])
  const message = displayEndMessage(identity.networkId, TERMINAL, displayId)
  expect(verifyNoble("ed25519", publicKey, message, bytesOf(gateway.asked[0]?.body.signature))).toBe(true)
})
