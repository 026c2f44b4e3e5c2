import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { tokenRequestMessage } from "@suyuan/protocol/terminal/enrolment"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { refreshToken } from "@suyuan/terminal-kiosk/link/refresh-token"
import { type Asked, brokerAccess, fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

function isSigned({ body }: Asked): boolean {
  const [nonce, signature] = [fromHex(String(body.nonce)), fromHex(String(body.signature))]
  if (!nonce || !signature) return false
  const request = { terminal: TERMINAL, issuedAtMs: Number(body.issuedAtMs), nonce }
  return verifyNoble("ed25519", publicKey, tokenRequestMessage(identity.networkId, request), signature)
}

test("asks with its signature and its own time", async () => {
  const { terminal, clock } = await openStall()
  const gateway = fakeGateway(() => brokerAccess())
  expect(await refreshToken(terminal, gateway.transport)).toMatchObject({ ok: true, value: { brokerToken: "token" } })
  expect(gateway.asked[0]?.path).toBe("/terminals/0100000007/token")
  expect(gateway.asked[0]?.body.issuedAtMs).toBe(clock.nowMs())
  expect(gateway.asked.every(isSigned)).toBe(true)
})

test("signs again by the gateway's time when its clock is off", async () => {
  const { terminal } = await openStall()
  const refusal = { status: 409, json: { code: "terminal/clock-off", message: "…", expected: "1772000000000" } }
  const gateway = fakeGateway(({ body }) => (body.issuedAtMs === 1_772_000_000_001 ? brokerAccess() : refusal))
  expect(await refreshToken(terminal, gateway.transport)).toMatchObject({ ok: true })
  expect(gateway.asked).toHaveLength(2)
  expect(gateway.asked.every(isSigned)).toBe(true)
})

test("tries a wrong clock once, not for ever; other refusals are told as they are", async () => {
  const { terminal } = await openStall()
  const off = fakeGateway(() => ({ status: 409, json: { code: "terminal/clock-off", message: "…", expected: "1" } }))
  expect(await refreshToken(terminal, off.transport)).toMatchObject({
    ok: false,
    error: { code: "terminal/clock-off" },
  })
  expect(off.asked).toHaveLength(2)
  const revoked = fakeGateway(() => ({ status: 403, json: { code: "terminal/revoked", message: "…" } }))
  expect(await refreshToken(terminal, revoked.transport)).toMatchObject({ error: { code: "terminal/revoked" } })
  expect(revoked.asked).toHaveLength(1)
})
