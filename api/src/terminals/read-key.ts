import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import { and, eq } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/**
 * A terminal's key as the chain's registry has it: public, and only our word to whoever has no chain node.
 * @throws ServiceError terminal/unknown for a terminal that the registry does not have, or has for another key
 */
export async function readTerminalKey(
  ctx: Pick<Context, "db">,
  terminalId: number,
): Promise<{ readonly algorithm: SignatureAlgorithm /** Hex. */; readonly publicKey: string }> {
  const [terminal] = await ctx.db
    .select({ algorithm: terminals.algorithm, publicKey: terminals.publicKey })
    .from(terminals)
    .where(and(eq(terminals.id, terminalId), eq(terminals.registeredKey, terminals.publicKey)))
  if (!terminal) throw new ServiceError("terminal/unknown")
  return terminal
}
