import { sales } from "@suyuan/drizzle/schema/sales"
import type { ErrorCode } from "@suyuan/look/errors"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { sql } from "drizzle-orm"
import { type Actor, gatewayActor } from "../actor"
import { raiseCopiedTerminal } from "../alarms/raise-copied-terminal"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { lockSale } from "../payments/attempts"
import { readHolds } from "../recalls/holds"
import { judgeHolds } from "../recalls/judge-holds"
import { isOffline, judgeWindow } from "./judge-window"
import type { StoredSale } from "./read-sale"
import { isSale, saleName } from "./sale-key"
import { storeCodes } from "./store-codes"
import { type VerifiedCode, verifyCodes } from "./verify-codes"

export type OpenedSale = {
  readonly code: VerifiedCode
  readonly sale: StoredSale
  /** Why no *new* attempt may be opened: too old by now, goods held meanwhile. Repeating an attempt is fine. */
  readonly refusal: ErrorCode | undefined
}

/**
 * Makes the sale of a scanned code, once, and locks its row: the same signed body is the same sale, whoever scans.
 * Refuses what must not be paid now: a code that its terminal did not sign, one too old, goods that are recalled.
 * @throws ServiceError with the code of the refusal; an alarm is written before one number names two sales.
 */
export async function openSale(ctx: Context, tx: Transaction, _actor: Actor, code: PayCode): Promise<OpenedSale> {
  const [verified] = await verifyCodes(ctx, tx, [code])
  if (!verified) throw new Error("a verdict is missing")
  if (!verified.ok) throw new ServiceError(verified.error)
  const [known] = await tx
    .select({ state: sales.state })
    .from(sales)
    .where(isSale(keyOf(verified.value)))
  // Scans of one moment, each below the day's limit, are counted one after another. Not by the terminal's row: uploads
  // hold a sale's and want that one, which is the other way round.
  if (isOffline(verified.value, ctx.clock.nowMs())) {
    const { id } = verified.value.terminal
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`offline limit ${id}`}, 0))`)
  }
  const refusal = (await judgeWindow(ctx, tx, verified.value)) ?? (await refuseHeld(tx, verified.value))
  if (!known && refusal) throw new ServiceError(refusal)
  const [stored] = await storeCodes(ctx, tx, [verified.value])
  if (stored?.outcome === "other-bytes") throw new ServiceError("sale/other-bytes")
  const sale = await lockSale(tx, keyOf(verified.value))
  if (!sale) throw new Error("a stored sale is gone")
  return { code: verified.value, sale, refusal }
}

async function refuseHeld(tx: Transaction, code: VerifiedCode): Promise<ErrorCode | undefined> {
  const { holds } = await readHolds(tx, code.merchant.id)
  return judgeHolds(tx, code, keyOf(code), holds)
}

/** In a transaction of its own, because the refusing one is rolled back. */
export async function alarmOtherBytes(ctx: Context, code: PayCode): Promise<void> {
  const { terminal: terminalId, counter } = code.body
  await ctx.db.transaction(async (tx) => {
    await writeAudit(ctx, tx, gatewayActor, { verb: "sales/other-bytes", subject: saleName({ terminalId, counter }) })
    await raiseCopiedTerminal(ctx, tx, { terminalId, name: String(counter) })
  })
}

function keyOf(code: VerifiedCode) {
  return { terminalId: code.terminal.id, counter: code.counter, day: code.day }
}
