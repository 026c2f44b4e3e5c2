/** Port to the broker: how the gateway hears terminals and speaks to them. */

export type UpMessage = {
  readonly terminalId: number
  /** `record` or `hello`. */
  readonly topic: string
  readonly payload: Uint8Array
  readonly receivedAtMs: number
}

export interface TerminalChannel {
  /**
   * Listens to one shard with one persistent session. The handler must not throw; its return releases the broker's
   * acknowledgement at once, because durability rests on the acknowledgement that the gateway sends after commit.
   */
  listen(shard: number, handler: (message: UpMessage) => void): Promise<ShardSession>
  /** QoS 1 to `t/<shard>/<terminal>/down/<topic>`; resolves when the broker has it, rejects when it is out of reach. */
  publish(terminalId: number, topic: string, payload: string): Promise<void>
  /** True while connected. */
  readonly connected: () => boolean
  close(): Promise<void>
}

export interface ShardSession {
  close(): Promise<void>
}

export const SHARDS = 16
/** Larger messages are dropped unread: a sale of 255 lines is below 4 KB, a snapshot of 200 slots below 32 KB. */
export const UP_MESSAGE_BYTES_MAX = 65_536

export function shardOf(terminalId: number): number {
  return terminalId % SHARDS
}
