// The gateway over HTTP, as everybody outside of it sees it.
import { type ClientAnswer, type GatewayClient, gatewayClient } from "@suyuan/client/client"
import { fetchTransport } from "@suyuan/client/fetch-transport"
import type { Transport } from "@suyuan/client/transport"

/** A day in a minute keeps a small computer busy. */
const ANSWER_TIMEOUT_MS = 60_000

export type Gateway = {
  readonly url: string
  readonly transport: Transport
  /** With the first operator's token. */
  readonly operator: GatewayClient
  /** With a buyer's session. */
  readonly as: (token: string) => GatewayClient
  readonly anyone: GatewayClient
}

export function openGateway(
  url: string,
  operatorToken: string,
  transport: Transport = fetchTransport(url, ANSWER_TIMEOUT_MS),
): Gateway {
  const as = (token: string) => gatewayClient(transport, { token: () => token })
  return { url, transport, operator: as(operatorToken), as, anyone: gatewayClient(transport) }
}

/** The answer's value. Throws with the gateway's own code for a refusal. */
export function granted<T>(what: string, answer: ClientAnswer<T>): T {
  if (answer.ok) return answer.value
  const { code, message, field, expected } = answer.refusal
  const detail = [field, expected].filter((text) => text !== undefined).join(" ")
  throw new Error(`${what}: ${answer.status} ${code} ${message} ${detail}`.trimEnd())
}
