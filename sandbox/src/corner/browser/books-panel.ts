/** Below: what the platforms booked, the latest orders, and the fault switches. */
import type { CornerWords } from "../words"
import { ask } from "./ask"
import { byId, element, yuan } from "./element"

const refreshEveryMs = 3000

interface Books {
  readonly platforms: Readonly<Record<string, { receiptsFen: number; refundsFen: number; paidOrders: number }>>
}

interface Orders {
  readonly orders: readonly {
    platform: string
    orderNo: string
    amountFen: number
    refundedFen: number
    state: string
  }[]
}

const shapes: Readonly<Record<string, string>> = { open: "◔", paid: "✓", closed: "✕" }
const classes: Readonly<Record<string, string>> = { open: "waiting", paid: "paid", closed: "soft" }

/** Where a fault of the page strikes; the others have one place only. */
const operationOf: Readonly<Record<string, string>> = {
  delay: "create",
  "lost-response": "create",
  "system-error": "create",
  "notification-first": "pay",
}

export class BooksPanel {
  readonly #words: CornerWords

  constructor(words: CornerWords) {
    this.#words = words
    this.#drawFaults([])
  }

  async look(): Promise<void> {
    await this.refresh()
    setTimeout(() => void this.look(), refreshEveryMs)
  }

  async refresh(): Promise<void> {
    const [books, latest] = await Promise.all([
      ask<Books>("GET", "/sandbox/books"),
      ask<Orders>("GET", "/sandbox/orders?limit=5"),
    ])
    if (books === undefined || latest === undefined) return
    byId("books").replaceChildren(this.#sums(books), this.#latest(latest))
  }

  #platform(name: string): string {
    return name === "alipay" ? this.#words.alipay : this.#words.wechat
  }

  #sums(books: Books): HTMLElement {
    const words = this.#words
    const head = [words.platform, words.orders, words.receipts, words.refunds]
    const rows = Object.entries(books.platforms).map(([name, sum]) => [
      this.#platform(name),
      String(sum.paidOrders),
      yuan(sum.receiptsFen),
      yuan(sum.refundsFen),
    ])
    return table(element("caption", { class: "unseen" }, words.booksTitle), head, rows)
  }

  #latest({ orders }: Orders): HTMLElement {
    const words = this.#words
    if (orders.length === 0) return element("p", { class: "soft" }, words.noOrders)
    const head = [words.orderNo, words.amount, words.state, words.platform]
    const rows = orders.map((order) => {
      const shape = `${shapes[order.state] ?? "?"} ${words.states[order.state] ?? order.state}`
      const returned = order.refundedFen > 0 ? ` · ${words.refunded} ${yuan(order.refundedFen)}` : ""
      return [
        element("span", { class: "mono" }, order.orderNo),
        yuan(order.amountFen),
        element("span", { class: classes[order.state] ?? "" }, shape + returned),
        this.#platform(order.platform),
      ]
    })
    return table(element("caption", {}, words.recent), head, rows)
  }

  #drawFaults(armed: readonly string[]): void {
    const words = this.#words
    const arm = async (kind: string) => {
      const operation = operationOf[kind]
      await ask("POST", "/sandbox/faults", { kind, times: 1, ...(operation === undefined ? {} : { operation }) })
      this.#drawFaults([...armed, kind])
    }
    const buttons = Object.entries(words.faults).map(([kind, name]) => {
      const on = armed.includes(kind)
      return element(
        "button",
        { type: "button", "aria-pressed": String(on), click: () => void arm(kind) },
        on ? `${name} · ${words.armed}` : name,
      )
    })
    const clear = async () => {
      await ask("DELETE", "/sandbox/faults")
      this.#drawFaults([])
    }
    const clearButton = element("button", { type: "button", click: () => void clear() }, words.clearFaults)
    byId("faults").replaceChildren(
      element("p", { class: "soft" }, words.faultsLead),
      element("div", { class: "row" }, ...buttons),
      clearButton,
    )
  }
}

/** The first column is text, the two money columns stand right. */
function table(
  caption: HTMLElement,
  head: readonly string[],
  rows: readonly (readonly (string | HTMLElement)[])[],
): HTMLElement {
  const isMoney = (cell: string | HTMLElement | undefined) => typeof cell === "string" && cell.startsWith("¥")
  const money = (index: number) => (isMoney(rows[0]?.[index]) ? { class: "money" } : {})
  const headRow = element(
    "tr",
    {},
    ...head.map((name, index) => element("th", { scope: "col", ...money(index) }, name)),
  )
  const bodyRows = rows.map((row) => element("tr", {}, ...row.map((cell, index) => element("td", money(index), cell))))
  const parts = [caption, element("thead", {}, headRow), element("tbody", {}, ...bodyRows)]
  return element("div", { class: "table" }, element("table", {}, ...parts))
}
