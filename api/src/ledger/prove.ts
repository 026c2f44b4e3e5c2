import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { buildProof } from "@suyuan/protocol/ledger/proof-bundle"
import { recordKindOf } from "@suyuan/protocol/ledger/record-kind"
import { discloseSections } from "@suyuan/sealing/seal-entry"
import { and, eq } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { logContext, recordKeys } from "./audiences"
import type { Chain } from "./chain"
import { recordDay } from "./record-day"

/**
 * Which sections the reader may open: a buyer their own sale's prices. A stranger with a share opens none: what members
 * may read of a sale tells the second and how much was bought.
 */
export type Disclosure = "nothing" | "public" | "public-and-commercial"

/**
 * The proof bundle of an anchored record: a document that a stranger can verify without us.
 * @throws ServiceError ledger/unknown-record, ledger/not-anchored
 */
export async function prove(
  ctx: Context,
  reader: Reader,
  chain: Pick<Chain, "chainId" | "contract">,
  recordId: string,
  disclosure: Disclosure,
): Promise<string> {
  const [found] = await reader
    .select({ record: records, batch: batches })
    .from(records)
    .leftJoin(batches, and(eq(batches.log, records.log), eq(batches.sequence, records.sequence)))
    .where(and(eq(records.recordId, recordId), eq(records.day, recordDay(recordId))))
  if (!found) throw new ServiceError("ledger/unknown-record")
  const { record, batch } = found
  if (!batch || record.leaf === null || batch.state !== "anchored") throw new ServiceError("ledger/not-anchored")
  const parsed = parseBatch(batch.payload)
  if (!parsed.ok) throw new Error(`stored batch ${batch.sequence} is malformed: ${parsed.error}`)
  const kind = recordKindOf(record.kind)
  const id = fromHex(recordId)
  if (!kind || !id) throw new Error(`record ${recordId} is of no known kind`)
  const context = logContext(ctx, chain)
  const keys = recordKeys(ctx, record.concerned, parsed.value.header.audienceKeyDay)
  const commercial = disclosure === "public-and-commercial" ? (record.commercialBytes ?? undefined) : undefined
  return buildProof({
    chainId: chain.chainId,
    contract: context.contract,
    log: batch.log,
    sequence: batch.sequence,
    entries: parsed.value.entries,
    index: record.leaf,
    sections:
      disclosure === "nothing"
        ? undefined
        : discloseSections({ context, kind, recordId: id, keys }, { public: record.publicBytes, commercial }),
  })
}
