/** A second tablet's own line to the broker: it reads what its stall's terminal shows, and can say nothing. */
import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import type { Result } from "@suyuan/protocol/result"
import { DISPLAY_SECRET_BYTES } from "@suyuan/protocol/terminal/display-request"
import mqtt from "mqtt"
import { z } from "zod"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import { AWAY, type DisplayMessage } from "./display-message"
import { readDisplayMessage } from "./read-display-message"

const SHARDS = 16
const CONNECT_TIMEOUT_MS = 8_000
const KEEPALIVE_SECONDS = 30

const access = z.object({
  displayId: z.string().regex(/^[0-9a-f-]{36}$/),
  terminalId: z.string().regex(/^[0-9a-f]{10}$/),
  stall: z.string().max(200),
  site: z.string().max(200),
  brokerToken: z.string().min(1).max(4096),
  brokerUrl: z.string().max(300),
})

export type DisplayAccess = z.infer<typeof access>

/** Kept before it is sent: with it the same code is the same display, and by it the next tokens come. */
export function newDisplaySecret(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(DISPLAY_SECRET_BYTES)))
}

export function pairDisplay(
  transport: Transport,
  code: string,
  secret: string,
): Promise<Result<DisplayAccess, GatewayRefusal>> {
  return callGateway(transport, "/display-pairings", { code, secret }, access)
}

export function refreshDisplay(
  transport: Transport,
  displayId: string,
  secret: string,
): Promise<Result<DisplayAccess, GatewayRefusal>> {
  return callGateway(transport, `/displays/${displayId}/token`, { secret }, access)
}

export interface DisplayEvents {
  readonly onShown: (message: DisplayMessage) => void
  /** The terminal lost its line, or is back (DS-7). */
  readonly onAway: (isAway: boolean) => void
  readonly onOnline: () => void
}

/** Resolves when the session is over, whoever ended it; the caller asks for the next token then. */
export async function hearDisplay(address: DisplayAccess, events: DisplayEvents, ended: AbortSignal): Promise<void> {
  const { displayId, terminalId } = address
  const shown = `t/${Number.parseInt(terminalId, 16) % SHARDS}/${terminalId}/show`
  const clientId = `display-${displayId}`
  const client = mqtt.connect(address.brokerUrl, {
    ...{ clientId, username: clientId, password: address.brokerToken },
    ...{ clean: true, protocolVersion: 4, keepalive: KEEPALIVE_SECONDS },
    ...{ connectTimeout: CONNECT_TIMEOUT_MS, reconnectPeriod: 0, timerVariant: "native" },
  })
  client.on("error", () => undefined)
  client.on("message", (topic, payload) => {
    const text = new TextDecoder().decode(payload)
    if (topic === `${shown}/${AWAY}`) return events.onAway(text !== "")
    const message = topic === `${shown}/${displayId}` ? readDisplayMessage(text) : undefined
    if (message !== undefined) events.onShown(message)
  })
  client.on("connect", () => {
    // Whether it is away is heard before what it showed last.
    events.onAway(false)
    client.subscribe([`${shown}/${AWAY}`, `${shown}/${displayId}`], { qos: 1 }, (error) =>
      error ? client.end(true) : events.onOnline(),
    )
  })
  ended.addEventListener("abort", () => client.end(true))
  await new Promise<void>((resolve) => client.once("close", () => resolve()))
  client.end(true)
}
