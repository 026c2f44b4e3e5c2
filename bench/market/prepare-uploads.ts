import { closeSync, openSync, writeSync } from "node:fs"
import type { Context } from "@suyuan/api/context"
import { concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { encodeUpload, uploadMessage } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Stall } from "./open-stalls"
import { type PaidCode, type Payer, storePaid } from "./settle-sales"
import { signCode } from "./sign-codes"

const salesPerTransaction = 1_000
/** A stall's sales follow each other: hundreds of one second would each count as late, which is more work. */
const secondsBetweenSales = 10

/** Three lines of what the stall has, another three for the next sale. */
export function linesOf(stall: Stall, counter: number): SaleLine[] {
  return [0, 1, 2].map((position) => ({
    slot: 1 + ((counter + position) % stall.commodities.length),
    quantity: { unit: "gram", count: 300 + ((counter * 37 + position * 211) % 900) },
    unitPriceFen: 380 + ((counter * 13 + position * 57) % 700),
  }))
}

/**
 * Signs `count` sales, the stalls taking turns, stores them as paid, and writes what their terminals will publish into
 * `file`, in the same order: (terminal 5, length 2, envelope)*.
 */
export async function prepareUploads(
  ctx: Context,
  stalls: readonly Stall[],
  payers: readonly Payer[],
  count: number,
  file: string,
): Promise<void> {
  const networkId = ctx.config.NETWORK_ID
  const output = openSync(file, "w")
  const lastSeconds = msToSeconds2024(ctx.clock.nowMs())
  const counterMax = Math.ceil(count / stalls.length)
  for (let from = 0; from < count; from += salesPerTransaction) {
    const paid: PaidCode[] = []
    for (let index = from; index < Math.min(count, from + salesPerTransaction); index += 1) {
      const stall = stalls[index % stalls.length]!
      const counter = 1 + Math.floor(index / stalls.length)
      const issuedAtSeconds = lastSeconds - (counterMax - counter) * secondsBetweenSales
      const sale = { counter, issuedAtSeconds, snapshotPrefix: stall.snapshotPrefix, lines: linesOf(stall, counter) }
      const code = signCode(stall.terminal, networkId, sale)
      paid.push({ code, payer: payers[index % payers.length]! })
      writeSync(output, uploadOf(stall, networkId, concatBytes(code.bodyBytes, code.signature)))
    }
    await ctx.db.transaction((tx) => storePaid(ctx, tx, paid))
  }
  closeSync(output)
}

function uploadOf({ terminal }: Stall, networkId: number, payCode: Uint8Array): Uint8Array {
  const body = encodeUploadBody("sale", { payCode, lines: undefined, settlement: "platform" })
  const upload = { kind: "sale" as const, uploadId: Bun.randomUUIDv7(), body }
  const envelope = encodeUpload({ ...upload, signature: terminal.sign(uploadMessage(networkId, terminal.id, upload)) })
  return concatBytes(uintToBytes(terminal.id, 5), uintToBytes(envelope.length, 2), envelope)
}
