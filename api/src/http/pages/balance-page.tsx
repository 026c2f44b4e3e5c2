import { balancePageWords } from "@suyuan/look/balance-page-words"
import { balanceWords } from "@suyuan/look/balance-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import { type BalanceLine, inflowKinds, type MassBalance, outflowKinds } from "../../balance/mass-balance"
import type { GoodsName } from "../../catalogue/read-catalogue"
import type { Coverage } from "../../inspections/coverage"
import type { DayCoverage } from "../../inspections/read-day-coverage"
import { viewCoverage } from "../inspection-schemas"
import type { ChosenSite } from "../office-sites"
import { OfficePage, type PageFrame, withLanguage } from "./office-page"
import { AskedForm, GoodsSelect, kilograms, SiteSelect, sayPart } from "./office-parts"
import { merchantsRoot } from "./terminal-pages"
import { testsRoot } from "./test-pages"

export const balanceRoot = "/office/balance"

type BalanceProps = ChosenSite & {
  readonly frame: PageFrame
  readonly day: string
  readonly commodity: number | undefined
  readonly goods: ReadonlyMap<number, GoodsName>
  /** None where there is no site. */
  readonly balance: MassBalance | undefined
  /** None where there are too many piles to be told at once. */
  readonly coverage: DayCoverage | undefined
  /** Of the day, by merchant; none for who may see no alarms. */
  readonly alarms: ReadonlyMap<string, number> | undefined
}

/** What came, left and stayed at each stall on one day, and how much of what was sold anybody vouches for. */
export const BalancePage: FC<BalanceProps> = (props) => {
  const { frame, sites, site, day, commodity, goods, balance, coverage } = props
  const { language } = frame
  const say = (word: keyof typeof balancePageWords) => balancePageWords[word][language]
  const part = sayPart(language)
  const asked = `siteId=${site?.id ?? ""}&day=${day}${commodity === undefined ? "" : `&commodity=${commodity}`}`
  return (
    <OfficePage frame={frame} title={`${say("balance")} · ${day}`} isSignedIn>
      {site === undefined || balance === undefined ? (
        <p class="soft">{part("noSite")}</p>
      ) : (
        <>
          <AskedForm path={balanceRoot} language={language}>
            <SiteSelect {...{ sites, language, siteId: site.id }} />
            <label>
              {part("day")}
              <input type="date" name="day" required value={day} />
            </label>
            <GoodsSelect {...{ goods: goods.values(), code: commodity, language }} withAll />
          </AskedForm>
          <p class="soft">{say("identity")}</p>
          {!balance.isOver && (
            <p class="waiting">
              {stateShapes.waiting} {say("goesOn")}
            </p>
          )}
          {balance.lines.length === 0 ? <p>{say("nothing")}</p> : <LinesTable {...props} lines={balance.lines} />}
          <p class="links">
            {balance.lines.length > 0 && (
              <a href={withLanguage(`${balanceRoot}?${asked}&as=csv`, language)}>{part("csv")}</a>
            )}
            <a href={withLanguage(`${testsRoot}?siteId=${site.id}&day=${day}`, language)}>{say("tests")}</a>
          </p>
          <h2>{say("coverage")}</h2>
          <p class="soft">{say("coverageMeans")}</p>
          <CoverageTable {...{ coverage, goods, language }} />
        </>
      )}
    </OfficePage>
  )
}

const columns = ["opening", "in", "out", "closing", "counted"] as const

