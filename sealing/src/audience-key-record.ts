/**
 * The record that brings a day's audience key to its members (docs/specs/sealing.md, SE-14 to SE-18). It precedes,
 * in its log, every batch that names its day; a joiner gets an earlier day by another such record.
 */
import { decodeRecord, encodeRecord } from "@suyuan/protocol/ledger/record"
import { audienceKeyKey, recordId } from "@suyuan/protocol/ledger/record-id"
import type { Result } from "@suyuan/protocol/result"
import { err, ok } from "@suyuan/protocol/result"
import type { LogContext } from "./log-context"
import { encodeClearEntry } from "./seal-entry"
import {
  type Audience,
  HPKE_SEED_BYTES,
  type Member,
  type UnwrapError,
  unwrapAudienceKey,
  wrapAudienceKey,
} from "./wrap-audience-key"

/** Fresh, unpredictable bytes: from the caller, because nothing here makes randomness. */
export type RandomBytes = (length: number) => Uint8Array

export interface AudienceKeyRecord {
  readonly recordId: Uint8Array
  readonly publicBytes: Uint8Array
  /** Ready for a batch. */
  readonly entry: Uint8Array
}

/** @param members at most 40, in any order. @throws RangeError for more, for the same member twice, for a bad key. */
export async function writeAudienceKeyRecord(
  audience: Audience,
  audienceKey: Uint8Array,
  members: readonly Member[],
  randomBytes: RandomBytes,
): Promise<AudienceKeyRecord> {
  const ascending = [...members].sort((a, b) => a.organisation - b.organisation)
  const wraps = await Promise.all(
    ascending.map((member) => wrapAudienceKey(audience, audienceKey, member, randomBytes(HPKE_SEED_BYTES))),
  )
  const { day, section, organisations } = audience
  const { log } = audience.context
  const record = { kind: "audience-key", public: { log, day, section, organisations, wraps } } as const
  const publicBytes = encodeRecord(record).public
  const recipients = ascending.map((member) => member.organisation)
  const id = recordId("audience-key", day, audienceKeyKey({ log, day, section, organisations, recipients }))
  return { recordId: id, publicBytes, entry: encodeClearEntry(id, publicBytes) }
}

export interface OpenedAudienceKey {
  readonly audience: Audience
  readonly audienceKey: Uint8Array
}

export type AudienceKeyError =
  | UnwrapError
  | "audience-key/malformed"
  /** The record stands in another log than it says. */
  | "audience-key/other-log"
  /** It wraps the key to others. */
  | "audience-key/not-a-recipient"

/** @param privateKey the organisation's X25519 key, 32 bytes. */
export async function openAudienceKeyRecord(
  publicBytes: Uint8Array,
  context: LogContext,
  organisation: number,
  privateKey: Uint8Array,
): Promise<Result<OpenedAudienceKey, AudienceKeyError>> {
  const record = decodeRecord("audience-key", { public: publicBytes })
  if (!record.ok || record.value.kind !== "audience-key") return err("audience-key/malformed")
  const { log, day, section, organisations, wraps } = record.value.public
  if (log !== context.log) return err("audience-key/other-log")
  const wrap = wraps.find((candidate) => candidate.organisation === organisation)
  if (wrap === undefined) return err("audience-key/not-a-recipient")
  const audience: Audience = { context, day, section, organisations }
  const audienceKey = await unwrapAudienceKey(audience, wrap, privateKey)
  return audienceKey.ok ? ok({ audience, audienceKey: audienceKey.value }) : audienceKey
}
