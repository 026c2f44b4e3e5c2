/** What is printed, as rows that a printer's picture and the print dialogue both show. */
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { traceLabelMessage, traceLabelUrl } from "@suyuan/protocol/terminal/trace-label"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { linesOf } from "../sale/sale-lines"
import type { SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type SlipRow =
  | { readonly kind: "title" | "text"; readonly text: string }
  | { readonly kind: "pair"; readonly left: string; readonly right: string }
  | { readonly kind: "rule" }
  | { readonly kind: "qr"; readonly url: string }

export interface SlipWords {
  readonly line: (index: number) => { readonly name: string; readonly quantity: string; readonly origin: string }
  readonly total: string
  readonly standing: string
  readonly saleNumber: string
  readonly stall: string
  /** Beside its own line alone, and as the stall's own word; "" where nobody said any. */
  readonly origin: (declared: string) => string
  readonly scanForTrace: string
  readonly development: string | undefined
}

/** The page of this sale's trace, as a share; made without a network. */
export async function labelUrlOf({ identity, receiptKey }: Terminal, { counter }: SaleRow): Promise<string> {
  const { networkId, terminal, gatewayUrl } = identity
  const mac = await receiptKey.mac(traceLabelMessage(networkId, terminal, counter))
  return traceLabelUrl(gatewayUrl, terminal, counter, mac)
}

/** For the buyer's own hands: goods, amounts, total, and when. */
export function receiptRows(terminal: Terminal, sale: SaleRow, url: string, words: SlipWords, time: string): SlipRow[] {
  return [
    ...headRows(terminal, words),
    { kind: "text", text: time },
    { kind: "rule" },
    ...linesOf(sale).map((line, index): SlipRow => {
      const { name, quantity } = words.line(index)
      return { kind: "pair", left: `${name} ${quantity}`, right: `¥${fenToYuan(lineAmountFen(line))}` }
    }),
    { kind: "rule" },
    { kind: "pair", left: words.total, right: `¥${fenToYuan(sale.amountFen)}` },
    { kind: "pair", left: words.standing, right: `${words.saleNumber} ${sale.counter}` },
    { kind: "qr", url },
    { kind: "text", text: words.scanForTrace },
  ]
}

/** For the bag, which anybody may read: neither price nor time of day, nor how it was paid. */
export function labelRows(terminal: Terminal, sale: SaleRow, url: string, words: SlipWords, day: string): SlipRow[] {
  return [
    ...sale.lines.flatMap((_, index): SlipRow[] => {
      const { name, quantity, origin } = words.line(index)
      return [
        { kind: "pair", left: name, right: quantity },
        { kind: "text", text: words.origin(origin) },
      ]
    }),
    { kind: "rule" },
    ...headRows(terminal, words),
    { kind: "text", text: day },
    { kind: "qr", url },
    { kind: "text", text: words.scanForTrace },
  ]
}

function headRows({ identity: { stall, site } }: Terminal, words: SlipWords): SlipRow[] {
  return [
    { kind: "title", text: stall.name },
    { kind: "text", text: `${site.name} · ${words.stall} ${stall.stallNumber}` },
    ...(words.development === undefined ? [] : [{ kind: "text" as const, text: words.development }]),
  ]
}
