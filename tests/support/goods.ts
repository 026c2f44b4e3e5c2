// A chain of trade: two bases, a wholesaler, a stall, consumers; and what the trace says of one sale.
import { Afterwards } from "@suyuan/api/afterwards"
import type { Context, Database } from "@suyuan/api/context"
import type { UploadAck } from "@suyuan/api/mqtt/record-uploads"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { TestClock } from "./context"
import { newBuyer, type TestBuyer } from "./paying"
import { cabbage, type SellingTerminal, sellingTerminal, slotOf } from "./selling"

export type Trade = {
  readonly baseA: SellingTerminal
  readonly baseB: SellingTerminal
  readonly wholesaler: SellingTerminal
  readonly stall: SellingTerminal
  /** Wallets that buy for the wholesaler and for the stall. */
  readonly wholesalerWallet: TestBuyer
  readonly stallWallet: TestBuyer
  readonly consumer: TestBuyer
}

/** All of them sell cabbage from slot 1, out of one pile. Snapshots have arrived. */
export async function openTrade(ctx: Context): Promise<Trade> {
  const kinds = ["base", "base", "wholesale", "market"] as const
  const [baseA, baseB, wholesaler, stall] = await Promise.all(
    kinds.map((kind) => sellingTerminal(ctx, kind, [slotOf(1, cabbage)])),
  )
  if (!baseA || !baseB || !wholesaler || !stall) throw new Error("a terminal is missing")
  for (const terminal of [baseA, baseB, wholesaler, stall]) {
    await terminal.deliver(await terminal.envelope("snapshot", terminal.snapshotBody()))
  }
  return {
    ...{ baseA, baseB, wholesaler, stall },
    wholesalerWallet: await newBuyer(ctx, wholesaler),
    stallWallet: await newBuyer(ctx, stall),
    consumer: await newBuyer(ctx),
  }
}

/** Far enough apart for their order to be certain. */
export const nextMoment = (clock: TestClock) => clock.advance(60_000)

export const secondsOf = (ctx: Pick<Context, "clock">) => msToSeconds2024(ctx.clock.nowMs())

export function harvestBody(ctx: Context, lot: string, weightGrams: number): UploadBody<"harvest"> {
  return {
    ...{ lot, commodity: cabbage, weightGrams, harvestedAtSeconds: secondsOf(ctx), declaredOrigin: "河北张家口" },
    certificate: undefined,
  }
}

export function arrivalBody(
  ctx: Pick<Context, "clock">,
  saleRecordId: string,
  outcome: UploadBody<"arrival">["outcome"],
  acceptedGrams = 0,
): UploadBody<"arrival"> {
  const bytes = fromHex(saleRecordId)
  if (!bytes) throw new Error("a record id is not hex")
  return { saleRecordId: bytes, lineIndex: 0, acceptedGrams, acceptedAtSeconds: secondsOf(ctx), outcome }
}

/** What must and may be in the first line of a sale, by lot; `unknown` among them. */
export async function rangesOf(ctx: Context, recordId: string): Promise<Record<string, [number, number]>> {
  const { lines } = await readTrace(ctx, ctx.db, recordId, "purchase")
  const origin = lines[0]?.origin
  if (!origin) throw new Error("the sale has no origin")
  const ranges = origin.sources.map(
    ({ lotId, mustGrams, mayGrams }) => [lotId, [mustGrams, mayGrams]] as [string, [number, number]],
  )
  const { mustGrams, mayGrams } = origin.unknown
  if (mayGrams > 0) ranges.push(["unknown", [mustGrams, mayGrams]])
  return Object.fromEntries(ranges)
}

export const refusalsOf = (acks: readonly UploadAck[]) => acks.map(({ refusal }) => refusal ?? "stored")

/** The same gateway inside a transaction that is taken back afterwards. */
export async function inUndoneTransaction<T>(ctx: Context, work: (inside: Context) => Promise<T>): Promise<T> {
  const undo = new Error("undo")
  let result: { value: T } | undefined
  await ctx.db
    .transaction(async (tx) => {
      // A transaction has everything that the verbs use of a database; its own transactions are savepoints.
      const own = tx as unknown as Database
      const inside = { ...ctx, db: own, questions: own, duties: own, afterwards: new Afterwards(ctx.log) }
      result = { value: await work(inside) }
      await inside.afterwards.settled()
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  if (!result) throw new Error("the work gave nothing")
  return result.value
}
