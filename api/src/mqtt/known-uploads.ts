import { sha256 } from "@noble/hashes/sha2.js"
import { uploads } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { UPLOAD_KINDS, type Upload } from "@suyuan/protocol/terminal/upload"
import { eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { UploadRefusal } from "../sales/record-trades"

/** From the first look at an upload that names what is not known yet to the last one: as late as suppliers' records may be (CV-3). */
const waitsMsMax = 72 * 60 * 60_000

const waiting = new Set<ErrorCode>([
  "sale/unknown",
  "sale/not-recorded",
  "stock/no-such-purchase",
  "inspection/retest-unknown",
  "inspection/lot-unknown",
  "stock/name-waits",
])

type Named = { readonly terminalId: number; readonly upload: Upload }

type KnownUpload = {
  readonly refusal: UploadRefusal
  /** It waited so long for what it names that it waits no more: it does without, or is refused. */
  readonly isLastLook: boolean
  /** When it first came. */
  readonly receivedAt: Date
}

/** A person will say what it means, however late. */
const waitsForPerson: ErrorCode = "stock/name-waits"

/** What it names did not come in time: it is answered, once and for all. */
export function isGivenUp(known: KnownUpload | undefined, refusal: UploadRefusal): boolean {
  return known?.isLastLook === true && comesAgain(refusal) && refusal !== waitsForPerson
}

/** What the upload names is still on its way here, or waits for a person: it gets no answer, so that it comes again. */
export function comesAgain(refusal: UploadRefusal): boolean {
  return refusal !== undefined && waiting.has(refusal)
}

/** What became of it before; one that waits is known by what it waits for. */
export async function findUpload(ctx: Context, tx: Transaction, one: Named): Promise<KnownUpload | undefined> {
  const [known] = await tx.select().from(uploads).where(eq(uploads.uploadId, one.upload.uploadId))
  if (!known) return undefined
  const isSame = known.terminalId === one.terminalId && known.bodyHash === bodyHash(one.upload)
  const refusal = isSame ? ((known.refusal as ErrorCode | null) ?? undefined) : "upload/other-bytes"
  const { receivedAt } = known
  return { refusal, isLastLook: ctx.clock.nowMs() - receivedAt.getTime() >= waitsMsMax, receivedAt }
}

export async function noteUpload(
  ctx: Context,
  tx: Transaction,
  one: Named,
  { known, refusal }: { readonly known: KnownUpload | undefined; readonly refusal: UploadRefusal },
): Promise<void> {
  const { uploadId } = one.upload
  if (!known) {
    const receivedAt = new Date(ctx.clock.nowMs())
    const { terminalId } = one
    const row = { uploadId, terminalId, bodyHash: bodyHash(one.upload), refusal: refusal ?? null, receivedAt }
    await tx.insert(uploads).values(row)
  } else if (comesAgain(known.refusal) && refusal !== known.refusal) {
    await tx
      .update(uploads)
      .set({ refusal: refusal ?? null })
      .where(eq(uploads.uploadId, uploadId))
  }
}

function bodyHash({ kind, body }: Upload): string {
  return toHex(sha256(concatBytes(Uint8Array.of(UPLOAD_KINDS[kind]), body)))
}
