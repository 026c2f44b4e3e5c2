import { type RecallPageWord, recallPageWords, recallStateWords } from "@suyuan/look/recall-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import { type Holder, mustBeVisited } from "../../recalls/read-goods"
import type { recallOf, scopeView } from "../recall-schemas"
import { Fact } from "./office-list"
import { localMinute, type PageFrame, withLanguage } from "./office-page"

export type RecallShown = ReturnType<typeof recallOf>
export type ScopeShown = ReturnType<typeof scopeView>

/** Of the whole consortium, whichever of its sites is reached. */
const recallZone = "Asia/Shanghai"
export const recallsRoot = "/office/recalls"

export function sayRecall(language: WordLanguage): (word: RecallPageWord) => string {
  return (word) => recallPageWords[word][language]
}

export const minuteOf = (at: string): string => localMinute(new Date(at), recallZone)

export function kilos(grams: number, language: WordLanguage): string {
  return `${grams / 1000} ${language === "zh" ? "公斤" : "kg"}`
}

export function namesOf(goods: readonly GoodsName[] | undefined, language: WordLanguage): string {
  return goods?.map((one) => one[language]).join(language === "zh" ? "、" : ", ") ?? "?"
}

const shapes = {
  draft: stateShapes.waiting,
  approved: stateShapes.waiting,
  active: stateShapes.refused,
  closed: stateShapes.paid,
  withdrawn: stateShapes.paid,
} as const

export const RecallStateMark: FC<{ recall: RecallShown; language: WordLanguage }> = ({ recall, language }) => (
  <span class={recall.state === "active" ? "bad" : ""}>
    {recall.isDrill && <strong>【{recallPageWords.drill[language]}】</strong>} {shapes[recall.state]}{" "}
    {recallStateWords[recall.state][language]}
  </span>
)

/** Above everything of a drill: nobody may take it for a recall, nor the other way round. */
export const DrillBanner: FC<{ language: WordLanguage }> = ({ language }) => (
  <p class="drill" role="note">
    【{recallPageWords.drill[language]}】{recallPageWords.drillMeans[language]}
  </p>
)

/** How much, how many and where, before any table. */
export const ScopeTotals: FC<{ scope: ScopeShown; language: WordLanguage }> = ({ scope, language }) => {
  const say = sayRecall(language)
  const { totals } = scope
  return (
    <dl>
      <Fact term={say("stalls")} value={String(totals.stalls)} />
      <Fact term={say("sales")} value={String(totals.sales)} />
      <Fact term={say("must")} value={kilos(totals.mustGrams, language)} />
      <Fact term={say("may")} value={kilos(totals.mayGrams, language)} />
      <Fact term={say("expected")} value={`≈ ${kilos(totals.expectedGrams, language)}`} />
      {totals.claimedSales > 0 && <Fact term={say("claimed")} value={claimedOf(totals, language)} />}
      <Fact term={say("inStock")} value={kilos(totals.stockMayGrams, language)} />
      <Fact term={say("setGrams")} value={kilos(totals.setGrams, language)} />
    </dl>
  )
}

type Claimed = Pick<ScopeShown["totals"], "claimedSales" | "claimedGrams">

function claimedOf({ claimedSales, claimedGrams }: Claimed, language: WordLanguage): string {
  const count = language === "zh" ? `${claimedSales} 笔` : `${claimedSales} sale${claimedSales === 1 ? "" : "s"}`
  return `${count} · ${kilos(claimedGrams, language)}`
}

/** What stands above the tables where a seller's word goes beyond the books. */
export const ClaimedNote: FC<{ scope: ScopeShown; language: WordLanguage }> = ({ scope, language }) =>
  scope.totals.claimedSales === 0 ? null : (
    <p class="waiting">
      {stateShapes.waiting} {sayRecall(language)("claimedMeans")}
    </p>
  )

type StallsProps = {
  readonly scope: ScopeShown
  readonly names: ReadonlyMap<number, GoodsName>
  /** Merchants that were told to hold it; left out where nobody is. */
  readonly holders?: ReadonlyMap<string, Holder>
  readonly language: WordLanguage
}

