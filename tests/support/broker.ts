// Terminals and gateways at a real broker, and waiting for what they bring about.
import { connectBroker } from "@suyuan/api/adapters/mqtt-broker"
import type { Context } from "@suyuan/api/context"
import { brokerTokens } from "@suyuan/api/terminals/broker-token"
import { shardOf, type TerminalChannel } from "@suyuan/api/terminals/terminal-channel"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import mqtt from "mqtt"
import { readKey } from "../../scripts/engines/keys"
import { openThrowawayEngines } from "../../scripts/engines/throwaway"

/** Waits for a condition, never for a time. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const endMs = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export type BrokerAddress = { readonly url: string; readonly tokenSecret: string }

export function gatewayAt(
  ctx: Pick<Context, "clock">,
  { url, tokenSecret }: BrokerAddress,
  gatewayId: string,
  token: (clientId: string) => Promise<string> = brokerTokens(tokenSecret, { nowMs: () => Date.now() }).forGateway,
): Promise<TerminalChannel> {
  return connectBroker({ url, gatewayId, token, nowMs: ctx.clock.nowMs, onTrouble: () => {} })
}

/** A broker that no other test's gateway listens at: their sessions have the same names. */
export async function ownBroker(): Promise<BrokerAddress & { readonly stop: () => Promise<void> }> {
  const engines = openThrowawayEngines()
  const { url, stop } = await engines.startBroker()
  return { url, tokenSecret: readKey(engines.tokenSecretFile), stop }
}

export type TerminalLink = {
  /** `as`: under another terminal's topic, which its token does not allow. */
  readonly send: (topic: "record" | "hello", payload: Uint8Array, as?: number) => Promise<void>
  /** What came down, oldest first: last part of the topic, and the message. */
  readonly heard: { readonly topic: string; readonly message: Record<string, unknown> }[]
  /** By upload id, in the order in which they came. */
  readonly acks: () => Map<string, string[]>
  readonly close: () => Promise<void>
}

/** A terminal's own session, with its own token, as the tablet opens it. */
export async function terminalAt({ url, tokenSecret }: BrokerAddress, terminalId: number): Promise<TerminalLink> {
  const tokens = brokerTokens(tokenSecret, { nowMs: () => Date.now() })
  const { token } = await tokens.forTerminal({ id: terminalId, tokenEpoch: 0 })
  const clientId = terminalToHex(terminalId)
  const own = `t/${shardOf(terminalId)}/${clientId}`
  const client = await mqtt.connectAsync(url, { clientId, username: clientId, password: token, reconnectPeriod: 0 })
  const heard: { topic: string; message: Record<string, unknown> }[] = []
  client.on("message", (topic, payload) => {
    heard.push({ topic: topic.slice(own.length + "/down/".length), message: JSON.parse(payload.toString()) })
  })
  const closed = new Promise<never>((_, reject) => client.once("close", () => reject(new Error("closed"))))
  closed.catch(() => {})
  await client.subscribeAsync(`${own}/down/+`, { qos: 1 })
  return {
    heard,
    send: async (topic, payload, as = terminalId) => {
      const to = `t/${shardOf(as)}/${terminalToHex(as)}/up/${topic}`
      await Promise.race([client.publishAsync(to, Buffer.from(payload), { qos: 1 }), closed])
    },
    acks: () => {
      const all = new Map<string, string[]>()
      for (const { topic, message } of heard) {
        if (topic !== "ack") continue
        for (const { id, result, code } of message.acks as { id: string; result: string; code?: string }[]) {
          all.set(id, [...(all.get(id) ?? []), code ?? result])
        }
      }
      return all
    },
    close: () => client.endAsync(true),
  }
}
