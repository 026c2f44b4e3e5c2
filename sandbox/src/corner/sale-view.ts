/**
 * Reads what the gateway says of a sale into what the phone shows. The gateway is another party here: every field is
 * taken only if it has the right type, and a missing one leaves a gap on the screen instead of an error.
 */
import { errorWords } from "@suyuan/look/errors"
import { type OriginStatement, originSentence } from "@suyuan/look/origin-sentence"
import { words } from "@suyuan/look/words"
import type { Language } from "./language"

export interface LineView {
  readonly name: string | null
  readonly quantity: string
  readonly unitPrice: string
  readonly amountFen: number | null
  readonly origin: string | null
  readonly checks: readonly CheckView[]
}

export interface CheckView {
  readonly good: boolean
  readonly text: string
}

export interface SaleView {
  readonly stall: string
  readonly stallNumber: string
  readonly site: string
  /** `null`: the lines follow later. */
  readonly lines: readonly LineView[] | null
  readonly lineCount: number
  readonly amountFen: number
  readonly state: string
  readonly paidFen: number
  readonly refundedFen: number
  readonly receiptDigits: string | null
  readonly canPay: boolean
  readonly refusal: string | null
  readonly development: boolean
}

type Json = Readonly<Record<string, unknown>>

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "")
const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0)

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter((one) => one !== "") : [])

/** The English twin of a field where there is one and English is read. */
function inLanguage(from: Json, name: string, language: Language): string {
  return (language === "en" ? text(from[`${name}En`]) : "") || text(from[name])
}

function wordsOf(value: unknown, language: Language): string {
  const both = object(value)
  return typeof value === "string" ? value : text(both[language]) || text(both.text) || text(both.message)
}

/** The finest thing that is certain, in the words of the pay page; `null`: nothing is known. */
function originOf(line: Json, language: Language): string | null {
  const origin = object(object(line.pile).origin)
  const places = strings(origin.places)
  if (places.length === 0)
    return text(line.declaredOrigin) && `${words.declaredOrigin[language]}: ${text(line.declaredOrigin)}`
  const { kind } = origin
  const placesEn = strings(origin.placesEn)
  const statement: OriginStatement = {
    kind: kind === "all-from" || kind === "partly-from" ? kind : "one-or-several",
    ...{ places, placesEn: placesEn.length > 0 ? placesEn : places },
    ...{ bases: number(origin.bases), unknownHighPercent: number(origin.unknownHighPercent) },
  }
  return originSentence(statement, language)
}

/** Rapid tests and certificates of the pile the goods come from. */
function checksOf(line: Json, language: Language): CheckView[] {
  const pile = object(line.pile)
  const tests = (Array.isArray(pile.inspections) ? pile.inspections : []).map((value: unknown) => {
    const inspection = object(value)
    const passed = inspection.conclusion === "passed"
    const name = (passed ? words.testPassed : words.testFailed)[language]
    return { good: passed, text: `${name} ${text(inspection.standard)} ${text(inspection.testedAt).slice(0, 10)}` }
  })
  const certificates = number(pile.certificates)
  if (certificates === 0) return tests
  return [...tests, { good: true, text: `${words.certificate[language]} × ${certificates}` }]
}

function lineOf(value: unknown, language: Language): LineView {
  const line = object(value)
  return {
    name: inLanguage(line, "name", language) || null,
    quantity: inLanguage(line, "quantityText", language),
    unitPrice: inLanguage(line, "unitPriceText", language),
    amountFen: typeof line.amountFen === "number" ? line.amountFen : null,
    origin: originOf(line, language) || null,
    checks: checksOf(line, language),
  }
}

/** A refusal as a sentence: ours by its code, else whatever sentence came with it. */
export function refusalWords(value: unknown, language: Language): string | null {
  const code = typeof value === "string" ? value : text(object(value).code)
  const own = (errorWords as Readonly<Record<string, { readonly zh: string; readonly en: string } | undefined>>)[code]
  return own?.[language] ?? (wordsOf(value, language) || code || null)
}

export function readSale(body: unknown, language: Language): SaleView {
  const sale = object(body)
  const stall = object(sale.stall)
  const lines = Array.isArray(sale.lines) ? sale.lines.map((line) => lineOf(line, language)) : null
  return {
    stall: inLanguage(stall, "name", language),
    stallNumber: text(stall.number),
    site: inLanguage(stall, "site", language),
    lines,
    lineCount: number(sale.lineCount) || (lines?.length ?? 0),
    amountFen: number(sale.amountFen),
    state: text(sale.state) || "presented",
    paidFen: number(sale.paidFen),
    refundedFen: number(sale.refundedFen),
    receiptDigits: text(sale.receiptDigits) || null,
    canPay: sale.canPay !== false,
    refusal: sale.refusal === null || sale.refusal === undefined ? null : refusalWords(sale.refusal, language),
    development: sale.development !== false,
  }
}

/** What changes while a buyer waits. */
export function readState(before: SaleView, body: unknown): SaleView {
  const state = object(body)
  return {
    ...before,
    state: text(state.state) || before.state,
    paidFen: number(state.paidFen),
    refundedFen: number(state.refundedFen),
    receiptDigits: text(state.receiptDigits) || null,
  }
}

/** The payment call in the gateway's answer, in the form the wallet checks; `undefined`: nothing to pay with (yet). */
export function readBridge(body: unknown): unknown {
  const bridge = object(object(body).bridge)
  const { appId, timeStamp, nonceStr, signType, paySign } = bridge
  const tradeNo = text(bridge.tradeNo) || text(bridge.tradeNO)
  if (tradeNo !== "") return { kind: "alipay", tradeNo }
  if (bridge.kind === "redirect") return { kind: "redirect", url: bridge.url }
  if (bridge.kind === "native") return { kind: "native", codeUrl: bridge.codeUrl }
  if (paySign === undefined) return undefined
  return {
    kind: "wechat-jsapi",
    appId,
    timeStamp: text(timeStamp),
    nonceStr,
    package: bridge.package,
    signType,
    paySign,
  }
}
