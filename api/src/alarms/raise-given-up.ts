import { alarms } from "@suyuan/drizzle/schema/alarms"
import type { ErrorCode } from "@suyuan/look/errors"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { TerminalAtStall } from "../sales/verify-codes"
import { businessDayOf } from "../trace/business-day"
import { evidenceSchemas, namedMax } from "./evidence"
import { raiseAlarms } from "./raise-alarms"

export type GivenUp = {
  readonly stall: TerminalAtStall
  readonly uploadId: string
  readonly kind: string
  /** What it waited for in vain. */
  readonly refusal: ErrorCode
  /** When it first came: its alarm is of that day, however often it is answered. */
  readonly receivedAt: Date
}

/** A terminal's upload named what never came: it was refused at last, and what it says is in no book. Each counts once. */
export async function raiseGivenUp(
  ctx: Pick<Context, "clock" | "random" | "log">,
  tx: Transaction,
  { stall, uploadId, kind, refusal, receivedAt }: GivenUp,
): Promise<void> {
  const terminal = terminalToHex(stall.terminal.id)
  const day = businessDayOf(stall.site, receivedAt)
  // Two of one terminal at once: the second waits, and counts the first.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`alarm ${terminal}`}, 0))`)
  const [known] = await tx
    .select({ evidence: alarms.evidence })
    .from(alarms)
    .where(and(eq(alarms.kind, "upload-given-up"), eq(alarms.subject, terminal), eq(alarms.day, day)))
  const before = known && evidenceSchemas["upload-given-up"].parse(known.evidence)
  const name = `${kind} ${uploadId} ${refusal}`
  if (before?.givenUp.includes(name)) return
  const givenUp = [...(before?.givenUp ?? []), name].slice(0, namedMax)
  const evidence = { terminal, uploads: (before?.uploads ?? 0) + 1, givenUp }
  await raiseAlarms(ctx, tx, [
    {
      ...{ kind: "upload-given-up", subject: terminal, day, evidence },
      ...{ siteId: stall.site.id, merchantId: stall.merchant.id },
    },
  ])
}
