import { claimCodes, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { terminalSerials, terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { claimCodeHash, enrolmentMessage, keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { makeTerminalId, terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import type { SignatureAlgorithm, TerminalKey } from "@suyuan/protocol/terminal/signature"
import { eq, sql } from "drizzle-orm"
import { countWrongGuess, type GuessLimit, requireGuessesLeft } from "../access/guess-limit"
import { networkOf } from "../access/network-of"
import { gatewayActor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { type Terminal, terminalKey } from "./authenticate"
import type { BrokerTokens } from "./broker-token"

export type EnrolmentRequest = {
  /** As a person typed it. */
  readonly claimCode: string
  readonly algorithm: SignatureAlgorithm
  readonly publicKey: Uint8Array
  /** Over `enrolmentMessage`: shows that the tablet holds the key. */
  readonly proof: Uint8Array
  /** Who asks, so that guessing is bounded. */
  readonly address: string
}

type Stall = { readonly merchant: typeof merchants.$inferSelect; readonly site: typeof sites.$inferSelect }
type Enrolment = Stall & { readonly terminal: Terminal }

/**
 * Makes a tablet with a key into a stall's terminal. The code works once: with the same key again, while it has not
 * expired, the answer is the same (the first may have been lost); with another key it is refused and audited.
 * No actor: the claim code is what the caller has to show.
 */
export async function enrol(ctx: Context, tokens: BrokerTokens, request: EnrolmentRequest) {
  const limit: GuessLimit = {
    subject: `claim:${ctx.keys.fingerprint(networkOf(request.address))}`,
    failuresMax: 10,
    windowMs: 600_000,
  }
  await requireGuessesLeft(ctx, limit)
  const codeHash = claimCodeHash(ctx.config.NETWORK_ID, request.claimCode)
  const key = checkPublicKey(request.algorithm, request.publicKey)
  if (!key.ok) throw new ServiceError("terminal/key-refused", { field: "publicKey", expected: key.error })
  if (codeHash && !holdsKey(ctx, codeHash, key.value, request.proof)) throw new ServiceError("claim-code/bad-proof")
  const enrolled = codeHash
    ? await ctx.db.transaction((tx) => useClaimCode(ctx, tx, toHex(codeHash), key.value))
    : err("claim-code/unknown")
  if (!enrolled.ok) {
    if (enrolled.error === "claim-code/unknown") await countWrongGuess(ctx, limit)
    throw new ServiceError(enrolled.error, { field: "claimCode" })
  }
  return replyTo(ctx, tokens, enrolled.value)
}

function holdsKey(ctx: Context, codeHash: Uint8Array, key: TerminalKey, proof: Uint8Array): boolean {
  const message = enrolmentMessage(ctx.config.NETWORK_ID, codeHash, key.publicKey)
  return ctx.verifySignature(key.algorithm, key.publicKey, message, proof)
}

/** Returns its refusals instead of throwing them, so that what it audited of them is committed. */
async function useClaimCode(
  ctx: Context,
  tx: Transaction,
  codeHash: string,
  key: TerminalKey,
): Promise<Result<Enrolment, ErrorCode>> {
  const [claim] = await tx.select().from(claimCodes).where(eq(claimCodes.codeHash, codeHash)).for("update")
  if (!claim) return err("claim-code/unknown")
  const now = new Date(ctx.clock.nowMs())
  if (claim.expiresAt <= now) return err("claim-code/expired")
  const stall = await stallOf(tx, claim.merchantId)
  if (claim.terminalId !== null) return repeated(ctx, tx, stall, claim.terminalId, key)
  if (stall.merchant.state !== "active") return err("merchant/suspended")
  const terminalId = makeTerminalId(ctx.config.GATEWAY_REGION, await nextSerial(tx))
  const [terminal] = await tx
    .insert(terminals)
    .values({
      id: terminalId,
      merchantId: claim.merchantId,
      siteId: claim.siteId,
      state: claim.confirmed ? "active" : "claimed",
      algorithm: key.algorithm,
      publicKey: toHex(key.publicKey),
      createdAt: now,
      stateChangedAt: now,
    })
    .onConflictDoNothing({ target: terminals.publicKey })
    .returning()
  if (!terminal) return err("terminal/key-in-use")
  await tx.update(claimCodes).set({ usedAt: now, terminalId }).where(eq(claimCodes.codeHash, codeHash))
  await writeAudit(ctx, tx, gatewayActor, {
    verb: "terminals/enrol",
    subject: terminalToHex(terminalId),
    siteId: claim.siteId,
    detail: { claimedFor: claim.merchantId, codeBy: claim.createdBy, confirmed: claim.confirmed },
  })
  return ok({ ...stall, terminal })
}

async function repeated(
  ctx: Context,
  tx: Transaction,
  stall: Stall,
  terminalId: number,
  key: TerminalKey,
): Promise<Result<Enrolment, ErrorCode>> {
  const [terminal] = await tx.select().from(terminals).where(eq(terminals.id, terminalId))
  if (terminal?.algorithm === key.algorithm && terminal.publicKey === toHex(key.publicKey)) {
    return terminal.state === "revoked" ? err("terminal/revoked") : ok({ ...stall, terminal })
  }
  await writeAudit(ctx, tx, gatewayActor, {
    verb: "terminals/claim-code-used-twice",
    subject: terminalToHex(terminalId),
    siteId: stall.site.id,
  })
  ctx.log.warn({ terminal: terminalToHex(terminalId) }, "a used claim code came again with another key")
  return err("claim-code/used")
}

async function stallOf(tx: Transaction, merchantId: string): Promise<Stall> {
  const [stall] = await tx
    .select({ merchant: merchants, site: sites })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(eq(merchants.id, merchantId))
  if (!stall) throw new Error("a claim code names a merchant that is gone")
  return stall
}

async function nextSerial(tx: Transaction): Promise<number> {
  const [row] = await tx.execute<{ serial: string }>(
    sql`SELECT nextval(${`"${terminalSerials.seqName}"`}::regclass) AS serial`,
  )
  return Number(row?.serial)
}

/** The receipt key goes out here and nowhere else. */
async function replyTo(ctx: Context, tokens: BrokerTokens, { terminal, merchant, site }: Enrolment) {
  const broker = await tokens.forTerminal(terminal)
  return {
    terminalId: terminalToHex(terminal.id),
    state: terminal.state,
    networkId: ctx.config.NETWORK_ID,
    gatewayUrl: ctx.config.GATEWAY_PUBLIC_URL,
    receiptKey: toHex(ctx.keys.receiptKey(terminal.id)),
    brokerToken: broker.token,
    brokerTokenExpiresAtMs: broker.expiresAtMs,
    brokerUrl: ctx.config.MQTT_WS_URL ?? ctx.config.MQTT_URL,
    serverTimeMs: ctx.clock.nowMs(),
    fingerprint: keyFingerprint(ctx.config.NETWORK_ID, terminalKey(terminal)),
    stall: { merchantId: merchant.id, stallNumber: merchant.stallNumber, name: merchant.name },
    site: {
      id: site.id,
      number: site.number,
      kind: site.kind,
      name: site.name,
      nameEn: site.nameEn,
      zone: site.zone,
      dayStartsAtMinutes: site.dayStartsAtMinutes,
    },
  }
}
