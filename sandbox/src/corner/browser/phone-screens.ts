/** What a phone shows in each of its states. Each has a word, a shape and the next thing to do. */
import type { Platform } from "../../accounts"
import type { PhoneApp, PhoneView } from "../phone"
import type { LineView, SaleView } from "../sale-view"
import type { CornerWords } from "../words"
import { type Child, element, yuan } from "./element"

export interface PhoneActions {
  scan(): void
  login(buyerId: number): void
  newBuyer(): void
  /** The platform in a plain browser; without it, the one of before. */
  pay(platform?: Platform): void
  confirm(decision: "pay" | "refuse" | "cancel"): void
  choose(app: PhoneApp): void
  showOriginal(shown: boolean): void
}

interface Common {
  readonly words: CornerWords
  readonly actions: PhoneActions
  readonly buyers: readonly { id: number; name: string }[]
}

type WithView = Common & { readonly view: PhoneView }
type WithSale = WithView & { readonly sale: SaleView }

const button = (text: string, click: () => void, primary = false) =>
  element("button", { type: "button", ...(primary ? { class: "primary" } : {}), click }, text)

const status = (kind: "paid" | "waiting" | "refused", shape: string, ...text: Child[]) =>
  element("p", { class: `state ${kind}` }, element("span", { "aria-hidden": "true" }, shape), ...text)

export function homeScreen(props: Common & { app: PhoneApp; apps: readonly PhoneApp[]; canScan: boolean }): Node[] {
  const { words, actions, app } = props
  const choices = props.apps.map((one) =>
    element(
      "button",
      { type: "button", "aria-pressed": String(one === app), click: () => actions.choose(one) },
      words[one],
    ),
  )
  const scan = button(words.scan, actions.scan, true)
  if (!props.canScan) scan.setAttribute("disabled", "")
  return [
    element("h3", {}, words.asApp),
    element("div", { class: "row", role: "group", "aria-label": words.asApp }, ...choices),
    element("p", { class: "empty" }, props.canScan ? words.home : words.noCode),
    scan,
  ]
}

export function errorScreen({ words, actions, view }: WithView): Node[] {
  const { error } = view
  const text = error === null ? "" : typeof error === "string" ? (words.errors[error] ?? error) : error.words
  return [
    status("refused", "✕", text),
    button(words.scanAgain, actions.scan, true),
    appsButton({ words, actions, app: view.app }),
  ]
}

function appsButton(props: { words: CornerWords; actions: PhoneActions; app: PhoneApp }): HTMLElement {
  return button(props.words.otherApp, () => props.actions.choose(props.app))
}

function lineRow(line: LineView, words: CornerWords): HTMLElement {
  const price = [line.quantity, line.unitPrice].filter((part) => part !== "").join(" × ")
  return element(
    "div",
    { class: "line" },
    element("strong", {}, line.name ?? words.unnamed),
    element("span", { class: "money" }, line.amountFen === null ? "" : yuan(line.amountFen)),
    element("span", { class: "soft" }, price),
    element("span", {}),
    element(
      "span",
      { class: line.origin === null ? "whole soft" : "whole" },
      line.origin ?? `? ${words.originUnknown}`,
    ),
    ...line.checks.map((check) =>
      element("span", { class: `whole ${check.good ? "paid" : "refused"}` }, `${check.good ? "✓" : "✕"} ${check.text}`),
    ),
  )
}

function slip(sale: SaleView, words: CornerWords): HTMLElement {
  const number = sale.stallNumber === "" ? "" : stallNumber(sale.stallNumber, words)
  const lines =
    sale.lines === null
      ? [element("p", { class: "soft" }, words.noLines)]
      : sale.lines.map((line) => lineRow(line, words))
  return element(
    "article",
    { class: "slip" },
    element(
      "header",
      {},
      element("h3", {}, sale.stall),
      element("span", { class: "soft" }, [sale.site, number].filter((part) => part !== "").join(" · ")),
    ),
    element("div", {}, ...lines),
    element("p", { class: "soft" }, words.stockNote),
    element("p", { class: "total money" }, yuan(sale.amountFen)),
    sale.development ? element("span", { class: "badge center" }, words.demoMark) : null,
  )
}

function stallNumber(number: string, words: CornerWords): string {
  return words.number.endsWith(" ") ? `${words.number}${number}` : `${number} ${words.number}`
}

