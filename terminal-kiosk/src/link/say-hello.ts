import { toHex } from "@suyuan/protocol/codec/bytes"
import { signUpload } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import type { Terminal } from "../terminal"
import type { BrokerLink } from "./broker-link"

const NONCE_BYTES = 8

export interface Hello {
  readonly nonce: string
  readonly sentAtMs: number
}

/**
 * Says what time a code made now would carry, signed: the gateway learns how far that is off (UP-14).
 */
export async function sayHello(terminal: Terminal, link: Pick<BrokerLink, "publish">): Promise<Hello> {
  const { identity, signingKey, clock, time, random, newId } = terminal
  const nonce = random.bytes(NONCE_BYTES)
  const sentAtMs = clock.nowMs()
  const envelope = await signUpload(
    { kind: "hello", uploadId: newId(), body: encodeUploadBody("hello", { sentAtMs: time.nowMs(), nonce }) },
    {
      networkId: identity.networkId,
      terminal: identity.terminal,
      algorithm: signingKey.algorithm,
      sign: signingKey.sign,
    },
  )
  await link.publish("hello", envelope)
  return { nonce: toHex(nonce), sentAtMs }
}

/** Gateway time minus ours, to half of the way there and back; for the seller's screen, never for signed times. */
export function clockOffsetMs(hello: Hello, serverTimeMs: number, receivedAtMs: number): number {
  return Math.round(serverTimeMs - (hello.sentAtMs + receivedAtMs) / 2)
}
