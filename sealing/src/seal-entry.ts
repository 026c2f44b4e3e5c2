/**
 * A record's sections ↔ its sealed entry (docs/specs/sealing.md, SE-10 to SE-13). The entry is stored before it is
 * submitted and submitted again unchanged.
 */
import { equalBytes } from "@suyuan/protocol/codec/bytes"
import { ABSENT_COMMITMENT, commitSection, isAbsent, SALT_BYTES } from "@suyuan/protocol/ledger/commitment"
import { type Entry, encodeEntry, parseEntry } from "@suyuan/protocol/ledger/entry"
import type { OpenedBundleSections, OpenedSection } from "@suyuan/protocol/ledger/proof-bundle"
import type { RecordKind, Sections } from "@suyuan/protocol/ledger/record-kind"
import type { Result } from "@suyuan/protocol/result"
import { err, ok } from "@suyuan/protocol/result"
import { deriveContentKeys } from "./content-key"
import type { LogContext, SealedSection } from "./log-context"
import { type EncryptSection, type OpenError, openSection, sealSection } from "./seal-section"

/** An audience-key record stands in the clear, so its commitment hides nothing. */
export const CLEAR_SALT: Uint8Array = new Uint8Array(SALT_BYTES)

/** The day's keys of the audiences that one record is for. */
export interface RecordKeys {
  readonly public: Uint8Array
  /** Needed for a record that has a commercial section. */
  readonly commercial?: Uint8Array | undefined
}

export interface RecordToSeal {
  readonly context: LogContext
  readonly kind: RecordKind
  readonly recordId: Uint8Array
  readonly sections: Sections
  readonly keys: RecordKeys
  /** Random, 16 bytes, kept and destroyed with the personal section; needed when there is one. */
  readonly personalSalt?: Uint8Array | undefined
  /** WebCrypto's by default. */
  readonly encrypt?: EncryptSection | undefined
}

/** @throws RangeError for a missing key or salt, or an entry beyond 4,096 bytes. */
export async function sealEntry(record: RecordToSeal): Promise<Uint8Array> {
  const { context, kind, recordId, sections, keys, personalSalt, encrypt } = record
  if (kind === "audience-key") throw new RangeError("an audience-key record is not sealed: encodeClearEntry")
  const place = { context, recordId }
  const publicPlace = { ...place, section: "public", audienceKey: keys.public } as const
  const publicSealed = await sealSection(publicPlace, sections.public, encrypt)
  const commercial = await sealCommercial(record)
  return encodeEntry({
    kind,
    recordId,
    commitments: {
      public: publicSealed.commitment,
      commercial: commercial?.commitment ?? ABSENT_COMMITMENT,
      personal: commitPersonal(sections.personal, personalSalt),
    },
    publicCiphertext: publicSealed.ciphertext,
    commercialCiphertext: commercial?.ciphertext ?? new Uint8Array(0),
  })
}

async function sealCommercial({ context, recordId, sections, keys, encrypt }: RecordToSeal) {
  if (sections.commercial === undefined) return undefined
  if (keys.commercial === undefined) throw new RangeError("a commercial section needs its audience's key")
  const place = { context, recordId, section: "commercial", audienceKey: keys.commercial } as const
  return sealSection(place, sections.commercial, encrypt)
}

function commitPersonal(bytes: Uint8Array | undefined, salt: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) return ABSENT_COMMITMENT
  if (salt === undefined) throw new RangeError("a personal section needs a random salt")
  return commitSection("personal", salt, bytes)
}

/** The entry of an audience-key record: no key can be needed to read it. */
export function encodeClearEntry(recordId: Uint8Array, publicBytes: Uint8Array): Uint8Array {
  return encodeEntry({
    kind: "audience-key",
    recordId,
    commitments: {
      public: commitSection("public", CLEAR_SALT, publicBytes),
      commercial: ABSENT_COMMITMENT,
      personal: ABSENT_COMMITMENT,
    },
    publicCiphertext: publicBytes,
    commercialCiphertext: new Uint8Array(0),
  })
}

export type OpenEntryError = OpenError | "sealing/entry-malformed" | "sealing/section-absent"

/** Opens the public section of any entry; `publicKey` is not needed for an audience-key record. */
export async function openPublic(
  entryBytes: Uint8Array,
  context: LogContext,
  publicKey: Uint8Array | undefined,
): Promise<Result<OpenedSection, OpenEntryError>> {
  const entry = parseEntry(entryBytes)
  if (!entry.ok) return err("sealing/entry-malformed")
  if (entry.value.kind === "audience-key") return openClear(entry.value)
  if (publicKey === undefined) return err("sealing/not-openable")
  const place = { context, recordId: entry.value.recordId, section: "public", audienceKey: publicKey } as const
  return openSection(place, { commitment: entry.value.commitments.public, ciphertext: entry.value.publicCiphertext })
}

function openClear(entry: Entry): Result<OpenedSection, OpenError> {
  const section: OpenedSection = { salt: CLEAR_SALT, bytes: entry.publicCiphertext }
  const commitment = commitSection("public", section.salt, section.bytes)
  return equalBytes(commitment, entry.commitments.public) ? ok(section) : err("sealing/commitment-mismatch")
}

/**
 * Opens the commercial section with whichever of the reader's keys fits. The entry does not say which audience it
 * is for: that would tell every node who trades with whom.
 */
export async function openCommercial(
  entryBytes: Uint8Array,
  context: LogContext,
  commercialKeys: readonly Uint8Array[],
): Promise<Result<OpenedSection, OpenEntryError>> {
  const entry = parseEntry(entryBytes)
  if (!entry.ok) return err("sealing/entry-malformed")
  const { recordId, commitments, commercialCiphertext: ciphertext } = entry.value
  if (isAbsent(commitments.commercial)) return err("sealing/section-absent")
  for (const audienceKey of commercialKeys) {
    const place = { context, recordId, section: "commercial", audienceKey } as const
    const opened = await openSection(place, { commitment: commitments.commercial, ciphertext })
    if (opened.ok || opened.error === "sealing/commitment-mismatch") return opened
  }
  return err("sealing/not-openable")
}

/**
 * What a proof bundle opens, from sections that the gateway keeps in the clear: adds the salts that the audience
 * keys give. A buyer gets public and commercial of their own sale.
 */
export function discloseSections(
  record: Omit<RecordToSeal, "sections" | "personalSalt" | "encrypt">,
  sections: { readonly public: Uint8Array; readonly commercial?: Uint8Array | undefined },
): OpenedBundleSections {
  const { context, recordId, keys, kind } = record
  const saltOf = (section: SealedSection, key: Uint8Array): Uint8Array =>
    kind === "audience-key" ? CLEAR_SALT : deriveContentKeys(key, context, recordId, section).salt
  const opened = { salt: saltOf("public", keys.public), bytes: sections.public }
  if (sections.commercial === undefined) return { public: opened }
  if (keys.commercial === undefined) throw new RangeError("a commercial section needs its audience's key")
  return {
    public: opened,
    commercial: { salt: saltOf("commercial", keys.commercial), bytes: sections.commercial },
  }
}
