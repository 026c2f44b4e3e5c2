import { certificateDrafts, collectedCertificates } from "@suyuan/drizzle/schema/checks"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { certificates } from "@suyuan/drizzle/schema/trace"
import { and, desc, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Reader } from "../context"
import { requireOwnMerchant } from "./certificate-actor"
import type { DraftRow } from "./draft-reissue"

const pageMax = 200

/** What a merchant collected, the newest first, or what came with one purchase. Kept for good: the law says six months. */
export async function listCollected(reader: Reader, actor: Actor, merchantId: string, saleRecordId?: string) {
  await requireOwnMerchant(reader, actor, merchantId)
  return reader
    .select({ collected: collectedCertificates, certificate: certificates, nameZh: commodities.nameZh })
    .from(collectedCertificates)
    .innerJoin(certificates, eq(certificates.id, collectedCertificates.certificateId))
    .leftJoin(commodities, eq(commodities.code, certificates.commodity))
    .where(
      and(
        eq(collectedCertificates.merchantId, merchantId),
        ...(saleRecordId === undefined ? [] : [eq(collectedCertificates.saleRecordId, saleRecordId)]),
      ),
    )
    .orderBy(desc(collectedCertificates.collectedAt), desc(collectedCertificates.mayGrams))
    .limit(pageMax)
}

/** A merchant's drafts and what became of them, the newest first. */
export async function listDrafts(reader: Reader, actor: Actor, merchantId: string): Promise<DraftRow[]> {
  await requireOwnMerchant(reader, actor, merchantId)
  return reader
    .select()
    .from(certificateDrafts)
    .where(eq(certificateDrafts.merchantId, merchantId))
    .orderBy(desc(certificateDrafts.draftedAt))
    .limit(pageMax)
}
