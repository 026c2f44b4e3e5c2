/** Cells and amounts of bill files, read strictly: what does not look as documented makes the whole bill unreadable. */
import { yuanToFen } from "@suyuan/protocol/units/money"
import type { BillLine } from "../payments/daily-bill"

/** Whole fen of `12`, `-12.30` or `0.07000`; undefined for anything else, also for a part of a fen. */
export function billFen(text: string): number | undefined {
  const match = /^(-?)(\d{1,11})(?:\.(\d{2})0{0,3})?$/.exec(text)
  if (match === null) return undefined
  const fen = yuanToFen(`${Number(match[2])}.${match[3] ?? "00"}`)
  if (!fen.ok) return undefined
  return match[1] === "-" && fen.value !== 0 ? -fen.value : fen.value
}

/** Finds columns by their names, whatever their order; undefined when one is missing or stands there twice. */
export function columnReader<Name extends string>(
  header: readonly string[],
  names: readonly Name[],
): ((cells: readonly string[]) => Record<Name, string> | undefined) | undefined {
  const places = names.map((name) => [name, header.indexOf(name)] as const)
  const sound = places.every(([name, place]) => place >= 0 && header.lastIndexOf(name) === place)
  if (!sound) return undefined
  return (cells) => {
    if (cells.length !== header.length) return undefined
    const found: Partial<Record<Name, string>> = {}
    for (const [name, place] of places) found[name] = cells[place] ?? ""
    return found as Record<Name, string>
  }
}

/** What the lines of a bill come to, to be held against what the bill says of itself. */
export class BillTotals {
  payments = 0
  refunds = 0
  paidFen = 0
  refundedFen = 0
  feesFen = 0

  add(line: BillLine): void {
    this.feesFen += line.feeFen
    if (line.about === "payment") {
      this.payments += 1
      this.paidFen += line.amountFen
    } else {
      this.refunds += 1
      this.refundedFen += line.amountFen
    }
  }
}
