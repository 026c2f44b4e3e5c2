import { commodities } from "@suyuan/drizzle/schema/merchants"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { catalogueKey, recordId } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { splitCatalogue } from "@suyuan/protocol/ledger/split-parts"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { type RecordDraft, writeRecords } from "../ledger/write-records"
import { requireEverySite } from "../participants/require-every-site"
import { type Commodity, readCatalogue } from "./read-catalogue"

export type CatalogueEntry = Omit<Commodity, "catalogueVersion" | "initials"> & {
  /** First letters of its name in pinyin; left out: those of before stay. */
  readonly initials?: string | undefined
}

export type Catalogue = {
  /** One more than the newest. */
  readonly version: number
  readonly entries: readonly CatalogueEntry[]
}

/** What an entry may hold, whichever way it comes. */
export const catalogueLimits = { nameZh: 12, synonyms: 20 } as const

/** The catalogue is the gateway's organisation's and of no site. */
const noSite = "00000000-0000-0000-0000-000000000000"

/**
 * Publishes the next version of what is traded, and records it: names of old records stay readable. Commodities are
 * renamed, never removed. The newest version again with the same entries is success.
 */
export async function publishCatalogue(ctx: Context, actor: Actor, catalogue: Catalogue): Promise<{ version: number }> {
  requireScope(actor, "catalogue:write")
  requireEverySite(actor)
  const entries = [...catalogue.entries].sort((a, b) => a.code - b.code)
  requireDistinct(entries)
  return ctx.db.transaction(async (tx) => {
    const known = await lockCatalogue(tx)
    if (catalogue.version === known.version && sameEntries(entries, known.entries)) return { version: known.version }
    if (catalogue.version !== known.version + 1) {
      throw new ServiceError("catalogue/version-not-next", { field: "version", expected: String(known.version + 1) })
    }
    await storeVersion(ctx, tx, actor, known, entries)
    return { version: catalogue.version }
  })
}

/** The newest catalogue, which nobody else changes before this transaction ends. */
export async function lockCatalogue(tx: Transaction): Promise<KnownCatalogue> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('catalogue'))`)
  return readCatalogue(tx)
}

export type KnownCatalogue = Awaited<ReturnType<typeof readCatalogue>>

/**
 * Stores the next version in the caller's transaction, which holds `lockCatalogue`'s lock, and records it. Who may is the
 * caller's to say.
 */
export async function storeVersion(
  ctx: Context,
  tx: Transaction,
  actor: Actor,
  known: KnownCatalogue,
  given: readonly CatalogueEntry[],
): Promise<{ version: number }> {
  const version = known.version + 1
  const entries = given.toSorted((a, b) => a.code - b.code)
  requireDistinct(entries)
  const codes = new Set(entries.map((entry) => entry.code))
  const missing = known.entries.find((entry) => !codes.has(entry.code))
  if (missing) throw new ServiceError("catalogue/commodity-missing", { expected: String(missing.code) })
  await tx
    .insert(commodities)
    .values(
      entries.map(({ initials = "", ...entry }) => {
        return { ...entry, initials, synonyms: [...entry.synonyms], catalogueVersion: version }
      }),
    )
    .onConflictDoUpdate({
      target: commodities.code,
      set: {
        nameZh: sql`excluded.name_zh`,
        nameEn: sql`excluded.name_en`,
        synonyms: sql`excluded.synonyms`,
        initials: sql`coalesce(nullif(excluded.initials, ''), ${commodities.initials})`,
        shelfLifeHours: sql`excluded.shelf_life_hours`,
        catalogueVersion: sql`excluded.catalogue_version`,
      },
    })
  await writeRecords(ctx, tx, draftCatalogueRecords(ctx, version, entries))
  await writeAudit(ctx, tx, actor, {
    verb: "catalogue/publish",
    subject: String(version),
    detail: { entries: entries.length },
  })
  return { version }
}

function draftCatalogueRecords(
  ctx: Pick<Context, "clock" | "config">,
  version: number,
  entries: readonly CatalogueEntry[],
): RecordDraft[] {
  const day = utcDayOf(ctx.clock.nowMs())
  const named = entries.map(({ code, nameZh, nameEn, shelfLifeHours }) => ({
    code,
    zh: nameZh,
    en: nameEn,
    shelfLifeHours,
  }))
  return splitCatalogue(version, named).map((part) => ({
    recordId: toHex(recordId("catalogue", day, catalogueKey(version, part.part))),
    kind: RECORD_KINDS.catalogue,
    siteId: noSite,
    concerned: [ctx.config.LEDGER_LOG],
    publicBytes: encodeRecord({ kind: "catalogue", public: part }).public,
  }))
}

function requireDistinct(entries: readonly CatalogueEntry[]): void {
  const names = new Map<string, number>()
  let previous = -1
  for (const entry of entries) {
    if (entry.code === previous) throw new ServiceError("request/malformed", { field: "entries.code" })
    previous = entry.code
    for (const name of [entry.nameZh, entry.nameEn, ...entry.synonyms].map((name) => name.toLowerCase())) {
      const owner = names.get(name)
      if (owner !== undefined && owner !== entry.code) {
        throw new ServiceError("request/malformed", {
          field: "entries.synonyms",
          expected: `${name} names one commodity`,
        })
      }
      names.set(name, entry.code)
    }
  }
}

function sameEntries(a: readonly CatalogueEntry[], b: readonly CatalogueEntry[]): boolean {
  const plain = (entries: readonly CatalogueEntry[]) =>
    JSON.stringify(entries.map((e) => [e.code, e.nameZh, e.nameEn, e.synonyms, e.shelfLifeHours]))
  return plain(a) === plain(b)
}
