import { leases } from "@suyuan/drizzle/schema/outbox"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "./context"
import { arrayOf } from "./unnest"

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
  return (await takeLeases(ctx, [name], holder, seconds)).get(name)
}

/** Many at once, by name: those that are free, or this holder's already. One statement, and one write to the disk. */
export async function takeLeases(
  ctx: Pick<Context, "db">,
  names: readonly string[],
  holder: string,
  seconds: number,
): Promise<ReadonlyMap<string, Lease>> {
  // In the order of names, so that two holders cannot wait in a ring.
  const rows = await ctx.db.execute<{ name: string; fence: number }>(sql`
    INSERT INTO ${leases} AS known (name, holder, fence, until)
    SELECT name, ${holder}, 1, now() + make_interval(secs => ${seconds})
    FROM unnest(${arrayOf("text", names)}) AS wanted(name) ORDER BY name
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
      fence = CASE WHEN known.holder = excluded.holder THEN known.fence ELSE known.fence + 1 END
    WHERE known.holder = excluded.holder OR known.until < now()
    RETURNING name, fence::int AS fence`)
  return new Map(rows.map(({ name, fence }) => [name, { name, holder, fence }]))
}

/**
 * The same duty for whoever asks for it many times a second: renewed when a third of it has passed. What is written under
 * it is fenced by `holdsLease`, so a duty that was lost meanwhile writes nothing.
 */
export function renewingLease(name: string, holder: string, seconds: number) {
  let own: { readonly lease: Lease; readonly renewAtMs: number } | undefined
  return async (ctx: Pick<Context, "db">): Promise<Lease | undefined> => {
    const askedMs = performance.now()
    if (own !== undefined && askedMs < own.renewAtMs) return own.lease
    own = undefined
    const lease = await takeLease(ctx, name, holder, seconds)
    if (lease) own = { lease, renewAtMs: askedMs + (seconds * 1000) / 3 }
    return lease
  }
}

/**
 * Work of unknown length under one duty: renewed every third of its time while the work goes on, and given back after it.
 * Undefined while another has it. `isHeld` turns false when it could not be renewed in time: begin nothing more.
 */
export async function underLease<T>(
  ctx: Pick<Context, "db">,
  name: string,
  holder: string,
  seconds: number,
  work: (isHeld: () => boolean) => Promise<T>,
): Promise<T | undefined> {
  let endMs = performance.now() + seconds * 1000
  const lease = await takeLease(ctx, name, holder, seconds)
  if (lease === undefined) return undefined
  const renew = async () => {
    const askedMs = performance.now()
    const again = await takeLease(ctx, name, holder, seconds).catch(() => lease)
    if (again?.fence !== lease.fence) endMs = 0
    else if (again !== lease) endMs = askedMs + seconds * 1000
  }
  let renewing = Promise.resolve()
  const timer = setInterval(
    () => {
      renewing = renewing.then(renew)
    },
    (seconds * 1000) / 3,
  )
  try {
    return await work(() => performance.now() < endMs)
  } finally {
    clearInterval(timer)
    await renewing
    await releaseLease(ctx, lease)
  }
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
