import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, eq, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { terminalKey } from "./authenticate"
import { noteOther } from "./read-registry"
import { OtherTerminalEntered, type RegisteredState, type TerminalRegister } from "./terminal-register"

const groupMax = 50
/** Where somebody else's stands under an id of ours, it is looked at this seldom. */
const lookAgainMs = 3_600_000

/**
 * Enters confirmed terminals in the registry and follows their later states. One at a time: the transactions share
 * one account. Selling does not wait for it; a proof of a sale does. What stands there for another key or organisation is
 * an alarm, and holds up no other. Returns how many entries changed.
 */
export async function registerTerminals(ctx: Context, register: TerminalRegister): Promise<number> {
  const due = await ctx.db
    .select({ terminal: terminals, participantNumber: participants.number })
    .from(terminals)
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    .innerJoin(participants, eq(participants.id, sites.participantId))
    .where(
      and(
        ne(terminals.state, "claimed"),
        sql`${terminals.registeredState} IS DISTINCT FROM ${terminals.state}`,
        // What was revoked before anybody confirmed it never gets in.
        or(ne(terminals.state, "revoked"), isNotNull(terminals.registeredState)),
        or(
          isNull(terminals.registryReadAt),
          lt(terminals.registryReadAt, new Date(ctx.clock.nowMs() - lookAgainMs)),
          isNotNull(terminals.registeredState),
        ),
      ),
    )
    .orderBy(asc(terminals.stateChangedAt))
    .limit(groupMax)
  let changed = 0
  for (const { terminal, participantNumber } of due) {
    const state = terminal.state as RegisteredState
    try {
      const { transaction } = await register.put({
        ...terminalKey(terminal),
        terminalId: terminal.id,
        participantNumber,
        state,
      })
      await ctx.db
        .update(terminals)
        .set({
          registeredState: state,
          registeredKey: terminal.publicKey,
          registeredTx: terminal.registeredTx ?? transaction,
        })
        .where(eq(terminals.id, terminal.id))
      changed += 1
    } catch (error) {
      if (error instanceof OtherTerminalEntered) {
        await noteOther(ctx, { terminal, organisation: participantNumber }, error.other)
        continue
      }
      ctx.log.warn({ terminal: terminalToHex(terminal.id), error: reasonOf(error) }, "terminal not registered yet")
    }
  }
  return changed
}
