// A stall with an active terminal that can sell: signs snapshots, codes and uploads as a tablet does.

import type { Context } from "@suyuan/api/context"
import { recordUploads, type UploadAck } from "@suyuan/api/mqtt/record-uploads"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { concatBytes } from "@suyuan/protocol/codec/bytes"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { linesDigest, signPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import {
  encodeStockSnapshot,
  type StockSlot,
  snapshotPrefix,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { signUpload, type UploadKind } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody, type UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { enrolTerminal, makeStall, newTablet, type TestStall, type TestTablet } from "./stall"

export const cabbage = 101
export const pepper = 102

export async function stockCatalogue(ctx: Context): Promise<void> {
  const entry = { synonyms: [], shelfLifeHours: 72, catalogueVersion: 1 }
  await ctx.db
    .insert(commodities)
    .values([
      { code: cabbage, nameZh: "大白菜", nameEn: "Chinese cabbage", ...entry },
      { code: pepper, nameZh: "杭椒", nameEn: "Hang pepper", ...entry },
    ])
    .onConflictDoNothing()
}

export const slotOf = (slot: number, commodity: number, more: Partial<StockSlot> = {}): StockSlot => ({
  slot,
  commodity,
  lot: undefined,
  declaredOrigin: "",
  packLowGrams: 0,
  packHighGrams: 0,
  pile: "merged",
  ...more,
})

export const gramsOf = (slot: number, count: number, unitPriceFen = 400): SaleLine => ({
  slot,
  quantity: { unit: "gram", count },
  unitPriceFen,
})

export type SellingTerminal = TestStall & {
  readonly terminalId: number
  /** Signs a code; uploads nothing. The clock is the test's. */
  readonly code: (counter: number, lines: readonly SaleLine[], amountFen?: number) => Promise<PayCode>
  /** An envelope as it is published. */
  readonly envelope: <K extends UploadKind>(kind: K, body: UploadBody<K>, uploadId?: string) => Promise<Uint8Array>
  readonly saleBody: (code: PayCode, settlement?: UploadBody<"sale">["settlement"]) => UploadBody<"sale">
  readonly snapshot: Uint8Array
  readonly snapshotBody: () => UploadBody<"snapshot">
  /** Hands envelopes to the gateway as the broker would. */
  readonly deliver: (...envelopes: readonly Uint8Array[]) => Promise<UploadAck[]>
  /** The same to a gateway with another view of the database. */
  readonly deliverTo: (gateway: Context, ...envelopes: readonly Uint8Array[]) => Promise<UploadAck[]>
}

export async function sellingTerminal(
  ctx: Context,
  kind: "base" | "wholesale" | "market" = "market",
  slots: readonly StockSlot[] = [slotOf(1, cabbage), slotOf(2, pepper)],
  ownTablet: TestTablet = newTablet(),
): Promise<SellingTerminal> {
  await stockCatalogue(ctx)
  const stall = await makeStall(ctx, kind)
  const { tablet, terminalId } = await enrolTerminal(ctx, stall.merchantId, ownTablet)
  const networkId = ctx.config.NETWORK_ID
  const issuedAtSeconds = () => msToSeconds2024(ctx.clock.nowMs())
  const snapshot = encodeStockSnapshot({ terminal: terminalId, issuedAtSeconds: issuedAtSeconds(), slots: [...slots] })
  const hash = stockSnapshotHash(snapshot)
  const saltOf = (counter: number) => priceSalt(ctx.keys.receiptKey(terminalId), networkId, terminalId, counter)
  const deliverTo: SellingTerminal["deliverTo"] = (gateway, ...envelopes) =>
    recordUploads(
      gateway,
      envelopes.map((payload) => ({ terminalId, topic: "record", payload, receivedAtMs: ctx.clock.nowMs() })),
    )
  return {
    ...stall,
    terminalId,
    snapshot,
    snapshotBody: () => ({ snapshot, signature: tablet.sign(stockSnapshotMessage(networkId, hash)) }),
    code: (counter, lines, amountFen = linesTotalFen(lines)) => {
      const salt = saltOf(counter)
      const body = {
        algorithm: tablet.algorithm,
        terminal: terminalId,
        counter,
        issuedAtSeconds: issuedAtSeconds(),
        amountFen,
        snapshotPrefix: snapshotPrefix(hash),
        lines:
          lines.length <= 8
            ? ({ kind: "inline", items: lines } as const)
            : ({ kind: "digest", count: lines.length, digest: linesDigest(networkId, salt, lines) } as const),
      }
      return signPayCode(body, { networkId, priceSalt: salt, sign: tablet.sign })
    },
    envelope: (kindOf, body, uploadId = ctx.random.uuid()) =>
      signUpload(
        { kind: kindOf, uploadId, body: encodeUploadBody(kindOf, body) },
        { networkId, terminal: terminalId, algorithm: tablet.algorithm, sign: tablet.sign },
      ),
    saleBody: (code, settlement = "platform") => ({
      payCode: concatBytes(code.bodyBytes, code.signature),
      lines: undefined,
      settlement,
    }),
    deliver: (...envelopes) => deliverTo(ctx, ...envelopes),
    deliverTo,
  }
}
