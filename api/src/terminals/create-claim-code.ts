import { claimCodes } from "@suyuan/drizzle/schema/merchants"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { CLAIM_CODE_RANDOM_BYTES, claimCodeHash, claimCodeText } from "@suyuan/protocol/terminal/enrolment"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireMerchant } from "../merchants/find-merchant"

const lifeMs = 600_000

/**
 * Makes a code by which one tablet becomes a terminal of the merchant's stall: 50 random bits, ten minutes, once.
 * Its text is given once and only its hash is stored; whoever lost the answer asks for another.
 * @param confirmed development only: the terminal is active without a person who compares fingerprints.
 */
export async function createClaimCode(
  ctx: Context,
  actor: Actor,
  input: { readonly merchantId: string; readonly confirmed: boolean },
): Promise<{ claimCode: string; expiresAt: Date }> {
  if (input.confirmed && ctx.config.SUYUAN_ENV === "production") {
    throw new ServiceError("request/forbidden", { field: "confirmed" })
  }
  const claimCode = claimCodeText(ctx.random.bytes(CLAIM_CODE_RANDOM_BYTES))
  const hash = claimCodeHash(ctx.config.NETWORK_ID, claimCode)
  if (hash === undefined) throw new Error("a claim code that was just made does not parse")
  const createdAt = new Date(ctx.clock.nowMs())
  const expiresAt = new Date(createdAt.getTime() + lifeMs)
  await ctx.db.transaction(async (tx) => {
    const merchant = await requireMerchant(tx, actor, "terminals:write", input.merchantId)
    if (merchant.state !== "active") throw new ServiceError("merchant/suspended")
    await tx.insert(claimCodes).values({
      codeHash: toHex(hash),
      merchantId: merchant.id,
      siteId: merchant.siteId,
      createdBy: actor.id,
      confirmed: input.confirmed,
      createdAt,
      expiresAt,
    })
    await writeAudit(ctx, tx, actor, {
      verb: "terminals/create-claim-code",
      subject: merchant.id,
      siteId: merchant.siteId,
      detail: { confirmed: input.confirmed },
    })
  })
  return { claimCode, expiresAt }
}
