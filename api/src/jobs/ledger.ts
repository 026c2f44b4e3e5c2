import type { Context } from "../context"
import { renewingLease } from "../leases"
import { anchorBatches } from "../ledger/anchor-batches"
import type { Chain } from "../ledger/chain"
import { sealBatch } from "../ledger/seal-batch"
import type { Job } from "./job"

/** A record that comes while nothing is traded waits this much longer: it waits for others to share its batch anyway. */
const idleEveryMs = 1000

/** Sealing and anchoring of this gateway's log. One process at a time does it; the lease's fence is checked at each write. */
export function ledgerJobs(ctx: Pick<Context, "config">, chain: Chain, holder: string): Job[] {
  const { LEDGER_LOG, GATEWAY_LEASE_SECONDS } = ctx.config
  const sealerLease = renewingLease(`sealer-${LEDGER_LOG}`, holder, GATEWAY_LEASE_SECONDS)
  return [
    {
      name: "ledger/seal",
      everyMs: 200,
      idleEveryMs,
      run: async (ctx, busy) => {
        const lease = await sealerLease(ctx)
        return lease ? sealBatch(ctx, chain, lease, busy) : 0
      },
    },
    {
      name: "ledger/anchor",
      everyMs: 250,
      idleEveryMs,
      run: async (ctx, busy) => {
        const lease = await sealerLease(ctx)
        if (!lease) return 0
        const { sent, anchored, lost } = await anchorBatches(ctx, chain, lease)
        if (sent + anchored > 0) busy?.()
        return lost
      },
    },
  ]
}
