import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { sign } from "hono/jwt"
import type { Clock } from "../context"
import { shardOf } from "./terminal-channel"

export type BrokerToken = { readonly token: string; readonly expiresAtMs: number }

/** Makes the short-lived MQTT passwords that the broker checks: JWT HS256 with topics as EMQX reads them. */
export type BrokerTokens = {
  /** The client id is the terminal's 10 hex digits; it may speak and hear under its own topics only. */
  readonly forTerminal: (terminal: { readonly id: number; readonly tokenEpoch: number }) => Promise<BrokerToken>
  /** A display's client id is its own; it may hear what it is to show, and say nothing (DS-5). */
  readonly forDisplay: (display: { readonly id: string; readonly terminalId: number }) => Promise<BrokerToken>
  /** The gateway itself: all terminals' topics. */
  readonly forGateway: (clientId: string) => Promise<string>
}

const lifeSeconds = 3600

/** @param secret at least 32 characters, shared with the broker. */
export function brokerTokens(secret: string, clock: Clock): BrokerTokens {
  if (secret.length < 32) throw new Error("the secret for broker tokens must have at least 32 characters")
  const issue = async (clientId: string, pub: readonly string[], sub: readonly string[], more: object) => {
    const iat = Math.floor(clock.nowMs() / 1000)
    const exp = iat + lifeSeconds
    const token = await sign({ sub: clientId, iat, exp, acl: { pub, sub }, ...more }, secret, "HS256")
    return { token, expiresAtMs: exp * 1000 }
  }
  return {
    forTerminal: ({ id, tokenEpoch }) => {
      const own = topicsOf(id)
      return issue(terminalToHex(id), [`${own}/up/#`, `${own}/show/+`], [`${own}/down/#`], { epoch: tokenEpoch })
    },
    forDisplay: ({ id, terminalId }) => {
      const shown = `${topicsOf(terminalId)}/show`
      return issue(`display-${id}`, [], [`${shown}/${id}`, `${shown}/away`], {})
    },
    forGateway: async (clientId) => (await issue(clientId, ["t/#"], ["t/#"], {})).token,
  }
}

function topicsOf(terminalId: number): string {
  return `t/${shardOf(terminalId)}/${terminalToHex(terminalId)}`
}