function loginBox({ words, actions, buyers }: Common, text: string): HTMLElement {
  const choice = element(
    "select",
    { "aria-label": words.buyer },
    // The newest first: it is who was made for this page; the older ones may be stall keepers' wallets.
    ...buyers.toReversed().map((one) => element("option", { value: String(one.id) }, one.name)),
  )
  const login = () => actions.login(Number((choice as HTMLSelectElement).value))
  return element(
    "div",
    { class: "stack" },
    element("div", { class: "row" }, choice, button(words.newBuyer, actions.newBuyer)),
    button(text, login, true),
  )
}

export function saleScreen(props: WithSale): Node[] {
  const { words, actions, view, sale } = props
  const next: Node[] = []
  if (sale.state === "closed") next.push(status("refused", "✕", words.closed))
  else if (sale.refusal !== null || !sale.canPay) next.push(status("refused", "✕", sale.refusal ?? words.closed))
  else if (view.buyer === null) next.push(loginBox(props, view.app === "browser" ? words.holdPhone : words.login))
  else if (view.app === "browser") {
    next.push(button(words.payWechat, () => actions.pay("wechat-pay"), true))
    next.push(button(words.payAlipay, () => actions.pay("alipay"), true))
  } else next.push(button(`${words.pay} ${yuan(sale.amountFen)}`, () => actions.pay(), true))
  const more = [
    button(words.scanAgain, actions.scan),
    button(words.original, () => actions.showOriginal(true)),
    appsButton({ words, actions, app: view.app }),
  ]
  return [slip(sale, words), ...next, element("div", { class: "row" }, ...more)]
}

/** The wallet's own sheet: shown only after the call's signature and payer were found right. */
export function sheetScreen({ words, actions, view, sale }: WithSale): Node[] {
  if (view.sheet === null) {
    const reason = words.reasons[view.sheetRefusal ?? ""] ?? view.sheetRefusal ?? ""
    return [
      slip(sale, words),
      status("refused", "✕", `${words.failed}: ${reason}`),
      button(words.tryAgain, () => actions.pay(), true),
    ]
  }
  const { amountFen, description, payeeNo } = view.sheet
  return [
    element(
      "section",
      { class: "sheet", role: "dialog", "aria-label": words.sheetTitle },
      element("h3", {}, `${words[view.sheet.platform === "alipay" ? "alipay" : "wechat"]} · ${words.sheetTitle}`),
      element("p", { class: "total money" }, yuan(amountFen)),
      element("p", {}, description),
      element("p", { class: "soft" }, `${words.payee} ${payeeNo}`),
      status("paid", "✓", words.sheetChecked),
      button(words.confirm, () => actions.confirm("pay"), true),
      element(
        "div",
        { class: "row" },
        button(words.refuse, () => actions.confirm("refuse")),
        button(words.cancel, () => actions.confirm("cancel")),
      ),
    ),
  ]
}

export function walletScreen({ words, actions, view, sale }: WithSale): Node[] {
  const { wallet } = view
  const reason = wallet?.reason === undefined ? "" : `: ${words.reasons[wallet.reason] ?? wallet.reason}`
  const text = { cancelled: words.cancelled, refused: words.refused, failed: words.failed + reason, paid: words.paid }[
    wallet?.result ?? "failed"
  ]
  return [
    status("refused", "✕", text),
    slip(sale, words),
    button(words.tryAgain, () => actions.pay(), true),
    button(words.scanAgain, actions.scan),
  ]
}

export function confirmingScreen({ words, sale }: WithSale): Node[] {
  return [status("waiting", "◔", words.confirming), slip(sale, words)]
}

export function doneScreen({ words, actions, sale }: WithSale): Node[] {
  const digits = sale.receiptDigits
  const returned = sale.refundedFen > 0 ? [status("waiting", "✓", `${words.refunded} ${yuan(sale.refundedFen)}`)] : []
  const receipt =
    digits === null
      ? []
      : [
          element(
            "div",
            { class: "card" },
            element("p", { class: "digits" }, `${digits.slice(0, 3)} ${digits.slice(3)}`),
            element("p", { class: "soft middle" }, words.receipt),
          ),
        ]
  return [
    status("paid", "✓", `${words.paid} ${yuan(sale.paidFen)}`),
    ...returned,
    ...receipt,
    slip(sale, words),
    button(words.scanAgain, actions.scan, true),
  ]
}
