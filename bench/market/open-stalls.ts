import type { Context } from "@suyuan/api/context"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { snapshots, terminals } from "@suyuan/drizzle/schema/terminals"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import {
  encodeStockSnapshot,
  snapshotPrefix,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { type SigningTerminal, signingTerminal } from "./sign-codes"

export type Stall = {
  readonly siteId: string
  readonly merchantId: string
  readonly terminal: SigningTerminal
  readonly snapshotPrefix: Uint8Array
  /** What slot 1, 2, … holds. */
  readonly commodities: readonly number[]
}

export type StallsToOpen = {
  readonly siteId: string
  readonly count: number
  /** Serial of the first terminal; the others follow. */
  readonly firstSerial: number
  readonly commoditiesOf: (index: number) => readonly number[]
}

/** Stalls with an active terminal each, whose key the chain's registry counts as known, and its stock snapshot. */
export async function openStalls(ctx: Context, order: StallsToOpen): Promise<Stall[]> {
  const { NETWORK_ID } = ctx.config
  const createdAt = new Date(ctx.clock.nowMs())
  const stalls = Array.from({ length: order.count }, (_, index) => {
    const id = makeTerminalId(1, order.firstSerial + index)
    const terminal = signingTerminal(id, ctx.keys.receiptKey(id))
    const commodities = order.commoditiesOf(index)
    const snapshot = encodeStockSnapshot({
      terminal: id,
      issuedAtSeconds: msToSeconds2024(createdAt.getTime()),
      slots: commodities.map((commodity, position) => ({
        ...{ slot: position + 1, commodity, lot: undefined, declaredOrigin: "河北张家口张北" },
        ...{ packLowGrams: 0, packHighGrams: 0, pile: "merged" as const },
      })),
    })
    const hash = stockSnapshotHash(snapshot)
    const signature = terminal.sign(stockSnapshotMessage(NETWORK_ID, hash))
    const merchantId = ctx.random.uuid()
    const { siteId } = order
    return {
      siteId,
      merchantId,
      terminal,
      snapshotPrefix: snapshotPrefix(hash),
      commodities,
      snapshot,
      hash,
      signature,
    }
  })
  await ctx.db.insert(merchants).values(
    stalls.map(({ merchantId, siteId, terminal }) => ({
      ...{ id: merchantId, siteId, stallNumber: `A-${terminal.id % 100_000}`, name: "演示摊位" },
      ...{ alias: ctx.keys.stallAlias(merchantId), state: "active" as const, createdAt },
    })),
  )
  await ctx.db.insert(terminals).values(
    stalls.map(({ merchantId, siteId, terminal }) => ({
      ...{ id: terminal.id, merchantId, siteId, state: "active" as const, algorithm: "ed25519" as const },
      ...{ publicKey: toHex(terminal.publicKey), registeredState: "active" as const },
      registeredKey: toHex(terminal.publicKey),
      ...{ createdAt, stateChangedAt: createdAt },
    })),
  )
  await ctx.db.insert(snapshots).values(
    stalls.map(({ siteId, terminal, hash, snapshot, signature, snapshotPrefix: prefix }) => ({
      ...{ terminalId: terminal.id, hash: toHex(hash), prefix: toHex(prefix), siteId, bytes: snapshot },
      ...{ signature: toHex(signature), issuedAt: createdAt, receivedAt: createdAt },
    })),
  )
  return stalls
}