const LinesTable: FC<BalanceProps & { readonly lines: readonly BalanceLine[] }> = ({ frame, day, alarms, lines }) => {
  const { language, scopes = [] } = frame
  const mayKeep = scopes.includes("merchants:write") || scopes.includes("terminals:write")
  const title = (column: (typeof columns)[number]) =>
    column === "in" || column === "out" ? balancePageWords[column][language] : balanceWords[column][language]
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">
            {sayPart(language)("stall")} · {sayPart(language)("goods")}
          </th>
          {columns.map((column) => (
            <th scope="col">{title(column)}</th>
          ))}
          {alarms && <th scope="col">{balancePageWords.alarms[language]}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr>
            <th scope="row">
              {mayKeep ? (
                <a href={withLanguage(`${merchantsRoot}/${line.merchantId}`, language)}>
                  {line.stallNumber} {line.name}
                </a>
              ) : (
                `${line.stallNumber} ${line.name}`
              )}{" "}
              · {language === "zh" ? line.nameZh : line.nameEn}
            </th>
            <td data-label={title("opening")}>{kilograms(line.openingGrams)}</td>
            <td data-label={title("in")}>
              <Kinds {...{ kinds: inflowKinds, of: line.in, language }} />
            </td>
            <td data-label={title("out")}>
              <Kinds {...{ kinds: outflowKinds, of: line.out, language }} />
            </td>
            <td data-label={title("closing")}>{kilograms(line.closingGrams)}</td>
            <td data-label={title("counted")}>
              {line.countedGrams === null ? balanceWords.notCounted[language] : kilograms(line.countedGrams)}
            </td>
            {alarms && (
              <td data-label={balancePageWords.alarms[language]}>
                <AlarmsLink {...{ line, day, count: alarms.get(line.merchantId) ?? 0, language }} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type KindsProps<K extends string> = {
  readonly kinds: readonly K[]
  readonly of: Readonly<Record<K, number>>
  readonly language: WordLanguage
}

/** The sum, and what it is of. What nobody recorded stands out. */
function Kinds<K extends (typeof inflowKinds)[number] | (typeof outflowKinds)[number]>(props: KindsProps<K>) {
  const { kinds, of, language } = props
  const there = kinds.filter((kind) => of[kind] !== 0)
  const wordOf = (kind: K) => {
    if (kind === "shortfall") return balancePageWords.shortfall[language]
    if (kind === "other") return balanceWords[kinds.includes("sale" as K) ? "otherOut" : "otherIn"][language]
    return balanceWords[kind as Exclude<K, "other">][language]
  }
  return (
    <span>
      {kilograms(kinds.reduce((sum, kind) => sum + of[kind], 0))}
      {there.map((kind) => (
        <small class={kind === "shortfall" || kind === "loss" ? "bad" : "soft"}>
          {wordOf(kind)} {kilograms(of[kind])}
        </small>
      ))}
    </span>
  )
}

type LinkProps = {
  readonly line: BalanceLine
  readonly day: string
  readonly count: number
  readonly language: WordLanguage
}

const AlarmsLink: FC<LinkProps> = ({ line, day, count, language }) => {
  if (count === 0) return <span>{balancePageWords.noAlarms[language]}</span>
  const stall = `${line.stallNumber} ${line.name}`
  const label = balancePageWords.alarmsOf[language].replace("{stall}", stall).replace("{count}", String(count))
  return (
    <a
      class="bad"
      href={withLanguage(`/office/alarms?state=all&merchantId=${line.merchantId}&day=${day}`, language)}
      aria-label={label}
    >
      {stateShapes.refused} {count}
    </a>
  )
}

type CoverageProps = {
  readonly coverage: DayCoverage | undefined
  readonly goods: ReadonlyMap<number, GoodsName>
  readonly language: WordLanguage
}

const CoverageTable: FC<CoverageProps> = ({ coverage, goods, language }) => {
  const say = (word: keyof typeof balancePageWords) => balancePageWords[word][language]
  if (coverage === undefined) return <p class="waiting">{say("tooWide")}</p>
  if (coverage.total.grams === 0) return <p>{say("noSales")}</p>
  const row = (name: string, own: Coverage, isTotal: boolean) => {
    const view = viewCoverage(own)
    return (
      <tr {...(isTotal && { class: "total" })}>
        <th scope="row">{name}</th>
        <td data-label={say("sold")}>{kilograms(view.grams)}</td>
        {(["tested", "failed", "certified"] as const).map((kind) => (
          <td data-label={say(kind)}>
            <span class={kind === "failed" && view.failed.mayPercent > 0 ? "bad" : ""}>
              {view[kind].mustPercent}%–{view[kind].mayPercent}%
            </span>
          </td>
        ))}
      </tr>
    )
  }
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{sayPart(language)("goods")}</th>
          {(["sold", "tested", "failed", "certified"] as const).map((column) => (
            <th scope="col">{say(column)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {coverage.commodities.map(({ code, nameZh, coverage: own }) =>
          row(goods.get(code)?.[language] ?? nameZh, own, false),
        )}
        {row(say("total"), coverage.total, true)}
      </tbody>
    </table>
  )
}
