import { certificateDrafts, collectedCertificates } from "@suyuan/drizzle/schema/checks"
import { certificates, lots, purchases } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { CERTIFICATE_PARENTS_MAX } from "@suyuan/protocol/ledger/kinds/checks"
import {
  type CertificateDraft,
  certificateDraftDigest,
  type ReissueReason,
} from "@suyuan/protocol/terminal/certificate-answer"
import { partOfOutflow } from "@suyuan/protocol/trace/source-grams"
import { and, eq, gte, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { pileIdOf } from "../stock/pile-id"
import { notifyTerminals } from "../terminals/notify-terminals"
import type { LotFacts } from "../trace/describe-origin"
import { readPileContents } from "../trace/pile-contents"
import { requireOwnMerchant } from "./certificate-actor"
import { type CertifiedGrams, certificatesOfLots } from "./certificates-of-lots"
import { uncertifiedGrams } from "./uncertified-grams"

export type DraftRow = typeof certificateDrafts.$inferSelect

export type DraftParent = {
  readonly certificateId: string
  readonly recordId: string
  readonly mustGrams: number
  readonly mayGrams: number
}

export type ReissueOrder = {
  /** UUID that the caller made and keeps: the same again is the same draft, and it becomes the certificate's id. */
  readonly id: string
  readonly merchantId: string
  readonly commodity: number
  readonly reason: ReissueReason
  /** All that is in stock when left out. */
  readonly grams?: number | undefined
  readonly promiseBasis: string
}

const originCharactersMax = 64

/**
 * Drafts a certificate for goods that were mixed or repacked (混装/分装 need a new one, based on those collected): lists
 * the certificates that came with what is in the pile now, each with how much of it must and may be in these goods.
 * It is nobody's promise before the stall's terminal has signed it.
 * @throws ServiceError request/forbidden, merchant/unknown, request/conflict, certificate/nothing-collected,
 * certificate/too-many-parents, certificate/above-stock.
 */
export async function draftReissue(ctx: Context, actor: Actor, order: ReissueOrder): Promise<DraftRow> {
  const { id, merchantId, commodity, reason, promiseBasis } = order
  const { site } = await requireOwnMerchant(ctx.db, actor, merchantId)
  const [known] = await ctx.db.select().from(certificateDrafts).where(eq(certificateDrafts.id, id))
  if (known) return sameDraft(known, order)
  // It becomes a certificate's id, which stands beside those of lots.
  if (await isNameOfGoods(ctx.db, id)) throw new ServiceError("request/conflict", { field: "id" })
  const pileId = pileIdOf(merchantId, commodity, null)
  const { contents, facts } = await readPileContents(ctx, [pileId])
  const { stockGrams = 0, live = [], sinceMs } = contents.find((one) => one.pileId === pileId) ?? {}
  const grams = order.grams ?? stockGrams
  const pile = { pileId, stockGrams, since: new Date(sinceMs ?? ctx.clock.nowMs()) }
  if (grams === 0 || grams > (await uncertifiedGrams(ctx.db, pile))) {
    throw new ServiceError("certificate/above-stock", { field: "grams" })
  }
  const part = partOfOutflow({ grams: stockGrams, sources: live }, grams)
  const ofLots = await certificatesOfLots(ctx.db, part, facts)
  const ofMixed = await collectedForMixed(ctx, pileId, pile.since, grams)
  const parents = [...ofLots, ...ofMixed].map(parentOf).toSorted((a, b) => (a.recordId < b.recordId ? -1 : 1))
  if (parents.length === 0) throw new ServiceError("certificate/nothing-collected")
  if (parents.length > CERTIFICATE_PARENTS_MAX) throw new ServiceError("certificate/too-many-parents")
  const origin = originOf(ofLots, facts)
  const draft = { id, siteId: site.id, merchantId, pileId, commodity, reason, grams, origin, promiseBasis, parents }
  const digest = toHex(certificateDraftDigest(signedForm(draft)))
  return ctx.db.transaction(async (tx) => {
    const [added] = await tx
      .insert(certificateDrafts)
      .values({ ...draft, digest, state: "draft", draftedBy: actor.id, draftedAt: new Date(ctx.clock.nowMs()) })
      .onConflictDoNothing()
      .returning()
    // The same order a moment ago.
    if (!added) return sameDraft(await draftOf(tx, id), order)
    await writeAudit(ctx, tx, actor, { verb: "certificates/draft", subject: id, siteId: site.id })
    const shown = parents.map(({ recordId, mustGrams, mayGrams }) => ({ recordId, mustGrams, mayGrams }))
    await notifyTerminals(ctx, tx, merchantId, {
      kind: "certificate-drafted",
      draft: { id, commodity, grams, origin, promiseBasis, reason, parents: shown },
    })
    return added
  })
}

async function draftOf(tx: Transaction, id: string): Promise<DraftRow> {
  const [draft] = await tx.select().from(certificateDrafts).where(eq(certificateDrafts.id, id))
  if (!draft) throw new Error("a draft in the way is gone")
  return draft
}

async function isNameOfGoods(reader: Reader, id: string): Promise<boolean> {
  const [lot, certificate] = await Promise.all([
    reader.$count(lots, eq(lots.id, id)),
    reader.$count(certificates, eq(certificates.id, id)),
  ])
  return lot + certificate > 0
}

function sameDraft(known: DraftRow, order: ReissueOrder): DraftRow {
  const isSame =
    known.merchantId === order.merchantId &&
    known.commodity === order.commodity &&
    known.reason === order.reason &&
    known.promiseBasis === order.promiseBasis &&
    (order.grams === undefined || known.grams === order.grams)
  if (!isSame) throw new ServiceError("request/conflict", { field: "id" })
  return known
}

/** What the terminal shows and its digest covers. */
export function signedForm(
  draft: Pick<DraftRow, "id" | "commodity" | "grams" | "origin" | "promiseBasis" | "reason" | "parents">,
): CertificateDraft {
  const { id, commodity, grams, origin, promiseBasis, reason } = draft
  return { draft: id, commodity, grams, origin, promiseBasis, reason, parents: parentsOf(draft).map(asRecorded) }
}

export function parentsOf({ parents }: Pick<DraftRow, "parents">): readonly DraftParent[] {
  return parents as readonly DraftParent[]
}

/** As records and signatures have it. */
export function asRecorded({ recordId, mustGrams, mayGrams }: DraftParent) {
  const certificate = fromHex(recordId)
  if (!certificate) throw new Error("a record id is not hex")
  return { certificate, mustGrams, mayGrams }
}

function parentOf({ certificate, mustGrams, mayGrams }: CertifiedGrams): DraftParent {
  return { certificateId: certificate.id, recordId: certificate.recordId, mustGrams, mayGrams }
}

/** Certificates for mixed goods that came with what was bought into the pile since it was last empty. */
async function collectedForMixed(ctx: Context, pileId: string, since: Date, grams: number): Promise<CertifiedGrams[]> {
  const rows = await ctx.db
    .select({ certificate: certificates, mayGrams: collectedCertificates.mayGrams })
    .from(purchases)
    .innerJoin(
      collectedCertificates,
      and(
        eq(collectedCertificates.saleRecordId, purchases.saleRecordId),
        eq(collectedCertificates.line, purchases.line),
      ),
    )
    .innerJoin(certificates, eq(certificates.id, collectedCertificates.certificateId))
    // Literal, as the partial index has it. Of what was refused later the certificates stay, and the goods did not come.
    .where(and(eq(purchases.pileId, pileId), sql`${purchases.state} = 'accepted'`, gte(purchases.decidedAt, since)))
  const mixed = rows.filter(({ certificate }) => certificate.pileId !== null)
  const byId = Map.groupBy(mixed, ({ certificate }) => certificate.id)
  return [...byId.values()].flatMap((own) => {
    const bought = own.reduce((sum, { mayGrams }) => sum + mayGrams, 0)
    return own[0] ? [{ certificate: own[0].certificate, mustGrams: 0, mayGrams: Math.min(bought, grams) }] : []
  })
}

/** The places that the certificates name, each once. */
function originOf(ofLots: readonly CertifiedGrams[], facts: ReadonlyMap<string, LotFacts>): string {
  const places = ofLots.map(({ certificate }) => certificate.origin || (facts.get(certificate.lotId)?.province ?? ""))
  const joined = [...new Set(places)].filter((place) => place !== "").join("、")
  return [...(joined === "" ? "见所附合格证" : joined)].slice(0, originCharactersMax).join("")
}
