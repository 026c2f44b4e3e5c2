import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { isSealingKey } from "@suyuan/sealing/wrap-audience-key"
import { and, asc, eq, isNull, lt, or, sql } from "drizzle-orm"
import { raiseAlarms } from "../alarms/raise-alarms"
import type { Context } from "../context"
import { utcDay } from "../day"
import type { Participant } from "./add-participant"
import type { ParticipantRegistry, RegistryOrganisation } from "./participant-registry"

const groupMax = 200
/** An organisation that the consortium is still to enter is looked for this often, any other this seldom. */
const lookAgainMs = { awaited: 10_000, known: 60_000 } as const

/**
 * Notes what the chain's registry says of our organisations: whether each is active, and the sealing key that it set
 * itself. A key that comes to differ from what the operator entered is an alarm, as is one that nothing can be wrapped
 * to. While no node answers everything stays as it was read last. Returns how many organisations changed.
 */
export async function readParticipantRegistry(ctx: Context, registry: ParticipantRegistry): Promise<number> {
  let changed = 0
  for (const { id, number } of await readDue(ctx)) {
    if (await note(ctx, id, await registry.find(number))) changed += 1
  }
  return changed
}

function readDue(ctx: Context): Promise<Pick<Participant, "id" | "number">[]> {
  const before = (ms: number) => lt(participants.registryReadAt, new Date(ctx.clock.nowMs() - ms))
  const isAwaited = isNull(participants.registeredState)
  return ctx.db
    .select({ id: participants.id, number: participants.number })
    .from(participants)
    .where(
      or(isNull(participants.registryReadAt), and(isAwaited, before(lookAgainMs.awaited)), before(lookAgainMs.known)),
    )
    .orderBy(sql`${participants.registryReadAt} NULLS FIRST`, asc(participants.number))
    .limit(groupMax)
}

async function note(ctx: Context, id: string, found: RegistryOrganisation | undefined): Promise<boolean> {
  const read = { registeredState: found?.state ?? null, registeredSealingKey: found?.sealingKey ?? null }
  const isUsable = found === undefined || (await isUsableKey(found.sealingKey))
  return ctx.db.transaction(async (tx) => {
    const mine = eq(participants.id, id)
    const [before] = await tx.select().from(participants).where(mine).for("update")
    if (!before) return false
    await tx
      .update(participants)
      .set({ ...read, registryReadAt: new Date(ctx.clock.nowMs()) })
      .where(mine)
    const isNewKey = before.registeredSealingKey !== read.registeredSealingKey
    if (!isNewKey && before.registeredState === read.registeredState) return false
    const isOther = before.sealingKey !== null && before.sealingKey !== found?.sealingKey
    if (found && isNewKey && (isOther || !isUsable)) await raiseKey(ctx, tx, before, { ...found, isUsable })
    ctx.log.info({ organisation: before.number, state: read.registeredState, isNewKey }, "read of the chain's registry")
    return true
  })
}

async function isUsableKey(text: string): Promise<boolean> {
  const key = fromHex(text)
  return key !== undefined && (await isSealingKey(key))
}

async function raiseKey(
  ctx: Context,
  tx: Parameters<typeof raiseAlarms>[1],
  { number: organisation, sealingKey: entered }: Participant,
  { sealingKey: registeredSealingKey, isUsable }: RegistryOrganisation & { readonly isUsable: boolean },
): Promise<void> {
  const evidence = { organisation, enteredSealingKey: entered ?? "-", registeredSealingKey, isUsable }
  ctx.log.error(evidence, "the chain holds another sealing key than was entered, or one that is none")
  const day = utcDay(new Date(ctx.clock.nowMs()))
  const about = { subject: String(organisation), day, siteId: null, merchantId: null }
  await raiseAlarms(ctx, tx, [{ kind: "sealing-key", ...about, evidence }])
}
