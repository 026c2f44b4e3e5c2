import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import type { UnsentRecord } from "../../src/outbox/list-unsent"
import { purchaseKey } from "../../src/stock/accept-purchase"
import type { PurchaseRow, RefundRow } from "../../src/store/rows"
import { refundGoodsWords, refundLooks } from "../refund/refund-looks"
import { nameOf, yuan } from "../session/goods-names"
import type { Names } from "./export-day"
import { tableText } from "./save-tables"

const heads = [
  "exportTime",
  "exportRecord",
  "saleNumber",
  "exportGoods",
  "exportGrams",
  "exportNote",
] as const satisfies readonly TerminalWord[]

type Told = {
  readonly atSeconds?: number
  readonly counter?: number
  /** What the market has a number for, or what the seller calls it. */
  readonly goods?: number | string | undefined
  readonly grams?: number
  readonly note?: string
}

export interface Unsent {
  readonly records: readonly UnsentRecord[]
  readonly purchases: readonly (readonly [key: string, row: PurchaseRow])[]
  /** Money that was to go back, and whose end nobody has said. */
  readonly refunds: readonly RefundRow[]
}

/** What was written down at the stall and the gateway never had, sales aside: nobody else can enter it again. */
export function unsentTable(
  { records, purchases, refunds }: Unsent,
  { catalogue, language, zone }: Pick<Names, "catalogue" | "language"> & { readonly zone: string },
): string {
  const say = (word: TerminalWord) => terminalWords[word][language]
  const time = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" })
  const bought = new Map(purchases)
  const rows = records.map((record) => {
    const { atSeconds, counter = "", goods = "", grams = "", note = "" } = toldBy(record, bought, say)
    return [
      time.format(atSeconds === undefined ? record.queuedAtMs : seconds2024ToMs(atSeconds)),
      say(`upload-${record.kind}`),
      counter,
      typeof goods === "number" ? nameOf(goods, catalogue, language) : goods,
      grams,
      note,
    ]
  })
  const asked = refunds.map(({ askedAtMs, counter, amountFen, goods, state }) => {
    const note = [yuan(amountFen), say(refundGoodsWords[goods]), say(refundLooks[state].word)].join(" · ")
    return [time.format(askedAtMs), say("refund"), counter, "", "", note]
  })
  return tableText([[say("exportUnsent")], heads.map(say), ...rows, ...asked])
}

function toldBy(
  record: UnsentRecord,
  bought: ReadonlyMap<string, PurchaseRow>,
  say: (word: TerminalWord) => string,
): Told {
  const { kind, body } = record
  switch (kind) {
    case "harvest":
      return of(body, body.harvestedAtSeconds, body.declaredOrigin)
    case "outside-goods":
      return { ...of(body, body.receivedAtSeconds, body.declaredOrigin), goods: body.name ?? body.commodity }
    case "waste":
      return of(body, body.wastedAtSeconds, say(`waste-${body.reason}`))
    case "stock-take":
      return { atSeconds: body.countedAtSeconds, goods: body.commodity, grams: body.countedGrams }
    case "arrival":
      return {
        atSeconds: body.acceptedAtSeconds,
        goods: bought.get(purchaseKey({ ...body, saleRecordId: toHex(body.saleRecordId) }))?.commodity,
        grams: body.acceptedGrams,
        note: say(arrivalWords[body.outcome]),
      }
    case "inspection":
      return {
        atSeconds: body.testedAtSeconds,
        goods: body.commodity,
        note: `${body.sampleNumber} ${body.inhibitionPermille / 10}% ${say(body.conclusion === "passed" ? "testPassed" : "testFailed")}`,
      }
    case "cancel":
    case "void":
      return { counter: body.counter }
  }
}

const arrivalWords = { accepted: "accepted", private: "privatePurchase", refused: "refusedPurchase" } as const

function of(
  { commodity, weightGrams }: { readonly commodity: number; readonly weightGrams: number },
  atSeconds: number,
  note: string,
): Told {
  return { atSeconds, goods: commodity, grams: weightGrams, note }
}
