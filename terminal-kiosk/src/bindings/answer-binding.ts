import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { type BindAnswer, bindAnswerMessage } from "@suyuan/protocol/terminal/bind-code"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import type { BindingRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type AnswerBindingError = { readonly kind: "binding-unknown" } | GatewayRefusal

const bindingAnswer = z.object({ state: z.enum(["claimed", "active", "ended"]) })

/**
 * Confirms a wallet whose two digits the seller has compared, refuses it, or ends it later. Needs the network: what is
 * shared with whom begins at the gateway's commit.
 */
export async function answerBinding(
  terminal: Terminal,
  transport: Transport,
  bindingId: string,
  answer: BindAnswer,
): Promise<Result<BindingRow, AnswerBindingError>> {
  const { identity, signingKey, store } = terminal
  const row = await store.get("bindings", bindingId)
  if (row === undefined) return err({ kind: "binding-unknown" })
  const { networkId, terminal: id } = identity
  const message = bindAnswerMessage(networkId, { terminal: id, bindingId, answer, digits: row.digits })
  const signed = await signingKey.sign(message)
  const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
  const body = { terminalId: terminalToHex(id), answer, digits: row.digits, signature }
  const answered = await callGateway(transport, `/bindings/${bindingId}/answers`, body, bindingAnswer)
  if (!answered.ok) return answered
  const changed: BindingRow = { ...row, state: answered.value.state }
  await terminal.inTurn(() => store.commit([{ table: "bindings", change: "put", key: bindingId, row: changed }]))
  return ok(changed)
}
