/** Text cells that a spreadsheet would run as a formula (OWASP, CSV injection). Our own amounts may begin with a minus. */
const runs = /^[=+\-@\t\r]/
const amount = /^-?\d+(\.\d\d)?$/

function cellOf(value: string): string {
  const inert = runs.test(value) && !amount.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** RFC 4180 with the byte order mark by which spreadsheets know UTF-8. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellOf).join(",")).join("\r\n")}\r\n`
}
