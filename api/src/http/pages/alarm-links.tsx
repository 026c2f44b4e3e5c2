import { officePartWords, officeTraceWords } from "@suyuan/look/office-words"
import type { WordLanguage } from "@suyuan/look/words"
import { parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { FC } from "hono/jsx"
import type { Scope } from "../../actor"
import { evidenceSchemas } from "../../alarms/evidence"
import type { AlarmView } from "../../alarms/read-alarms"
import type { Hold } from "../../recalls/holds"
import { type PageFrame, withLanguage } from "./office-page"

type OfficeLink = {
  readonly path: string
  readonly words: string
  /** Any of them opens it. */
  readonly scopes: readonly Scope[]
}

type LinksProps = {
  readonly frame: PageFrame
  readonly alarm: AlarmView
  /** What recalls tell the alarm's stall to hold. */
  readonly holds: readonly Hold[]
}

/** Every page that shows what an alarm speaks of, of those that its reader may open. */
export const AlarmLinks: FC<LinksProps> = ({ frame: { language, scopes = [] }, alarm, holds }) => {
  const links = [...ofSales(alarm, language), ...ofStall(alarm, language), ...ofRecalls(holds, language)]
  const open = links.filter((link) => link.scopes.some((scope) => scopes.includes(scope)))
  if (open.length === 0) return null
  return (
    <>
      <h2>{officePartWords.seeAlso[language]}</h2>
      <p class="links">
        {open.map(({ path, words }) => (
          <a href={withLanguage(path, language)}>{words}</a>
        ))}
      </p>
    </>
  )
}

/** As evidence names a sale: terminal and counter. */
const saleNamed = /^([0-9a-f]{10})\/([0-9]+)$/

export function linkOfSale(sale: string, language: WordLanguage): OfficeLink {
  const words = officeTraceWords.saleTrace[language].replace("{sale}", sale)
  return { path: `/office/sales/${sale}`, words, scopes: ["traces:read"] }
}

function ofSales({ kind, subject, evidence }: AlarmView, language: WordLanguage): OfficeLink[] {
  if (kind === "own-wallet")
    return evidenceSchemas[kind].parse(evidence).sales.map((sale) => linkOfSale(sale, language))
  if (kind === "impossible-speed") {
    const [recordId = ""] = subject.split(":")
    const words = officeTraceWords.trace[language]
    return [{ path: `/office/traces/${recordId}`, words, scopes: ["traces:read"] }]
  }
  if (kind === "terminal-copied" || kind === "registry-differs") {
    const { terminal } = evidenceSchemas[kind].parse(evidence)
    const words = officeTraceWords.terminal[language].replace("{terminal}", terminal)
    const named = kind === "terminal-copied" ? evidenceSchemas[kind].parse(evidence).named : []
    return [
      { path: `/office/terminals/${terminal}`, words, scopes: ["terminals:write"] },
      ...named.filter((name) => saleNamed.test(name)).map((sale) => linkOfSale(sale, language)),
      ...named.filter((name) => /^[0-9]+$/.test(name)).map((name) => linkOfSale(`${terminal}/${name}`, language)),
    ]
  }
  if (kind === "payment") {
    const { number } = evidenceSchemas[kind].parse(evidence)
    const name = parseOutTradeNo(number.slice(0, 22))
    const bills = { path: "/office/reconciliations", words: officeTraceWords.reconciliation[language] }
    const sale = name.ok ? [linkOfSale(`${terminalToHex(name.value.terminal)}/${name.value.counter}`, language)] : []
    return [...sale, { ...bills, scopes: ["payments:read"] }]
  }
  return []
}

function ofStall({ kind, day, siteId, merchantId, stall }: AlarmView, language: WordLanguage): OfficeLink[] {
  if (siteId === null) return []
  const ofDay: OfficeLink[] =
    kind === "stray-rows"
      ? []
      : [
          {
            path: `/office/balance?siteId=${siteId}&day=${day}`,
            words: officeTraceWords.balance[language],
            scopes: ["traces:read"],
          },
          {
            path: `/office/tests?siteId=${siteId}&day=${day}`,
            words: officeTraceWords.tests[language],
            scopes: ["traces:read", "inspections:write"],
          },
        ]
  if (merchantId === null || stall === null) return ofDay
  const name = `${stall.stallNumber} ${stall.name}`
  return [
    {
      path: `/office/merchants/${merchantId}`,
      words: officeTraceWords.ofStall[language].replace("{stall}", name),
      scopes: ["merchants:write", "terminals:write"],
    },
    {
      path: `/office/alarms?state=all&merchantId=${merchantId}`,
      words: officeTraceWords.otherAlarms[language],
      scopes: ["alarms:read"],
    },
    ...ofDay,
    {
      path: `/office/statements/${merchantId}/${day}`,
      words: officeTraceWords.statement[language],
      scopes: ["payments:read"],
    },
  ]
}

function ofRecalls(holds: readonly Hold[], language: WordLanguage): OfficeLink[] {
  return [...new Map(holds.map(({ recallId, reason }) => [recallId, reason]))].map(([id, reason]) => ({
    path: `/office/recalls/${id}`,
    words: officeTraceWords.held[language].replace("{reason}", reason),
    scopes: ["recalls:read"],
  }))
}
