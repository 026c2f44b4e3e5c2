import { expect, test } from "bun:test"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { claimCodeHash, enrolmentMessage, keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { enrolTerminal } from "@suyuan/terminal-kiosk/enrol/enrol-terminal"
import { checkPin } from "@suyuan/terminal-kiosk/settings/owner-pin"
import { readSettings } from "@suyuan/terminal-kiosk/settings/settings"
import { openTerminal } from "@suyuan/terminal-kiosk/terminal"
import { type FakeAnswer, fakeGateway } from "../fake-gateway"
import { identity, publicKey, testKeys } from "../headless-terminal"
import { MemoryStore } from "../store/memory-store"

const networkId = DEVELOPMENT_NETWORK_ID
const enrolment = (more: Record<string, unknown> = {}): FakeAnswer => ({
  status: 200,
  json: {
    ...{ terminalId: "0100000007", state: "claimed", networkId, gatewayUrl: identity.gatewayUrl },
    ...{ receiptKey: "09".repeat(32), stall: identity.stall, site: identity.site, brokerToken: "unused" },
    ...more,
  },
})

function request(answers: readonly FakeAnswer[]) {
  const left = [...answers]
  const gateway = fakeGateway(() => left.shift() ?? "no-answer")
  const given = { keys: testKeys(), store: new MemoryStore(), transport: gateway.transport, networkId }
  return { gateway, request: { ...given, claimCode: "7m4qx 0zrtb" } }
}

test("shows that it holds the key, and is the terminal that the gateway says", async () => {
  const { gateway, request: asked } = request([enrolment()])
  const enrolled = await enrolTerminal(asked)
  expect(enrolled).toMatchObject({ ok: true, value: { identity, state: "claimed" } })
  expect(enrolled.ok && enrolled.value.fingerprint).toBe(keyFingerprint(networkId, { algorithm: "ed25519", publicKey }))
  const body = gateway.asked[0]?.body
  const codeHash = claimCodeHash(networkId, "7M4QX-0ZRTB") ?? new Uint8Array()
  const proof = fromHex(String(body?.proof)) ?? new Uint8Array()
  expect(verifyNoble("ed25519", publicKey, enrolmentMessage(networkId, codeHash, publicKey), proof)).toBe(true)
  expect(body?.publicKey).toBe(toHex(publicKey))
  expect((await openTerminal(asked))?.identity).toEqual(identity)
})

test("the owner's PIN and language are kept with the identity, at once; a code that was refused keeps neither", async () => {
  const owner = { pin: "2468", language: "en" } as const
  const { request: asked } = request([{ status: 404, json: { code: "claim-code/unknown" } }, enrolment()])
  await enrolTerminal({ ...asked, owner })
  expect(await asked.store.count("settings")).toBe(0)
  await enrolTerminal({ ...asked, owner })
  const terminal = await openTerminal(asked)
  expect(await checkPin(terminal!, "2468")).toEqual({ verdict: "right" })
  expect(await readSettings(terminal!)).toMatchObject({ language: "en", weightUnit: "jin" })
  const { request: bad } = request([enrolment()])
  expect(enrolTerminal({ ...bad, owner: { ...owner, pin: "12" } })).rejects.toBeInstanceOf(RangeError)
  expect(await openTerminal(bad)).toBeUndefined()
})

test("a lost answer is asked for again with the same request", async () => {
  const { gateway, request: asked } = request(["no-answer", enrolment()])
  expect(await enrolTerminal(asked)).toEqual({ ok: false, error: { kind: "no-answer" } })
  expect(await openTerminal(asked)).toBeUndefined()
  expect(await enrolTerminal(asked)).toMatchObject({ ok: true })
  expect(gateway.asked[1]).toEqual(gateway.asked[0])
})

test("says why the gateway refused", async () => {
  const refusal = { status: 404, json: { code: "claim-code/unknown", message: "…" } }
  expect(await enrolTerminal(request([refusal]).request)).toMatchObject({
    ok: false,
    error: { kind: "refused", code: "claim-code/unknown" },
  })
})

test("does not enrol twice, on another network, by half a code, or by an answer it does not understand", async () => {
  const { gateway, request: asked } = request([enrolment()])
  await enrolTerminal(asked)
  expect(await enrolTerminal(asked)).toEqual({ ok: false, error: { kind: "enrolled-already" } })
  expect(gateway.asked).toHaveLength(1)
  const errorOf = async (answer: FakeAnswer, claimCode = "7M4QX0ZRTB") => {
    const result = await enrolTerminal({ ...request([answer]).request, claimCode })
    return result.ok ? "enrolled" : result.error.kind
  }
  expect(await errorOf(enrolment({ networkId: 1 }))).toBe("wrong-network")
  expect(await errorOf(enrolment(), "7M4QX")).toBe("claim-code-malformed")
  expect(await errorOf(enrolment({ receiptKey: "09" }))).toBe("not-understood")
  expect(await errorOf({ status: 200, json: "<html>" })).toBe("not-understood")
  expect(await errorOf({ status: 502, json: {} })).toBe("no-answer")
})
