/** What of an earlier terminal's sales a person has to look at, as a flat list. */
import type { LostRow } from "../store/heard-rows"

type LostSale = LostRow["terminals"][number]["sales"][number]

export type LostItem =
  | {
      readonly kind: "sale"
      /** Names it for `markEntered`. */
      readonly name: string
      /** Names what a sale of it enters: of a gap its first number, since each may have been a sale. */
      readonly enterName: string
      readonly sale: LostSale
    }
  | {
      readonly kind: "gap"
      readonly name: string
      readonly enterName: string
      readonly from: number
      readonly to: number
    }

type Range = { readonly from: number; readonly to: number }

/** @returns what is rebuilt, and what is left to enter; both oldest first. */
export function lostItems(row: LostRow | undefined): {
  readonly rebuilt: readonly LostItem[]
  readonly open: readonly LostItem[]
} {
  const entered = new Set(row?.entered)
  const all = (row?.terminals ?? []).flatMap(({ terminalId, sales, gaps }): LostItem[] => {
    const done = doneRanges(terminalId, row?.entered ?? [])
    return [
      ...sales.map((sale) => saleItem(`${terminalId}/${sale.counter}`, sale)),
      ...gaps.flatMap((gap) => without(gap, done)).map((range) => gapItem(terminalId, range)),
    ]
  })
  const isRebuilt = (item: LostItem) => item.kind === "sale" && item.sale.outcome === "rebuilt"
  return { rebuilt: all.filter(isRebuilt), open: all.filter((item) => !isRebuilt(item) && !entered.has(item.name)) }
}

function saleItem(name: string, sale: LostSale): LostItem {
  return { kind: "sale", name, enterName: name, sale }
}

function gapItem(terminalId: string, { from, to }: Range): LostItem {
  return { kind: "gap", name: `${terminalId}/${from}-${to}`, enterName: `${terminalId}/${from}-${from}`, from, to }
}

/** Of a terminal's gaps what a person is done with, lowest first. */
function doneRanges(terminalId: string, entered: readonly string[]): Range[] {
  const ranges = entered.flatMap((name): Range[] => {
    const [, id, from, to] = /^(.*)\/(\d+)-(\d+)$/.exec(name) ?? []
    return id === terminalId ? [{ from: Number(from), to: Number(to) }] : []
  })
  return ranges.sort((one, other) => one.from - other.from)
}

function without(gap: Range, done: readonly Range[]): Range[] {
  const left: Range[] = []
  let { from } = gap
  for (const range of done) {
    if (range.from > from) left.push({ from, to: Math.min(range.from - 1, gap.to) })
    from = Math.max(from, range.to + 1)
    if (from > gap.to) return left.filter((one) => one.from <= one.to)
  }
  return [...left, { from, to: gap.to }].filter((one) => one.from <= one.to)
}
