import { displays } from "@suyuan/drizzle/schema/terminals"
import { displayEndMessage } from "@suyuan/protocol/terminal/display-request"
import { and, eq, isNull } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, terminalKey } from "./authenticate"

/**
 * The stall's terminal ends one of its displays, for ever (DS-6): it gets no token any more, and the terminal itself has
 * stopped telling it anything. No actor: the signature is who asks. Repeating is success.
 */
export async function endDisplay(
  ctx: Context,
  request: { readonly terminal: number; readonly displayId: string; readonly signature: Uint8Array },
): Promise<void> {
  const { terminal, displayId, signature } = request
  const key = terminalKey(await requireTerminal(ctx.db, terminal))
  const message = displayEndMessage(ctx.config.NETWORK_ID, terminal, displayId)
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  await requireTerminal(ctx.db, terminal, "connect")
  const own = and(eq(displays.id, displayId), eq(displays.terminalId, terminal))
  const [known] = await ctx.db.select({ id: displays.id }).from(displays).where(own)
  if (!known) throw new ServiceError("display/unknown")
  await ctx.db
    .update(displays)
    .set({ endedAt: new Date(ctx.clock.nowMs()) })
    .where(and(own, isNull(displays.endedAt)))
}
