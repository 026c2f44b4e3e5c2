import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { ok, type Result } from "@suyuan/protocol/result"
import { TOKEN_REQUEST_NONCE_BYTES, tokenRequestMessage } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import type { Terminal } from "../terminal"
import { callGateway, type GatewayRefusal } from "./call-gateway"
import { payeeWord } from "./down-messages"

const tokenAnswer = z.object({
  brokerToken: z.string().min(1).max(4096),
  brokerTokenExpiresAtMs: z.number().int(),
  brokerUrl: z.string().max(300),
  serverTimeMs: z.number().int(),
  state: z.enum(["claimed", "active", "suspended", "revoked"]),
  /** A gateway of before does not say. */
  payees: z.array(payeeWord).max(8).default([]),
})

export type BrokerAccess = z.infer<typeof tokenAnswer>

const clockRefusals = new Set(["terminal/clock-off", "terminal/request-repeated"])

/** Asks for the next hour's broker token, by this terminal's signature; by the gateway's time when ours is off. */
export async function refreshToken(
  terminal: Terminal,
  transport: Transport,
): Promise<Result<BrokerAccess, GatewayRefusal>> {
  const first = await request(terminal, transport, terminal.clock.nowMs())
  if (first.ok || first.error.kind !== "refused" || !clockRefusals.has(first.error.code)) return first
  const gatewayTimeMs = Number(first.error.expected)
  if (!Number.isSafeInteger(gatewayTimeMs) || gatewayTimeMs < 0) return first
  // Rises above what was asked for within the same millisecond, too.
  return request(terminal, transport, gatewayTimeMs + 1)
}

async function request(
  { identity, signingKey, random }: Terminal,
  transport: Transport,
  issuedAtMs: number,
): Promise<Result<BrokerAccess, GatewayRefusal>> {
  const nonce = random.bytes(TOKEN_REQUEST_NONCE_BYTES)
  const { terminal, networkId } = identity
  const signed = await signingKey.sign(tokenRequestMessage(networkId, { terminal, issuedAtMs, nonce }))
  const signature = signingKey.algorithm === "p256" ? toLowS(signed) : signed
  const path = `/terminals/${terminalToHex(terminal)}/token`
  const body = { issuedAtMs, nonce: toHex(nonce), signature: toHex(signature) }
  const answer = await callGateway(transport, path, body, tokenAnswer)
  return answer.ok ? ok(answer.value) : answer
}
