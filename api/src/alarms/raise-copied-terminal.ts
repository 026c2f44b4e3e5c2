import { alarms } from "@suyuan/drizzle/schema/alarms"
import { sites } from "@suyuan/drizzle/schema/participants"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { businessDayOf } from "../trace/business-day"
import { evidenceSchemas, namedMax } from "./evidence"
import { raiseAlarms } from "./raise-alarms"

/**
 * A terminal's key signed two contents under one name: it sells at two places, or is broken. `name` is a sale's counter or
 * an upload's id; each counts once, however often its contents come again.
 */
export async function raiseCopiedTerminal(
  ctx: Pick<Context, "clock" | "random" | "log">,
  tx: Transaction,
  { terminalId, name }: { readonly terminalId: number; readonly name: string },
): Promise<void> {
  const [place] = await tx
    .select({ merchantId: terminals.merchantId, site: sites })
    .from(terminals)
    .innerJoin(sites, eq(sites.id, terminals.siteId))
    .where(eq(terminals.id, terminalId))
  if (!place) return
  const terminal = terminalToHex(terminalId)
  const day = businessDayOf(place.site, new Date(ctx.clock.nowMs()))
  // Two conflicts of one terminal at once: the second waits, and counts the first.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`alarm ${terminal}`}, 0))`)
  const [known] = await tx
    .select({ evidence: alarms.evidence })
    .from(alarms)
    .where(and(eq(alarms.kind, "terminal-copied"), eq(alarms.subject, terminal), eq(alarms.day, day)))
  const before = known && evidenceSchemas["terminal-copied"].parse(known.evidence)
  if (before?.named.includes(name)) return
  const named = [...(before?.named ?? []), name].slice(0, namedMax)
  const evidence = { terminal, conflicts: (before?.conflicts ?? 0) + 1, named }
  const { merchantId, site } = place
  await raiseAlarms(ctx, tx, [
    { kind: "terminal-copied", subject: terminal, day, siteId: site.id, merchantId, evidence },
  ])
}