export const StallsTable: FC<StallsProps> = ({ scope, names, holders, language }) => {
  const say = sayRecall(language)
  const hasClaims = scope.totals.claimedSales > 0
  const columns = [
    "goods",
    "sales",
    "must",
    "may",
    "expected",
    ...(hasClaims ? ["claimed" as const] : []),
    "inStock",
  ] as const
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("stalls")}</th>
          {columns.map((column) => (
            <th scope="col">{say(column)}</th>
          ))}
          {holders && <th scope="col">{say("hold")}</th>}
        </tr>
      </thead>
      <tbody>
        {scope.stalls.map((stall) => (
          <tr>
            <th scope="row">
              {stall.siteName} {stall.stallNumber} {stall.name}
            </th>
            <td data-label={say("goods")}>{names.get(stall.commodity)?.[language] ?? String(stall.commodity)}</td>
            <td data-label={say("sales")}>{stall.sales}</td>
            <td data-label={say("must")}>{kilos(stall.mustGrams, language)}</td>
            <td data-label={say("may")}>{kilos(stall.mayGrams, language)}</td>
            <td data-label={say("expected")}>≈ {kilos(stall.expectedGrams, language)}</td>
            {hasClaims && <td data-label={say("claimed")}>{claimedOf(stall, language)}</td>}
            <td data-label={say("inStock")}>{kilos(stall.stock.mayGrams, language)}</td>
            {holders && (
              <td data-label={say("hold")}>
                <Held holder={holders.get(stall.merchantId)} language={language} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Held: FC<{ holder: Holder | undefined; language: WordLanguage }> = ({ holder, language }) => {
  const say = sayRecall(language)
  if (holder === undefined) return <>{say("notHeld")}</>
  return (
    <>
      <strong class="bad">
        {stateShapes.refused} {say("held")}
      </strong>
      {mustBeVisited(holder) && (
        <>
          <br />
          <span class="waiting">
            {stateShapes.waiting} {say(holder.terminals === 0 ? "noTerminal" : "unheard")}
          </span>
        </>
      )}
    </>
  )
}

/** What was sent back to a supplier is listed as followed, and is no sale: nobody paid. */
const hasTrace = ({ isFollowed, payer }: ScopeShown["sales"][number]) => !isFollowed || payer !== undefined

type SalesProps = { readonly scope: ScopeShown; readonly frame: Pick<PageFrame, "language" | "scopes"> }

export const SalesTable: FC<SalesProps> = ({ scope, frame: { language, scopes = [] } }) => {
  const say = sayRecall(language)
  if (scope.sales.length === 0) return <p class="soft">{say("noSales")}</p>
  const stallOf = new Map(scope.stalls.map((stall) => [stall.pileId, stall]))
  const hasClaims = scope.totals.claimedSales > 0
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("soldAt")}</th>
          <th scope="col">{say("stalls")}</th>
          <th scope="col">{say("weight")}</th>
          <th scope="col">{say("must")}</th>
          <th scope="col">{say("may")}</th>
          <th scope="col">{say("expected")}</th>
          {hasClaims && <th scope="col">{say("claimed")}</th>}
        </tr>
      </thead>
      <tbody>
        {scope.sales.map((sale) => (
          <tr>
            <th scope="row">
              {scopes.includes("traces:read") && hasTrace(sale) ? (
                <a href={withLanguage(`/office/traces/${sale.recordId}`, language)}>{minuteOf(sale.soldAt)}</a>
              ) : (
                minuteOf(sale.soldAt)
              )}
            </th>
            <td data-label={say("stalls")}>
              {stallOf.get(sale.pileId)?.stallNumber ?? ""} {stallOf.get(sale.pileId)?.name ?? ""}
              {sale.isFollowed && ` · ${say("followed")}`}
            </td>
            <td data-label={say("weight")}>{kilos(sale.grams, language)}</td>
            <td data-label={say("must")}>{kilos(sale.mustGrams, language)}</td>
            <td data-label={say("may")}>{kilos(sale.mayGrams, language)}</td>
            <td data-label={say("expected")}>≈ {kilos(sale.expectedGrams, language)}</td>
            {hasClaims && (
              <td data-label={say("claimed")}>
                {sale.claimedGrams > 0 && <strong>{kilos(sale.claimedGrams, language)}</strong>}
                {sale.claimedGrams > 0 && sale.buyerMerchantId !== undefined && ` · ${say("soldToStall")}`}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
