import type { Sql } from "postgres"
import { z } from "zod"

const notification = z.object({
  sale: z.string().max(32),
  event: z.string().max(32),
  version: z.number().int(),
  data: z.record(z.string(), z.unknown()),
})
export type BuyerEvent = z.infer<typeof notification>

/** @param event undefined once the connection is back after it was away: some may have been missed. */
type Listener = (event: BuyerEvent | undefined) => void

/**
 * One LISTEN of this process, handed on to everybody who waits here for a sale. The relay of any gateway notifies, so
 * a buyer may wait at any. An event can be missed while the connection is away: once it is back everybody is woken.
 */
export class BuyerEvents {
  readonly #listeners = new Map<string, Set<Listener>>()
  #unlisten: (() => Promise<void>) | undefined

  async start(sql: Sql): Promise<void> {
    const { unlisten } = await sql.listen(
      "buyer",
      (payload) => this.#hand(payload),
      () => this.#wakeAll(),
    )
    this.#unlisten = unlisten
  }

  /** @param sale `<terminal hex>/<counter>`. Returns how to stop. */
  subscribe(sale: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(sale) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(sale, listeners)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(sale)
    }
  }

  get waiting(): number {
    return this.#listeners.size
  }

  async stop(): Promise<void> {
    await this.#unlisten?.()
    this.#listeners.clear()
  }

  #wakeAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener(undefined)
  }

  #hand(payload: string): void {
    const parsed = notification.safeParse(parseJson(payload))
    if (!parsed.success) return
    for (const listener of this.#listeners.get(parsed.data.sale) ?? []) listener(parsed.data)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
