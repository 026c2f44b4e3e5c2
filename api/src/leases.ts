import { leases } from "@suyuan/drizzle/schema/outbox"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "./context"

export type Lease = { readonly name: string; readonly holder: string; readonly fence: number }

/**
 * Takes or renews a named duty. Returns the lease, or undefined while another holder's has not run out.
 * Database time decides, so that two gateways' clocks do not matter. The fence rises with each change of holder.
 */
export async function takeLease(
  ctx: Pick<Context, "db">,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | undefined> {
  const until = sql`now() + make_interval(secs => ${seconds})`
  const [row] = await ctx.db
    .insert(leases)
    .values({ name, holder, fence: 1, until })
    .onConflictDoUpdate({
      target: leases.name,
      set: {
        holder,
        until,
        fence: sql`CASE WHEN ${leases.holder} = ${holder} THEN ${leases.fence} ELSE ${leases.fence} + 1 END`,
      },
      setWhere: sql`${leases.holder} = ${holder} OR ${leases.until} < now()`,
    })
    .returning({ fence: leases.fence })
  return row && { name, holder, fence: row.fence }
}

/** Inside a transaction: true while the lease is still this holder's; locks the row until commit. */
export async function holdsLease(tx: Transaction, lease: Lease): Promise<boolean> {
  const rows = await tx
    .select({ fence: leases.fence })
    .from(leases)
    .where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder), eq(leases.fence, lease.fence)))
    .for("share")
  return rows.length === 1
}

/** Gives a duty back so that the next holder need not wait for its end. */
export async function releaseLease(ctx: Pick<Context, "db">, lease: Lease): Promise<void> {
  await ctx.db
    .update(leases)
    .set({ until: sql`now()` })
    .where(and(eq(leases.name, lease.name), eq(leases.holder, lease.holder), eq(leases.fence, lease.fence)))
}
