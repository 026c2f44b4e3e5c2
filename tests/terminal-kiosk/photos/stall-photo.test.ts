import { expect, test } from "bun:test"
import { ed25519 } from "@noble/curves/ed25519.js"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { stallPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import type { SendBytes } from "@suyuan/terminal-kiosk/photos/send-photo"
import { jpegBytes, keepStallPhoto, sendStallPhoto } from "@suyuan/terminal-kiosk/photos/stall-photo"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const jpegOf = (text: string) => `data:image/jpeg;base64,${btoa(text)}`
const hash = "ab".repeat(32)
const taken = { status: 200, body: JSON.stringify({ hash }) }

/** A gateway that holds each request against the terminal's key, and answers in turn. */
function gateway(...answers: readonly (Awaited<ReturnType<SendBytes>> | "no-answer")[]) {
  const sent: string[] = []
  const send: SendBytes = async (path, photo) => {
    const query = new URL(path, "http://gateway").searchParams
    const issuedAtMs = Number(query.get("issuedAtMs"))
    const message = stallPhotoMessage(identity.networkId as never, { terminal: TERMINAL as never, issuedAtMs, photo })
    expect(ed25519.verify(fromHex(query.get("signature") ?? "")!, message, publicKey)).toBe(true)
    sent.push(new TextDecoder().decode(photo))
    const answer = answers[sent.length - 1] ?? "no-answer"
    if (answer === "no-answer") throw new Error("no line")
    return answer
  }
  return { send, sent }
}

test("without a line it waits on the tablet, and goes with the next one; an answer that is lost is asked for again", async () => {
  const { terminal, store } = await openStall()
  await keepStallPhoto(terminal, jpegOf("stall"))
  const { send, sent } = gateway("no-answer", { status: 503, body: "{}" }, taken)
  for (const isLeft of [true, true, false, false]) {
    expect((await sendStallPhoto(terminal, send)) !== undefined).toBe(isLeft)
    expect(await store.count("stallPhoto")).toBe(isLeft ? 1 : 0)
  }
  expect(sent).toEqual(["stall", "stall", "stall"])
})

test("a clock that is off: signed again by the gateway's time", async () => {
  const { terminal, store } = await openStall()
  await keepStallPhoto(terminal, jpegOf("stall"))
  const off = { status: 409, body: JSON.stringify({ code: "terminal/clock-off", expected: "1900000000000" }) }
  expect(await sendStallPhoto(terminal, gateway(off, taken).send)).toBeUndefined()
  expect(await store.count("stallPhoto")).toBe(0)
})

test("what the gateway will not take stays with its reason and is not sent again; another photo takes its place", async () => {
  const { terminal, clock } = await openStall()
  await keepStallPhoto(terminal, jpegOf("a cat"))
  const refused = { status: 422, body: JSON.stringify({ code: "picture/unusable" }) }
  const { send, sent } = gateway(refused, taken)
  expect(await sendStallPhoto(terminal, send)).toMatchObject({ code: "picture/unusable" })
  expect(await sendStallPhoto(terminal, send)).toMatchObject({ code: "picture/unusable" })
  clock.advance(1)
  await keepStallPhoto(terminal, jpegOf("stall"))
  expect(await sendStallPhoto(terminal, send)).toBeUndefined()
  expect(sent).toEqual(["a cat", "stall"])
})

test("one that is taken while another is under way is not lost", async () => {
  const { terminal, clock } = await openStall()
  await keepStallPhoto(terminal, jpegOf("first"))
  const { send, sent } = gateway(taken, taken)
  const slow: SendBytes = async (path, photo) => {
    clock.advance(1)
    await keepStallPhoto(terminal, jpegOf("second"))
    return send(path, photo)
  }
  expect(await sendStallPhoto(terminal, slow)).toMatchObject({ jpeg: jpegOf("second") })
  await sendStallPhoto(terminal, send)
  expect(sent).toEqual(["first", "second"])
})

test("nothing but a JPEG of at most 512 KB is kept", async () => {
  const { terminal, store } = await openStall()
  expect(() => jpegBytes("data:image/png;base64,AAAA")).toThrow(RangeError)
  expect(keepStallPhoto(terminal, jpegOf("x".repeat(512 * 1024 + 1)))).rejects.toThrow(RangeError)
  expect(await store.count("stallPhoto")).toBe(0)
})
