import { toHex } from "@suyuan/protocol/codec/bytes"
import {
  BIND_CODE_NONCE_BYTES,
  BIND_CODE_SECONDS,
  bindCodeMessage,
  bindCodeUrl,
  encodeBindCodeBody,
} from "@suyuan/protocol/terminal/bind-code"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Terminal } from "../terminal"

export interface ShownBindCode {
  readonly url: string
  /** Comes back in the notice of the wallet that answers it. */
  readonly nonce: string
  /** By the terminal's time. */
  readonly validUntilMs: number
}

/** A code by which a wallet may come to buy for this stall; on another path than payment. The caller asked the owner's PIN. */
export async function showBindCode({ identity, signingKey, time, random }: Terminal): Promise<ShownBindCode> {
  const nonce = random.bytes(BIND_CODE_NONCE_BYTES)
  const { algorithm } = signingKey
  const nowMs = time.stampMs()
  const body = encodeBindCodeBody({
    algorithm,
    terminal: identity.terminal,
    issuedAtSeconds: msToSeconds2024(nowMs),
    nonce,
  })
  const signed = await signingKey.sign(bindCodeMessage(identity.networkId, body))
  const url = bindCodeUrl(identity.gatewayUrl, body, algorithm === "p256" ? toLowS(signed) : signed)
  return { url, nonce: toHex(nonce), validUntilMs: nowMs + BIND_CODE_SECONDS * 1000 }
}
