import { type BillLimits, type BillLine, billLimits, billPageLines, type DailyBill } from "../payments/daily-bill"
import { type Outcome, succeeded, unknown } from "../payments/payment-provider"
import type { BillFile } from "./bill-file"

/** No row of either platform comes near it; a file without line ends must not fill the memory. */
const rowLengthMax = 16_384

/** Thrown while a bill is read: what stands in it is anybody's guess, or too much. */
export class BillUnreadable extends Error {
  readonly reason: "malformed" | "too-large"

  constructor(reason: "malformed" | "too-large") {
    super(`the bill is ${reason}`)
    this.reason = reason
  }
}

/** One platform's format. Rows come in order, without their line ends; both functions throw `BillUnreadable`. */
export type RowReader = {
  /** `undefined` for a row that is no line of the bill. */
  readonly row: (text: string) => BillLine | undefined
  /** After the last row: whether the bill is complete and adds up. */
  readonly end: () => void
}

/** Reads no further than whoever takes the pages does. */
export async function* billPages(
  texts: AsyncIterable<string>,
  reader: RowReader,
  limits: BillLimits = billLimits,
): AsyncGenerator<readonly BillLine[]> {
  let rest = ""
  let lines = 0
  let page: BillLine[] = []
  const take = (row: string): boolean => {
    const line = reader.row(row.endsWith("\r") ? row.slice(0, -1) : row)
    if (line === undefined) return false
    lines += 1
    if (lines > limits.linesMax) throw new BillUnreadable("too-large")
    return page.push(line) === billPageLines
  }
  for await (const text of texts) {
    const rows = (rest + text).split("\n")
    rest = rows.pop() ?? ""
    if (rest.length > rowLengthMax) throw new BillUnreadable("malformed")
    for (const row of rows) {
      if (!take(row)) continue
      yield page
      page = []
    }
  }
  if (rest !== "") take(rest)
  reader.end()
  if (page.length > 0) yield page
}

/** Reads the whole file once before any of it is used; then its pages may be read. Closes a file that is not sound. */
export async function soundBill(
  file: BillFile,
  pages: () => AsyncIterable<readonly BillLine[]>,
): Promise<Outcome<DailyBill>> {
  try {
    for await (const _ of pages()) {
      // Read for what it throws.
    }
  } catch (cause) {
    await file.close()
    if (!(cause instanceof BillUnreadable)) throw cause
    return cause.reason === "too-large" ? succeeded({ state: "too-large" }) : unknown("malformed")
  }
  return succeeded({ state: "ready", bill: { pages, close: file.close } })
}
