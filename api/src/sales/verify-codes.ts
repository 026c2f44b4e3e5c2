import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { judgeReduction } from "@suyuan/protocol/sale/reduction"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { verifyPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { placedAtMs } from "../terminals/terminal-time"
import { arrayOf } from "../unnest"

export type TerminalAtStall = {
  readonly terminal: typeof terminals.$inferSelect
  readonly merchant: typeof merchants.$inferSelect
  readonly site: typeof sites.$inferSelect
}

export type VerifiedCode = TerminalAtStall & {
  readonly code: PayCode
  readonly counter: number
  readonly issuedAt: Date
  /** Issued at, placed by the clock offset learned from the terminal. */
  readonly effectiveAt: Date
  /** UTC day of issue, `yyyy-mm-dd`. */
  readonly day: string
  /** Undefined for more than eight lines: the code carries their digest. */
  readonly lines: readonly SaleLine[] | undefined
  readonly reductionOverTolerance: boolean
}

/**
 * Who made these codes, and did their terminals sign them? One query for all. Whether a code may still be paid is
 * another question (`judge-window`): a true code of a revoked terminal is still a true code.
 * @param known those whose signature was checked before.
 */
export async function verifyCodes(
  ctx: Pick<Context, "config" | "keys" | "verifySignature">,
  reader: Reader,
  codes: readonly PayCode[],
  known?: ReadonlySet<PayCode>,
): Promise<Result<VerifiedCode, ErrorCode>[]> {
  const stalls = await terminalsAtStalls(reader, [...new Set(codes.map((code) => code.body.terminal))])
  return verifyCodesOf(ctx, stalls, codes, known)
}

/** The same for whoever has read the terminals already. */
export function verifyCodesOf(
  ctx: Pick<Context, "config" | "keys" | "verifySignature">,
  stalls: ReadonlyMap<number, TerminalAtStall>,
  codes: readonly PayCode[],
  known?: ReadonlySet<PayCode>,
): Result<VerifiedCode, ErrorCode>[] {
  return codes.map((code) => {
    const stall = stalls.get(code.body.terminal)
    return stall ? verifyCode(ctx, stall, code, known?.has(code) ?? false) : err("terminal/unknown")
  })
}

export async function terminalsAtStalls(reader: Reader, ids: readonly number[]): Promise<Map<number, TerminalAtStall>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select({ terminal: terminals, merchant: merchants, site: sites })
    .from(terminals)
    .innerJoin(merchants, eq(merchants.id, terminals.merchantId))
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    .where(sql`${terminals.id} = ANY (${arrayOf("bigint", ids)})`)
  return new Map(rows.map((row) => [row.terminal.id, row]))
}

function verifyCode(
  ctx: Pick<Context, "config" | "keys" | "verifySignature">,
  stall: TerminalAtStall,
  code: PayCode,
  isKnown: boolean,
): Result<VerifiedCode, ErrorCode> {
  const { issuedAtSeconds, amountFen, lines, counter } = code.body
  const verified = isKnown ? ok(undefined) : verifySignature(ctx, stall, code)
  if (!verified.ok) return verified
  const issuedAtMs = seconds2024ToMs(issuedAtSeconds)
  const issuedAt = new Date(issuedAtMs)
  const inline = lines.kind === "inline" ? lines.items : undefined
  const reduction = inline && judgeReduction(linesTotalFen(inline), amountFen)
  return ok({
    ...stall,
    code,
    counter,
    issuedAt,
    effectiveAt: new Date(placedAtMs(stall.terminal, issuedAtMs)),
    day: utcDay(issuedAt),
    lines: inline,
    reductionOverTolerance: reduction?.ok === true && reduction.value.overTolerance,
  })
}

function verifySignature(
  ctx: Pick<Context, "config" | "keys" | "verifySignature">,
  { terminal: { publicKey: publicKeyHex, algorithm } }: TerminalAtStall,
  code: PayCode,
): Result<void, ErrorCode> {
  const { terminal, counter } = code.body
  const publicKey = fromHex(publicKeyHex)
  if (!publicKey) throw new Error(`terminal ${terminal} has no readable key`)
  const networkId = ctx.config.NETWORK_ID
  return verifyPayCode(code, {
    networkId,
    priceSalt: priceSalt(ctx.keys.receiptKey(terminal), networkId, terminal, counter),
    terminalKey: { algorithm, publicKey },
    verifySignature: ctx.verifySignature,
  })
}
