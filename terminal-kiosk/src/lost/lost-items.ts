/** What of an earlier terminal's sales a person has to look at, as a flat list. */
import type { LostRow } from "../store/heard-rows"

export type LostItem =
  | {
      readonly kind: "sale"
      /** Names it for `markEntered`. */
      readonly name: string
      readonly sale: LostRow["terminals"][number]["sales"][number]
    }
  | { readonly kind: "gap"; readonly name: string; readonly from: number; readonly to: number }

/** @returns what is rebuilt, and what is left to enter; both oldest first. */
export function lostItems(row: LostRow | undefined): {
  readonly rebuilt: readonly LostItem[]
  readonly open: readonly LostItem[]
} {
  const all = (row?.terminals ?? []).flatMap(({ terminalId, sales, gaps }): LostItem[] => [
    ...sales.map((sale) => ({ kind: "sale" as const, name: `${terminalId}/${sale.counter}`, sale })),
    ...gaps.map(({ from, to }) => ({ kind: "gap" as const, name: `${terminalId}/${from}-${to}`, from, to })),
  ])
  const isRebuilt = (item: LostItem) => item.kind === "sale" && item.sale.outcome === "rebuilt"
  const entered = new Set(row?.entered)
  return { rebuilt: all.filter(isRebuilt), open: all.filter((item) => !isRebuilt(item) && !entered.has(item.name)) }
}
