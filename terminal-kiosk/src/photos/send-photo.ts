import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { stallPhotoMessage, testPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import { z } from "zod"
import { type GatewayRefusal, readAnswer } from "../link/call-gateway"
import type { Terminal } from "../terminal"

/** PUTs bytes as they are. Rejects when no answer came: then nothing is known of what the gateway did. */
export type SendBytes = (path: string, bytes: Uint8Array) => Promise<{ readonly status: number; readonly body: string }>

/** What a gateway takes of one photo. */
export const PHOTO_BYTES_MAX = 512 * 1024

const messages = { "stall-photo": stallPhotoMessage, "test-photo": testPhotoMessage } as const
const sentAnswer = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) })
const clockRefusals = new Set(["terminal/clock-off", "terminal/request-repeated"])

/**
 * Sends a photo of the stall or of a rapid test, signed by this terminal; again, by the gateway's time, when this
 * tablet's clock is off. The same photo again is the same. Returns the hash by which the gateway has it.
 */
export async function sendPhoto(
  terminal: Terminal,
  send: SendBytes,
  kind: keyof typeof messages,
  photo: Uint8Array,
): Promise<Result<string, GatewayRefusal>> {
  const first = await put(terminal, send, kind, photo, terminal.clock.nowMs())
  if (first.ok || first.error.kind !== "refused" || !clockRefusals.has(first.error.code)) return first
  const gatewayTimeMs = Number(first.error.expected)
  if (!Number.isSafeInteger(gatewayTimeMs) || gatewayTimeMs < 0) return first
  return put(terminal, send, kind, photo, gatewayTimeMs + 1)
}

async function put(
  { identity, signingKey }: Terminal,
  send: SendBytes,
  kind: keyof typeof messages,
  photo: Uint8Array,
  issuedAtMs: number,
): Promise<Result<string, GatewayRefusal>> {
  const { networkId, terminal } = identity
  const signed = await signingKey.sign(messages[kind](networkId, { terminal, issuedAtMs, photo }))
  const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
  const path = `/terminals/${terminalToHex(terminal)}/${kind}?issuedAtMs=${issuedAtMs}&signature=${signature}`
  const answer = await send(path, photo).catch(() => undefined)
  if (answer === undefined) return err({ kind: "no-answer" })
  const read = readAnswer(answer, sentAnswer)
  return read.ok ? ok(read.value.hash) : read
}
