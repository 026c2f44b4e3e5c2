import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import {
  DISPLAY_CODE_RANDOM_BYTES,
  displayCodeHash,
  displayCodeText,
  displayEndMessage,
  displayInvitationMessage,
} from "@suyuan/protocol/terminal/display-request"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import type { DisplayRow } from "../store/rows"
import type { Terminal } from "../terminal"

export interface Invitation {
  readonly displayId: string
  /** For a person to carry to the second tablet; kept nowhere. */
  readonly code: string
  readonly validUntilMs: number
}

const CODE_LIVES_MS = 300_000
const invited = z.object({ displayId: z.string(), codeExpiresAt: z.string() })
const ended = z.object({ displayId: z.string() })

/** Lets one more tablet show what the customer is to see (DS-1, DS-2). Needs the network; that it paired comes as a notice. */
export async function inviteDisplay(
  terminal: Terminal,
  transport: Transport,
): Promise<Result<Invitation, GatewayRefusal>> {
  const { identity, store, clock, random, newId } = terminal
  const displayId = newId()
  const code = displayCodeText(random.bytes(DISPLAY_CODE_RANDOM_BYTES))
  const codeHash = displayCodeHash(identity.networkId, code)
  if (codeHash === undefined) throw new Error("a display code that was just made does not parse")
  await keep(terminal, displayId, { state: "invited", sinceMs: clock.nowMs() })
  const message = displayInvitationMessage(identity.networkId, {
    ...{ terminal: identity.terminal, displayId, codeHash },
  })
  const body = { displayId, codeHash: toHex(codeHash), signature: await sign(terminal, message) }
  const path = `/terminals/${terminalToHex(identity.terminal)}/displays`
  const answer = await callGateway(transport, path, body, invited)
  if (answer.ok) return ok({ displayId, code, validUntilMs: clock.nowMs() + CODE_LIVES_MS })
  await terminal.inTurn(() => store.commit([{ table: "displays", change: "delete", key: displayId }]))
  return answer
}

/**
 * Ends a display: from this moment it is told nothing, whether the gateway can be asked or not; then it gets no token any
 * more (DS-6). Without an answer it stays `ending`, and is asked for again.
 */
export async function endDisplay(
  terminal: Terminal,
  transport: Transport,
  displayId: string,
): Promise<Result<void, GatewayRefusal | { readonly kind: "display-unknown" }>> {
  const { identity, store } = terminal
  const row = await store.get("displays", displayId)
  if (row === undefined) return err({ kind: "display-unknown" })
  await keep(terminal, displayId, { ...row, state: "ending" })
  const signature = await sign(terminal, displayEndMessage(identity.networkId, identity.terminal, displayId))
  const path = `/terminals/${terminalToHex(identity.terminal)}/displays/${displayId}/end`
  const answer = await callGateway(transport, path, { signature }, ended)
  const isGone = answer.ok || (answer.error.kind === "refused" && answer.error.code === "display/unknown")
  if (!isGone) return answer
  await terminal.inTurn(() => store.commit([{ table: "displays", change: "delete", key: displayId }]))
  return ok(undefined)
}

/** Asks again for what the gateway has not answered. */
export async function endUnanswered(terminal: Terminal, transport: Transport): Promise<void> {
  for (const [displayId, { state }] of await terminal.store.list("displays")) {
    if (state === "ending") await endDisplay(terminal, transport, displayId)
  }
}

function keep({ store, inTurn }: Terminal, displayId: string, row: DisplayRow): Promise<void> {
  return inTurn(() => store.commit([{ table: "displays", change: "put", key: displayId, row }]))
}

async function sign({ signingKey }: Terminal, message: Uint8Array): Promise<string> {
  const signed = await signingKey.sign(message)
  return toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
}
