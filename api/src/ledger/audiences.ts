import { records } from "@suyuan/drizzle/schema/ledger"
import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { audienceKeyKey, recordId } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { writeAudienceKeyRecord } from "@suyuan/sealing/audience-key-record"
import type { LogContext } from "@suyuan/sealing/log-context"
import type { RecordKeys } from "@suyuan/sealing/seal-entry"
import { isSealingKey, type Member } from "@suyuan/sealing/wrap-audience-key"
import { and, eq, inArray, isNotNull } from "drizzle-orm"
import type { Context } from "../context"
import type { Chain } from "./chain"
import { recordDay } from "./record-day"

/** Readers of a commercial section: the organisations that the record concerns. */
export type Audience = { readonly section: "public" | "commercial"; readonly organisations: readonly number[] }

export const everyMember: Audience = { section: "public", organisations: [] }

export function commercialAudience(concerned: readonly number[]): Audience {
  return { section: "commercial", organisations: [...concerned].sort((a, b) => a - b) }
}

export function logContext(ctx: Pick<Context, "config">, chain: Pick<Chain, "chainId" | "contract">): LogContext {
  const contract = fromHex(chain.contract)
  if (!contract) throw new Error("the contract's address is not hex")
  return { networkId: ctx.config.NETWORK_ID, chainId: chain.chainId, contract, log: ctx.config.LEDGER_LOG }
}

/** The day's keys for one record: `day` is the UTC day on which its batch is sealed, as days since 1970. */
export function recordKeys(ctx: Pick<Context, "keys">, concerned: readonly number[], day: number): RecordKeys {
  return {
    public: audienceKey(ctx, everyMember, day),
    commercial: audienceKey(ctx, commercialAudience(concerned), day),
  }
}

export function audienceKey(ctx: Pick<Context, "keys">, { section, organisations }: Audience, day: number): Uint8Array {
  return ctx.keys.audienceKey([section, ...organisations].join(":"), String(day))
}

export function nameOf({ section, organisations }: Audience): string {
  return `${section}:${organisations.join(",")}`
}

const recipientsPerRecord = 40

/**
 * Makes the records that bring today's keys of these audiences to their members, for those that have none yet. They
 * must be in the log before anything that is sealed with the keys. A member that the chain gets to know later makes its
 * audiences others, whose records bring it the day's keys then. Returns whether any was made.
 */
export async function ensureAudienceKeys(
  ctx: Context,
  chain: Chain,
  audiences: readonly Audience[],
  day: number,
): Promise<boolean> {
  const members = await readMembers(ctx, chain)
  const wanted = audiences.flatMap((audience) => {
    const own = members.filter(
      ({ organisation }) => audience.section === "public" || audience.organisations.includes(organisation),
    )
    const groups = []
    for (let from = 0; from < own.length; from += recipientsPerRecord) {
      groups.push({ audience, members: own.slice(from, from + recipientsPerRecord) })
    }
    return groups
  })
  const context = logContext(ctx, chain)
  const named = wanted.map((one) => ({ ...one, id: keyRecordId(context.log, one.audience, one.members, day) }))
  const known = await knownRecords(
    ctx,
    named.map(({ id }) => id),
  )
  const missing = named.filter(({ id }) => !known.has(id))
  if (missing.length === 0) return false
  const createdAt = new Date(ctx.clock.nowMs())
  const rows = []
  for (const { audience, members: recipients } of missing) {
    const { section, organisations } = audience
    const key = audienceKey(ctx, audience, day)
    const record = await writeAudienceKeyRecord(
      { context, day, section, organisations },
      key,
      recipients,
      ctx.random.bytes,
    )
    const id = toHex(record.recordId)
    rows.push({
      recordId: id,
      day: recordDay(id),
      kind: RECORD_KINDS["audience-key"],
      siteId: noSite,
      concerned: recipients.map(({ organisation }) => organisation),
      publicBytes: record.publicBytes,
      entry: record.entry,
      state: "pending" as const,
      createdAt,
    })
  }
  await ctx.db.insert(records).values(rows).onConflictDoNothing()
  return true
}

/** Key records belong to no site. */
const noSite = "00000000-0000-0000-0000-000000000000"

function keyRecordId(
  log: number,
  { section, organisations }: Audience,
  members: readonly Member[],
  day: number,
): string {
  const recipients = members.map(({ organisation }) => organisation)
  return toHex(recordId("audience-key", day, audienceKeyKey({ log, day, section, organisations, recipients })))
}

/**
 * Those to whom keys can go, by what was read of the chain's registry: active there, and with a key that can be wrapped
 * to. It is theirs to set, so what was entered here has no part in it. Whoever is left out holds up nobody.
 */
async function readMembers(ctx: Context, chain: Chain): Promise<Member[]> {
  const rows = await ctx.db
    .select({ number: participants.number, sealingKey: participants.registeredSealingKey })
    .from(participants)
    .where(and(isNotNull(participants.registeredSealingKey), eq(participants.registeredState, "active")))
    .orderBy(participants.number)
  // A chain that lost blocks may know fewer than were read, and would refuse a batch that names one.
  const unknown = new Set(await chain.unregistered(rows.map(({ number }) => number)))
  const members: Member[] = []
  for (const { number, sealingKey } of rows) {
    const publicKey = sealingKey === null ? undefined : fromHex(sealingKey)
    if (!publicKey || sealingKey === null || unknown.has(number)) continue
    if (await canBeWrappedTo(sealingKey, publicKey)) members.push({ organisation: number, publicKey })
  }
  return members
}

/** Keys that were tried: one a member, and few change. */
const tried = new Map<string, Promise<boolean>>()

function canBeWrappedTo(name: string, publicKey: Uint8Array): Promise<boolean> {
  const known = tried.get(name)
  if (known) return known
  const trial = isSealingKey(publicKey)
  tried.set(name, trial)
  return trial
}

async function knownRecords(ctx: Context, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await ctx.db
    .select({ recordId: records.recordId })
    .from(records)
    .where(and(inArray(records.recordId, [...ids]), eq(records.kind, RECORD_KINDS["audience-key"])))
  return new Set(rows.map((row) => row.recordId))
}

/** Today, as keys are named. */
export function keyDay(ctx: Pick<Context, "clock">): number {
  return utcDayOf(ctx.clock.nowMs())
}
