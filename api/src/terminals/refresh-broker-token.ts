import { tokenRequestMessage } from "@suyuan/protocol/terminal/enrolment"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { payeesOfStall } from "../merchants/payees-of-stall"
import { requireTerminal, terminalKey } from "./authenticate"
import type { BrokerTokens } from "./broker-token"
import { takeFreshRequest } from "./take-fresh-request"

export type TokenRefresh = {
  readonly terminalId: number
  /** By the terminal's clock, within ten minutes of ours and later than its last request. */
  readonly issuedAtMs: number
  readonly nonce: Uint8Array
  /** Over `tokenRequestMessage`. */
  readonly signature: Uint8Array
}

/**
 * A terminal shows its key and gets the next hour's broker token. No actor: the signature is who it is. A refused
 * time says ours in `expected`, so that a tablet whose clock is off signs again by it.
 */
export async function refreshBrokerToken(ctx: Context, tokens: BrokerTokens, request: TokenRefresh) {
  const terminal = await requireTerminal(ctx.db, request.terminalId)
  const key = terminalKey(terminal)
  const message = tokenRequestMessage(ctx.config.NETWORK_ID, { ...request, terminal: request.terminalId })
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, request.signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  // Only who holds the key learns the terminal's state.
  await requireTerminal(ctx.db, request.terminalId, "connect")
  const fresh = await takeFreshRequest(ctx, terminal.id, request.issuedAtMs)
  const broker = await tokens.forTerminal(fresh)
  return {
    brokerToken: broker.token,
    brokerTokenExpiresAtMs: broker.expiresAtMs,
    brokerUrl: ctx.config.MQTT_WS_URL ?? ctx.config.MQTT_URL,
    serverTimeMs: ctx.clock.nowMs(),
    state: fresh.state,
    /** Each time: one of them may have been there before the terminal, or was told while nobody listened. */
    payees: fresh.state === "claimed" ? [] : await payeesOfStall(ctx.db, fresh.merchantId),
  }
}
