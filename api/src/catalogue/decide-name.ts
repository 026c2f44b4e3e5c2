import { unmappedMentions, unmappedNames } from "@suyuan/drizzle/schema/matching"
import { and, asc, count, countDistinct, eq, inArray, max } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireEverySite } from "../participants/require-every-site"
import { type CatalogueEntry, catalogueLimits, lockCatalogue, storeVersion } from "./publish-catalogue"
import { plainName } from "./unmapped-names"

export type UnmappedName = typeof unmappedNames.$inferSelect

/** Names that wait for a person, the oldest first, with how many said so and at how many stalls of the actor's sites. */
export async function listUnmapped(reader: Reader, actor: Actor) {
  requireScope(actor, "catalogue:write")
  const ofSites = actor.siteIds.length === 0 ? undefined : inArray(unmappedMentions.siteId, [...actor.siteIds])
  return reader
    .select({
      id: unmappedNames.id,
      name: unmappedNames.name,
      firstSeenAt: unmappedNames.firstSeenAt,
      said: max(unmappedMentions.said),
      mentions: count(),
      stalls: countDistinct(unmappedMentions.merchantId),
      lastSeenAt: max(unmappedMentions.at),
    })
    .from(unmappedNames)
    .innerJoin(unmappedMentions, eq(unmappedMentions.nameId, unmappedNames.id))
    .where(and(eq(unmappedNames.state, "open"), ofSites))
    .groupBy(unmappedNames.id)
    .orderBy(asc(unmappedNames.firstSeenAt), asc(unmappedNames.name))
    .limit(500)
}

/** A person says that the name means this commodity: it becomes a synonym in the catalogue's next version. */
export function mapName(ctx: Context, actor: Actor, id: string, code: number): Promise<UnmappedName> {
  return decide(ctx, actor, id, { state: "mapped", commodity: code, reason: null }, async (tx, name) => {
    const known = await lockCatalogue(tx)
    const target = known.entries.find((entry) => entry.code === code)
    if (!target) throw new ServiceError("stock/unknown-commodity", { field: "commodity" })
    if (target.synonyms.map(plainName).includes(name.name)) return
    if (target.synonyms.length >= catalogueLimits.synonyms) {
      throw new ServiceError("catalogue/synonyms-full", { field: "commodity" })
    }
    const said = await asWritten(tx, name)
    const entries = known.entries.map((entry) =>
      entry.code === code ? { ...entry, synonyms: [...entry.synonyms, said] } : entry,
    )
    await storeVersion(ctx, tx, actor, known, entries.map(withoutVersion))
  })
}

export type NewCommodity = Omit<CatalogueEntry, "synonyms" | "nameZh"> & {
  /** The name as it was said, when left out. */
  readonly nameZh?: string | undefined
}

/** A person says that the name is a commodity of its own. */
export function addNamed(ctx: Context, actor: Actor, id: string, added: NewCommodity): Promise<UnmappedName> {
  return decide(ctx, actor, id, { state: "mapped", commodity: added.code, reason: null }, async (tx, name) => {
    const known = await lockCatalogue(tx)
    if (known.entries.some(({ code }) => code === added.code)) {
      throw new ServiceError("request/conflict", { field: "code" })
    }
    const said = await asWritten(tx, name)
    const { nameZh = said } = added
    if (nameZh.length > catalogueLimits.nameZh) {
      throw new ServiceError("request/malformed", {
        field: "nameZh",
        expected: `at most ${catalogueLimits.nameZh} characters`,
      })
    }
    const synonyms = plainName(nameZh) === name.name ? [] : [said]
    await storeVersion(ctx, tx, actor, known, [...known.entries.map(withoutVersion), { ...added, nameZh, synonyms }])
  })
}

/** A person says that it is no goods of ours: whoever sends it again is refused, and told so. */
export function dismissName(ctx: Context, actor: Actor, id: string, reason: string): Promise<UnmappedName> {
  return decide(ctx, actor, id, { state: "dismissed", commodity: null, reason }, async () => {})
}

type Decision = Pick<UnmappedName, "state" | "commodity" | "reason">

/** The catalogue is everybody's: who decides may touch every site. The same decision again is success. */
async function decide(
  ctx: Context,
  actor: Actor,
  id: string,
  decision: Decision,
  carryOut: (tx: Transaction, name: UnmappedName) => Promise<void>,
): Promise<UnmappedName> {
  requireScope(actor, "catalogue:write")
  requireEverySite(actor)
  return ctx.db.transaction(async (tx) => {
    const [name] = await tx.select().from(unmappedNames).where(eq(unmappedNames.id, id)).for("update")
    if (!name) throw new ServiceError("catalogue/name-unknown")
    if (name.state === decision.state && name.commodity === decision.commodity) return name
    if (name.state === "mapped") throw new ServiceError("catalogue/name-decided")
    await carryOut(tx, name)
    const decidedAt = new Date(ctx.clock.nowMs())
    const [decided] = await tx
      .update(unmappedNames)
      .set({ ...decision, decidedBy: actor.id, decidedAt })
      .where(eq(unmappedNames.id, id))
      .returning()
    if (!decided) throw new Error("a locked name is gone")
    const { state, commodity } = decision
    await writeAudit(ctx, tx, actor, { verb: `catalogue/name-${state}`, subject: id, detail: { commodity } })
    return decided
  })
}

/** As somebody first wrote it. */
async function asWritten(tx: Transaction, { id, name }: UnmappedName): Promise<string> {
  const [first] = await tx
    .select({ said: unmappedMentions.said })
    .from(unmappedMentions)
    .where(eq(unmappedMentions.nameId, id))
    .orderBy(asc(unmappedMentions.at))
    .limit(1)
  return first?.said ?? name
}

function withoutVersion<E extends { readonly catalogueVersion: number }>({ catalogueVersion: _, ...entry }: E) {
  return entry
}
