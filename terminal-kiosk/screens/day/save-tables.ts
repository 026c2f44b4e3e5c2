/** Tables for a spreadsheet, as a file that the tablet keeps. */
import type { Terminal } from "../../src/terminal"

type Cell = string | number

/** The mark says to spreadsheets that it is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF"

export function tableText(rows: readonly (readonly Cell[])[]): string {
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`
}

/** RFC 4180; a cell that a spreadsheet would take for a formula stays text. */
function cell(value: Cell): string {
  const text = /^[=+\-@\t]/.test(String(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One below the other, with an empty line between. @param dayMs any instant of the day that names the file */
export function saveTables(tables: readonly string[], { identity }: Pick<Terminal, "identity">, dayMs: number): void {
  const { site, stall } = identity
  const file = new Blob([BYTE_ORDER_MARK, tables.join("\r\n")], { type: "text/csv" })
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: site.zone }).format(dayMs)
  link.download = `suyuan-${stall.stallNumber}-${day}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}
