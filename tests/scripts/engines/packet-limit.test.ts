import { expect, test } from "bun:test"
import { packetWatch } from "../../../scripts/engines/packet-limit"

/** A PUBLISH of `bodyBytes` after its fixed header, which MQTT 3.1.1 §2.2.3 writes in 7-bit groups. */
function packet(bodyBytes: number): Uint8Array {
  const header = [0x30]
  let left = bodyBytes
  do {
    header.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    left = Math.floor(left / 128)
  } while (left > 0)
  return new Uint8Array([...header, ...new Uint8Array(bodyBytes)])
}

test.each([1, 2, 3, 7, 1_000])("lets packets up to the limit pass, read in pieces of %d bytes", (pieceBytes) => {
  const stream = new Uint8Array([...packet(0), ...packet(127), ...packet(128), ...packet(300), ...packet(1)])
  const exceeds = packetWatch(300)
  for (let at = 0; at < stream.length; at += pieceBytes) {
    expect(exceeds(stream.subarray(at, at + pieceBytes))).toBe(false)
  }
})

test("refuses a packet of one byte more at its header, before its body has come", () => {
  const exceeds = packetWatch(300)
  expect(exceeds(packet(300))).toBe(false)
  expect(exceeds(packet(301).subarray(0, 3))).toBe(true)
})

test("refuses a length of more than four bytes", () => {
  expect(packetWatch(300)(new Uint8Array([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(true)
})
