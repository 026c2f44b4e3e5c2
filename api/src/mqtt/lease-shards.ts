import type { Logger } from "pino"
import type { Config } from "../config"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { type Lease, releaseLease, takeLeases } from "../leases"
import { SHARDS, type ShardSession, type TerminalChannel, type UpMessage } from "../terminals/terminal-channel"

/**
 * Holds as many shards as are free, one persistent session each, and renews them; a shard whose lease is lost is left
 * at once, and all of them at the leases' end by our own clock when they cannot be renewed: somebody else may have them
 * by then, and two sessions of one name end each other for ever. With several gateways each takes what the others do not
 * hold; a dead one's shards move within a lease.
 */
export class ShardLeases {
  readonly #ctx: Pick<Context, "db" | "config">
  readonly #channel: TerminalChannel
  readonly #holder: string
  readonly #handler: (message: UpMessage) => void
  readonly #log: Logger
  #closed = false
  /** When the newest leases end, by this process's clock: never later than by the database's. */
  #endMs = 0
  #atEnd: ReturnType<typeof setTimeout> | undefined
  readonly #held = new Map<number, { lease: Lease; session: ShardSession }>()

  constructor(
    ctx: Pick<Context, "db" | "config" | "log">,
    channel: TerminalChannel,
    holder: string,
    handler: (message: UpMessage) => void,
  ) {
    this.#ctx = ctx
    this.#channel = channel
    this.#holder = holder
    this.#handler = handler
    this.#log = ctx.log
  }

  get held(): number {
    return this.#held.size
  }

  /** Takes, renews and leaves shards. Called every third of a lease. */
  async renew(): Promise<void> {
    if (this.#closed) return
    const names = Array.from({ length: SHARDS }, (_, shard) => leaseName(shard))
    const seconds = this.#ctx.config.GATEWAY_LEASE_SECONDS
    const endMs = performance.now() + seconds * 1000
    const leases = await takeLeases(this.#ctx, names, this.#holder, seconds)
    if (!this.#closed) this.#endAt(endMs)
    await Promise.all(names.map((name, shard) => this.#follow(shard, leases.get(name))))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#atEnd)
    await Promise.all([...this.#held.keys()].map((shard) => this.#leave(shard)))
  }

  #endAt(endMs: number): void {
    this.#endMs = endMs
    clearTimeout(this.#atEnd)
    this.#atEnd = setTimeout(() => this.#end(), endMs - performance.now())
  }

  #end(): void {
    if (this.#held.size === 0) return
    this.#log.error({ shards: this.#held.size }, "the shards' leases ended without renewal: leaving them")
    const sessions = [...this.#held.values()]
    this.#held.clear()
    for (const { session } of sessions) {
      session.close().catch((error) => this.#log.warn({ error: reasonOf(error) }, "a shard's session not closed"))
    }
  }

  async #leave(shard: number): Promise<void> {
    const own = this.#held.get(shard)
    if (!own) return
    this.#held.delete(shard)
    await own.session.close()
    await releaseLease(this.#ctx, own.lease)
  }

  /** The session of a shard is there while its lease is. */
  async #follow(shard: number, lease: Lease | undefined): Promise<void> {
    if (this.#closed && lease) return releaseLease(this.#ctx, lease)
    const current = this.#held.get(shard)
    if (!lease) {
      this.#held.delete(shard)
      await current?.session.close()
      return
    }
    if (current) {
      this.#held.set(shard, { lease, session: current.session })
      return
    }
    try {
      const session = await this.#channel.listen(shard, this.#handler)
      if (performance.now() >= this.#endMs) return await session.close()
      this.#held.set(shard, { lease, session })
      if (this.#closed) await this.#leave(shard)
    } catch (error) {
      this.#log.warn({ shard, error: reasonOf(error) }, "shard not taken")
      await releaseLease(this.#ctx, lease)
    }
  }
}

function leaseName(shard: number): string {
  return `ingest-${shard}`
}

export function shardRenewalMs({ GATEWAY_LEASE_SECONDS }: Pick<Config, "GATEWAY_LEASE_SECONDS">): number {
  return (GATEWAY_LEASE_SECONDS * 1000) / 3
}
