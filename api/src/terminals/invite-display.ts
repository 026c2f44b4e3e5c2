import { displays } from "@suyuan/drizzle/schema/terminals"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { type DisplayInvitation, displayInvitationMessage } from "@suyuan/protocol/terminal/display-request"
import { and, eq, isNotNull, isNull } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, terminalKey } from "./authenticate"

export type DisplayRow = typeof displays.$inferSelect

const CODE_LIVES_MS = 300_000
export const DISPLAYS_MAX = 4

/**
 * A stall's terminal says which code a second tablet will show (DS-2). No actor: its signature is who asks. The code itself
 * was made by the terminal and never comes here before it is typed. The same invitation again is the same, as it stands.
 * @throws ServiceError terminal/…, display/too-many, request/conflict for an id or code that is another's
 */
export async function inviteDisplay(
  ctx: Context,
  invitation: DisplayInvitation & { readonly signature: Uint8Array },
): Promise<DisplayRow> {
  const { terminal: terminalId, displayId, signature } = invitation
  const key = terminalKey(await requireTerminal(ctx.db, terminalId))
  const message = displayInvitationMessage(ctx.config.NETWORK_ID, invitation)
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  // Only who holds the key learns the terminal's state.
  await requireTerminal(ctx.db, terminalId, "sell")
  const codeHash = toHex(invitation.codeHash)
  return ctx.db.transaction(async (tx) => {
    const [known] = await tx.select().from(displays).where(eq(displays.id, displayId))
    if (known?.terminalId === terminalId && known.codeHash === codeHash) return known
    if (known) throw new ServiceError("request/conflict", { field: "displayId" })
    if ((await countPaired(tx, terminalId)) >= DISPLAYS_MAX) throw new ServiceError("display/too-many")
    const nowMs = ctx.clock.nowMs()
    const [row] = await tx
      .insert(displays)
      .values({
        ...{ id: displayId, terminalId, codeHash },
        codeExpiresAt: new Date(nowMs + CODE_LIVES_MS),
        createdAt: new Date(nowMs),
      })
      .onConflictDoNothing()
      .returning()
    if (!row) throw new ServiceError("request/conflict", { field: "codeHash" })
    return row
  })
}

/** Those that show this terminal's sales now. */
export function countPaired(tx: Transaction, terminalId: number): Promise<number> {
  return tx.$count(
    displays,
    and(eq(displays.terminalId, terminalId), isNotNull(displays.pairedAt), isNull(displays.endedAt)),
  )
}
