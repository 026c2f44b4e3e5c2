import type { Context } from "../context"
import { takeLease } from "../leases"
import { anchorBatches } from "../ledger/anchor-batches"
import type { Chain } from "../ledger/chain"
import { sealBatch } from "../ledger/seal-batch"
import type { Job } from "./job"

/** Sealing and anchoring of this gateway's log. One process at a time does it; the lease's fence is checked at each write. */
export function ledgerJobs(chain: Chain, holder: string): Job[] {
  const withLease =
    (work: (ctx: Context, lease: NonNullable<Awaited<ReturnType<typeof takeLease>>>) => Promise<number>) =>
    async (ctx: Context) => {
      const { LEDGER_LOG, GATEWAY_LEASE_SECONDS } = ctx.config
      const lease = await takeLease(ctx, `sealer-${LEDGER_LOG}`, holder, GATEWAY_LEASE_SECONDS)
      return lease ? work(ctx, lease) : 0
    }
  return [
    { name: "ledger/seal", everyMs: 200, run: withLease((ctx, lease) => sealBatch(ctx, chain, lease)) },
    {
      name: "ledger/anchor",
      everyMs: 250,
      run: withLease(async (ctx, lease) => {
        const { lost } = await anchorBatches(ctx, chain, lease)
        return lost
      }),
    },
  ]
}
