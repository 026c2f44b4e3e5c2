import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import type { Result } from "@suyuan/protocol/result"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import type { z } from "zod"
import type { Terminal } from "../terminal"
import { callGateway, type GatewayRefusal } from "./call-gateway"

const clockRefusals = new Set(["terminal/clock-off", "terminal/request-repeated"])

export interface SignedQuestion<Answer> {
  /** `/terminals/<id>/<what>`. */
  readonly what: string
  readonly message: (networkId: number, terminal: number, issuedAtMs: number) => Uint8Array
  readonly answer: z.ZodType<Answer>
}

/** Asks by this terminal's signature and time, and once more by the gateway's time where that is what it refuses (EN-11). */
export async function askSigned<Answer>(
  terminal: Terminal,
  transport: Transport,
  question: SignedQuestion<Answer>,
): Promise<Result<Answer, GatewayRefusal>> {
  const first = await askAt(terminal, transport, question, terminal.clock.nowMs())
  if (first.ok || first.error.kind !== "refused" || !clockRefusals.has(first.error.code)) return first
  const gatewayTimeMs = Number(first.error.expected)
  if (!Number.isSafeInteger(gatewayTimeMs) || gatewayTimeMs < 0) return first
  // Rises above what was asked for within the same millisecond, too.
  return askAt(terminal, transport, question, gatewayTimeMs + 1)
}

async function askAt<Answer>(
  { identity, signingKey }: Terminal,
  transport: Transport,
  { what, message, answer }: SignedQuestion<Answer>,
  issuedAtMs: number,
): Promise<Result<Answer, GatewayRefusal>> {
  const signed = await signingKey.sign(message(identity.networkId, identity.terminal, issuedAtMs))
  const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
  return callGateway(
    transport,
    `/terminals/${terminalToHex(identity.terminal)}/${what}`,
    { issuedAtMs, signature },
    answer,
  )
}
