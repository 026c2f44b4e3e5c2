import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, eq, isNull, lt, ne, or, sql } from "drizzle-orm"
import { raiseAlarms } from "../alarms/raise-alarms"
import type { Context } from "../context"
import { utcDay } from "../day"
import { reasonOf } from "../errors"
import type { Terminal } from "./authenticate"
import type { RegistryTerminal, TerminalRegistry } from "./terminal-registry"

const groupMax = 50
/** A terminal that its organisation is still to enter is looked for this often, any other this seldom. */
const lookAgainMs = { awaited: 30_000, known: 3_600_000 } as const

type Due = { readonly terminal: Terminal; readonly organisation: number }

/**
 * Notes what the chain's registry says of our terminals: their organisations enter them with keys that no gateway has.
 * What it holds under one of our ids for another key or organisation is an alarm, and no key is given out for that
 * terminal. Returns how many terminals changed.
 */
export async function readRegistry(ctx: Context, registry: TerminalRegistry): Promise<number> {
  let changed = 0
  for (const one of await readDue(ctx)) {
    const found = await registry.find(one.terminal.id)
    if (await note(ctx, registry, one, found)) changed += 1
  }
  return changed
}

function readDue(ctx: Context): Promise<Due[]> {
  const before = (ms: number) => lt(terminals.registryReadAt, new Date(ctx.clock.nowMs() - ms))
  const isAwaited = and(isNull(terminals.registeredState), ne(terminals.state, "revoked"))
  return ctx.db
    .select({ terminal: terminals, organisation: participants.number })
    .from(terminals)
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    .innerJoin(participants, eq(participants.id, sites.participantId))
    .where(
      and(
        ne(terminals.state, "claimed"),
        or(isNull(terminals.registryReadAt), and(isAwaited, before(lookAgainMs.awaited)), before(lookAgainMs.known)),
      ),
    )
    .orderBy(sql`${terminals.registryReadAt} NULLS FIRST`, asc(terminals.id))
    .limit(groupMax)
}

async function note(
  ctx: Context,
  registry: TerminalRegistry,
  { terminal, organisation }: Due,
  found: RegistryTerminal | undefined,
): Promise<boolean> {
  const mine = eq(terminals.id, terminal.id)
  const registryReadAt = new Date(ctx.clock.nowMs())
  if (!found) {
    await ctx.db.update(terminals).set({ registryReadAt }).where(mine)
    return false
  }
  const isOurs =
    found.publicKey === terminal.publicKey &&
    found.algorithm === terminal.algorithm &&
    found.organisation === organisation
  if (!isOurs) {
    await noteOther(ctx, { terminal, organisation }, found)
    return false
  }
  const registeredTx = terminal.registeredTx ?? (await enrolmentOf(ctx, registry, terminal.id))
  const { state: registeredState, publicKey: registeredKey } = found
  await ctx.db.update(terminals).set({ registeredState, registeredKey, registeredTx, registryReadAt }).where(mine)
  return terminal.registeredState !== registeredState
}

/** Nodes may refuse to look through all blocks: the key counts all the same, and the transaction is asked for later. */
async function enrolmentOf(ctx: Context, registry: TerminalRegistry, terminalId: number): Promise<string | null> {
  try {
    return (await registry.enrolmentOf(terminalId)) ?? null
  } catch (error) {
    ctx.log.warn({ terminal: terminalToHex(terminalId), error: reasonOf(error) }, "a terminal's enrolment not found")
    return null
  }
}

/** Somebody else's is there: no key is given out for ours, and somebody must look. */
export async function noteOther(ctx: Context, { terminal, organisation }: Due, found: RegistryTerminal): Promise<void> {
  const nothing = { registeredState: null, registeredTx: null, registeredKey: null }
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(terminals)
      .set({ ...nothing, registryReadAt: new Date(ctx.clock.nowMs()) })
      .where(eq(terminals.id, terminal.id))
    await raiseDiffering(ctx, tx, terminal, organisation, found)
  })
}

async function raiseDiffering(
  ctx: Context,
  tx: Parameters<typeof raiseAlarms>[1],
  terminal: Terminal,
  organisation: number,
  found: RegistryTerminal,
): Promise<void> {
  const name = terminalToHex(terminal.id)
  const { merchantId, siteId } = terminal
  const evidence = {
    ...{ terminal: name, enrolledKey: terminal.publicKey, enrolledOrganisation: organisation },
    ...{ registeredKey: found.publicKey, registeredOrganisation: found.organisation },
  }
  ctx.log.error(evidence, "the chain's registry holds another terminal under an id of ours")
  const day = utcDay(new Date(ctx.clock.nowMs()))
  await raiseAlarms(ctx, tx, [{ kind: "registry-differs", subject: name, day, siteId, merchantId, evidence }])
}
