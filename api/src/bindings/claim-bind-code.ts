import { bindings, buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { toHex } from "@suyuan/protocol/codec/bytes"
import {
  BIND_CODE_SECONDS,
  type BindCode,
  bindCodeDigest,
  parseBindCodeDigits,
  verifyBindCode,
} from "@suyuan/protocol/terminal/bind-code"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, type Terminal, terminalKey } from "../terminals/authenticate"
import { notifyTerminal } from "../terminals/notify-terminals"
import { requireBuyer } from "./require-buyer"

export type Binding = typeof bindings.$inferSelect

/** What the phone shows: with whom the buyer is about to share its purchases, and the digits to compare. */
export type ClaimedBinding = {
  readonly binding: Binding
  readonly merchant: { readonly id: string; readonly name: string; readonly stallNumber: string }
  readonly site: { readonly name: string; readonly nameEn: string }
}

/** Clocks are learned to about a second; a code from the near future is one of those. */
const earlyMs = 5_000

/**
 * Whose stall a bind code is of, so that the phone can name it before its holder says yes (BI-4). Claims nothing: link
 * scanners may look, too. A code that is genuine and not too old, by a terminal that may bind.
 */
export async function previewBindCode(
  ctx: Context,
  digits: string,
): Promise<Pick<ClaimedBinding, "merchant" | "site">> {
  const { terminal, code } = await readGenuine(ctx, ctx.db, digits)
  requireFresh(ctx, terminal, code)
  return stallOf(ctx.db, terminal.merchantId)
}

/**
 * A buyer's phone answers the signed bind code that a stall's terminal shows: two digits for both screens, and the
 * terminal is told. A code works once and for 90 s; the same buyer again gets the same binding.
 */
export async function claimBindCode(ctx: Context, actor: Actor, digits: string): Promise<ClaimedBinding> {
  requireBuyer(actor)
  return ctx.db.transaction(async (tx) => {
    const { terminal, code } = await readGenuine(ctx, tx, digits)
    // Claims of one buyer come one after the other: a wallet is bound to one merchant at a time.
    const [buyer] = await tx.select().from(buyers).where(eq(buyers.id, actor.id)).for("update")
    // A browser is nobody's wallet.
    if (buyer?.platform === "web") throw new ServiceError("request/forbidden")
    const codeDigest = toHex(bindCodeDigest(ctx.config.NETWORK_ID, code))
    const [known] = await tx.select().from(bindings).where(eq(bindings.codeDigest, codeDigest))
    if (known) {
      if (known.buyerId !== actor.id) throw new ServiceError("binding/code-used", { field: "code" })
      return describe(tx, known)
    }
    requireFresh(ctx, terminal, code)
    await requireUnbound(tx, actor.id)
    return describe(tx, await addClaim(ctx, tx, actor, terminal, code, codeDigest))
  })
}

/** Signed by a terminal that may bind: whoever prints a code chooses every digit of it. */
async function readGenuine(
  ctx: Context,
  reader: Reader,
  digits: string,
): Promise<{ readonly terminal: Terminal; readonly code: BindCode }> {
  const code = parseBindCodeDigits(digits)
  if (!code.ok) throw new ServiceError("binding/code-malformed", { field: "code" })
  const terminal = await requireTerminal(reader, code.value.terminal, "bind")
  if (!verifyBindCode(ctx.config.NETWORK_ID, code.value, terminalKey(terminal), ctx.verifySignature)) {
    throw new ServiceError("terminal/bad-signature", { field: "code" })
  }
  return { terminal, code: code.value }
}

function requireFresh(ctx: Context, terminal: Terminal, code: BindCode): void {
  const ageMs = ctx.clock.nowMs() - (seconds2024ToMs(code.issuedAtSeconds) + terminal.clockOffsetMs)
  if (ageMs > BIND_CODE_SECONDS * 1000 || ageMs < -earlyMs) throw new ServiceError("binding/code-expired")
}

async function requireUnbound(tx: Transaction, buyerId: string): Promise<void> {
  const active = await tx
    .select({ id: bindings.id })
    .from(bindings)
    .where(and(eq(bindings.buyerId, buyerId), eq(bindings.state, "active")))
  if (active.length > 0) throw new ServiceError("binding/already-bound")
}

async function addClaim(
  ctx: Context,
  tx: Transaction,
  actor: Actor,
  terminal: Terminal,
  code: BindCode,
  codeDigest: string,
): Promise<Binding> {
  const [binding] = await tx
    .insert(bindings)
    .values({
      id: ctx.random.uuid(),
      buyerId: actor.id,
      merchantId: terminal.merchantId,
      siteId: terminal.siteId,
      terminalId: terminal.id,
      codeDigest,
      state: "claimed",
      checkDigits: twoDigits(ctx),
      claimedAt: new Date(ctx.clock.nowMs()),
    })
    .onConflictDoNothing({ target: bindings.codeDigest })
    .returning()
  // Another phone was faster by less than our look.
  if (!binding) throw new ServiceError("binding/code-used", { field: "code" })
  await writeAudit(ctx, tx, actor, { verb: "bindings/claim", subject: binding.id, siteId: binding.siteId })
  await notifyTerminal(ctx, tx, terminal.id, {
    kind: "binding-claimed",
    bindingId: binding.id,
    nonce: toHex(code.nonce),
    digits: binding.checkDigits,
  })
  return binding
}

function twoDigits(ctx: Pick<Context, "random">): string {
  const [a = 0, b = 0, c = 0, d = 0] = ctx.random.bytes(4)
  return String((a * 0x100_0000 + b * 0x1_0000 + c * 0x100 + d) % 100).padStart(2, "0")
}

async function describe(tx: Transaction, binding: Binding): Promise<ClaimedBinding> {
  return { binding, ...(await stallOf(tx, binding.merchantId)) }
}

async function stallOf(reader: Reader, merchantId: string): Promise<Pick<ClaimedBinding, "merchant" | "site">> {
  const [stall] = await reader
    .select({
      merchant: { id: merchants.id, name: merchants.name, stallNumber: merchants.stallNumber },
      site: { name: sites.name, nameEn: sites.nameEn },
    })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(eq(merchants.id, merchantId))
  if (!stall) throw new Error("a binding names a merchant that is gone")
  return stall
}
