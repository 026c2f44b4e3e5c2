import { type RecallPageWord, recallPageWords } from "@suyuan/look/recall-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { FC, PropsWithChildren } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import type { Site } from "../../participants/add-site"
import { OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"
import {
  ClaimedNote,
  recallsRoot,
  SalesTable,
  type ScopeShown,
  ScopeTotals,
  StallsTable,
  sayRecall,
} from "./recall-parts"

const refusedFields = {
  lotIds: "refusedLotIds",
  regionCode: "refusedRegionCode",
  from: "refusedDays",
  until: "refusedDays",
} as const

/** Which sentence says what was not filled in right. */
function refusalWord(field: string): RecallPageWord {
  return Object.entries(refusedFields).find(([name]) => name === field)?.[1] ?? "refusedOther"
}

type NewProps = {
  readonly frame: PageFrame
  readonly bases: readonly Site[]
  readonly goods: readonly GoodsName[]
  /** Field that was not filled in right. */
  readonly refused: string | undefined
}

/** What is to be recalled; each of the forms leads to its scope, and writes nothing. */
export const NewRecallPage: FC<NewProps> = ({ frame, bases, goods, refused }) => {
  const { language } = frame
  const say = sayRecall(language)
  return (
    <OfficePage frame={frame} title={say("new")} isSignedIn>
      {refused !== undefined && (
        <p class="bad" role="alert">
          {stateShapes.refused} {say(refusalWord(refused))}
        </p>
      )}
      <p>{say("lookFirst")}</p>
      <p class="soft">{say("byTest")}</p>
      {bases.length > 0 && (
        <SetForm {...{ frame, kind: "base", title: say("byBase") }}>
          <label>
            {say("base")}
            <select name="siteId">
              {bases.map((base) => (
                <option value={base.id}>{language === "zh" ? base.name : base.nameEn}</option>
              ))}
            </select>
          </label>
          <Harvested {...{ frame, goods }} />
        </SetForm>
      )}
      <SetForm {...{ frame, kind: "region", title: say("byRegion") }}>
        <label>
          {say("region")}
          <input type="text" name="regionCode" inputmode="numeric" maxlength={6} autocomplete="off" />
        </label>
        <Harvested {...{ frame, goods }} />
      </SetForm>
      <SetForm {...{ frame, kind: "lots", title: say("byLots") }}>
        <label class="wide">
          {say("lotIds")}
          <textarea name="lotIds" rows={3} maxlength={8000} autocomplete="off" />
        </label>
      </SetForm>
    </OfficePage>
  )
}

type SetProps = PropsWithChildren<{ readonly frame: PageFrame; readonly kind: string; readonly title: string }>

/** Without the browser's own bubbles: what is not right is said in our words and language. */
const SetForm: FC<SetProps> = ({ frame: { language }, kind, title, children }) => (
  <section>
    <h2>{title}</h2>
    <form method="get" action={`${recallsRoot}/look`} class="ask" novalidate>
      <input type="hidden" name="lang" value={language} />
      <input type="hidden" name="kind" value={kind} />
      {children}
      <button type="submit">{recallPageWords.lookAtScope[language]}</button>
    </form>
  </section>
)

const Harvested: FC<{ frame: PageFrame; goods: readonly GoodsName[] }> = ({ frame: { language }, goods }) => {
  const say = sayRecall(language)
  return (
    <>
      <label>
        {say("goods")}
        <select name="commodity">
          <option value="">{say("anyGoods")}</option>
          {goods.map((one) => (
            <option value={String(one.code)}>{one[language]}</option>
          ))}
        </select>
      </label>
      <label>
        {say("from")}
        <input type="date" name="from" />
      </label>
      <label>
        {say("until")}
        <input type="date" name="until" />
      </label>
    </>
  )
}

type LookProps = {
  readonly frame: PageFrame
  readonly scope: ScopeShown
  readonly names: ReadonlyMap<number, GoodsName>
  /** What was asked, to be sent again as it is. */
  readonly asked: Readonly<Record<string, string>>
  readonly id: string
  /** When somebody began to look: a drill is timed from then. */
  readonly startedAt: string
  readonly mayWrite: boolean
}

/** Where a set went, before anything is written; and the proposal, for who may make one. */
export const LookPage: FC<LookProps> = ({ frame, scope, names, asked, id, startedAt, mayWrite }) => {
  const { language } = frame
  const say = sayRecall(language)
  return (
    <OfficePage frame={frame} title={say("where")} isSignedIn>
      <p class="soft">{say("lookFirst")}</p>
      <ScopeTotals scope={scope} language={language} />
      <p class="soft">{say("estimateOnly")}</p>
      <ClaimedNote scope={scope} language={language} />
      <StallsTable {...{ scope, names, language }} />
      {mayWrite ? (
        <section class="effect">
          <h2>{say("propose")}</h2>
          <p>{say("proposeMeans")}</p>
          <form method="post" action={withLanguage(recallsRoot, language)} class="ask">
            {Object.entries({ ...asked, id, startedAt }).map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <label class="wide">
              {say("reason")}
              <textarea name="reason" rows={2} required maxlength={200} autocomplete="off" />
            </label>
            <label class="tick">
              <input type="checkbox" name="isDrill" value="1" />
              {say("asDrill")}
            </label>
            <button type="submit">{say("propose")}</button>
          </form>
        </section>
      ) : (
        <p class="soft">{sayOffice(language)("lookOnly")}</p>
      )}
      <h2>{say("sales")}</h2>
      <SalesTable scope={scope} frame={frame} />
    </OfficePage>
  )
}
