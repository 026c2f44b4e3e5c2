import { sha256 } from "@noble/hashes/sha2.js"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { displays, terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { displayCodeHash } from "@suyuan/protocol/terminal/display-request"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { eq } from "drizzle-orm"
import { countWrongGuess, type GuessLimit, requireGuessesLeft } from "../access/guess-limit"
import { networkOf } from "../access/network-of"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal } from "./authenticate"
import type { BrokerTokens } from "./broker-token"
import { countPaired, DISPLAYS_MAX, type DisplayRow } from "./invite-display"
import { notifyTerminal } from "./notify-terminals"

export type DisplayPairing = {
  /** As a person typed it. */
  readonly code: string
  /** Made and kept by the second tablet before it asks: by it alone it gets its tokens later. */
  readonly secret: Uint8Array
  readonly address: string
}

/**
 * A second tablet shows the code of the stall's tablet and becomes one of its displays (DS-3). No actor: the code is what
 * it has to show. The same secret with the same code again is the same display: the first answer may have been lost.
 */
export async function pairDisplay(ctx: Context, tokens: BrokerTokens, { code, secret, address }: DisplayPairing) {
  const limit: GuessLimit = {
    subject: `display:${ctx.keys.fingerprint(networkOf(address))}`,
    failuresMax: 10,
    windowMs: 600_000,
  }
  await requireGuessesLeft(ctx, limit)
  const codeHash = displayCodeHash(ctx.config.NETWORK_ID, code)
  const paired = codeHash
    ? await ctx.db.transaction((tx) => useCode(ctx, tx, toHex(codeHash), secretHash(secret)))
    : err("display/code-unknown" as const)
  if (!paired.ok) {
    if (paired.error === "display/code-unknown") await countWrongGuess(ctx, limit)
    throw new ServiceError(paired.error, { field: "code" })
  }
  return displayAccess(ctx, tokens, paired.value)
}

/** The next hour's token, to whoever shows the display's secret (DS-5); refused once it, or its terminal, has ended. */
export async function refreshDisplayToken(ctx: Context, tokens: BrokerTokens, id: string, secret: Uint8Array) {
  const [display] = await ctx.db.select().from(displays).where(eq(displays.id, id))
  if (!display?.secretHash) throw new ServiceError("display/unknown")
  if (display.secretHash !== secretHash(secret)) throw new ServiceError("display/wrong-secret", { field: "secret" })
  if (display.endedAt) throw new ServiceError("display/ended")
  return displayAccess(ctx, tokens, display)
}

async function useCode(
  ctx: Context,
  tx: Transaction,
  codeHash: string,
  secret: string,
): Promise<Result<DisplayRow, ErrorCode>> {
  const [display] = await tx.select().from(displays).where(eq(displays.codeHash, codeHash)).for("update")
  if (!display) return err("display/code-unknown")
  if (display.endedAt) return err("display/ended")
  const now = new Date(ctx.clock.nowMs())
  if (display.codeExpiresAt <= now) return err("display/code-expired")
  if (display.secretHash !== null) return display.secretHash === secret ? ok(display) : err("display/code-used")
  // One after the other: several may have been invited before any was paired.
  await tx.select({ id: terminals.id }).from(terminals).where(eq(terminals.id, display.terminalId)).for("no key update")
  if ((await countPaired(tx, display.terminalId)) >= DISPLAYS_MAX) return err("display/too-many")
  const [paired] = await tx
    .update(displays)
    .set({ secretHash: secret, pairedAt: now })
    .where(eq(displays.id, display.id))
    .returning()
  if (!paired) throw new Error("a locked display is gone")
  await notifyTerminal(ctx, tx, display.terminalId, { kind: "display-paired", displayId: display.id })
  return ok(paired)
}

async function displayAccess(ctx: Context, tokens: BrokerTokens, { id, terminalId }: DisplayRow) {
  await requireTerminal(ctx.db, terminalId, "connect")
  const [stall] = await ctx.db
    .select({ stall: merchants.name, site: sites.name })
    .from(terminals)
    .innerJoin(merchants, eq(merchants.id, terminals.merchantId))
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    .where(eq(terminals.id, terminalId))
  if (!stall) throw new Error("a display's terminal has no stall")
  const broker = await tokens.forDisplay({ id, terminalId })
  return {
    ...{ displayId: id, terminalId: terminalToHex(terminalId), ...stall },
    ...{ brokerToken: broker.token, brokerTokenExpiresAtMs: broker.expiresAtMs },
    brokerUrl: ctx.config.MQTT_WS_URL ?? ctx.config.MQTT_URL,
  }
}

function secretHash(secret: Uint8Array): string {
  return toHex(sha256(secret))
}
